"""A connection's credentials, sealed as one value: no field can be mixed with another's."""

import json
import time
from functools import partial

from bot.domain.audit import Notary
from bot.domain.credentials import Credentials
from bot.domain.origin import AutotaskOrigin
from bot.domain.secret import Secret
from bot.usecases.data_keys import DataKeyStore
from bot.usecases.ports import Sealed
from bot.vault.cache import Monotonic
from bot.vault.datakeys import INSTALLATION, DataKeys, KeyReport
from bot.vault.seal import sealed_by
from bot.vault.sources import KeySources


class CredentialVault:
    """The port `Vault`: master keys from `sources`, wrapped data keys in `store`."""

    def __init__(
        self,
        sources: KeySources,
        store: DataKeyStore,
        *,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self.keys = DataKeys(sources, store, monotonic=monotonic)

    async def seal(self, workspace_id: str, connection_id: str, credentials: Credentials) -> Sealed:
        key = await self.keys.for_sealing(workspace_id)
        place = _place(workspace_id, connection_id, credentials.origin)
        return Sealed(key.seal(_pack(credentials), "credential", **place), credentials.origin)

    async def open(self, workspace_id: str, connection_id: str, sealed: Sealed) -> Credentials:
        key = await self.keys.for_opening(workspace_id, sealed_by(sealed.blob))
        place = _place(workspace_id, connection_id, sealed.origin)
        return _unpack(key.open(sealed.blob, "credential", **place), sealed.origin)

    async def reseal(
        self, workspace_id: str, connection_id: str, sealed: Sealed, *, by: str
    ) -> Sealed:
        """The same under that data key of the workspace's. Never makes one."""
        before = await self.keys.for_opening(workspace_id, sealed_by(sealed.blob))
        key = await self.keys.for_opening(workspace_id, by)
        place = _place(workspace_id, connection_id, sealed.origin)
        plain = before.open(sealed.blob, "credential", **place)
        return Sealed(key.seal(plain, "credential", **place), sealed.origin)

    async def username_digest(self, username: Secret) -> str:
        """64 hex digits: HMAC-SHA256 of the case-folded username, under a key derived from the
        installation's data key. A new data key starts the books of refused sign-ins anew."""
        key = await self.keys.for_sealing(INSTALLATION)
        return key.digest(username.reveal().casefold(), "username")

    async def notary(self, key_id: str = "") -> Notary:
        """Vouches by HMAC-SHA256 under a key derived from one of the installation's data keys, that
        in use or the one named: no workspace's damaged key keeps its people from being noted."""
        its = self.keys
        key = await (
            its.for_opening(INSTALLATION, key_id) if key_id else its.for_sealing(INSTALLATION)
        )
        return Notary(key.id, partial(key.digest, purpose="audit"))

    async def verify(self) -> KeyReport:
        """For the start: prove that the stored values can be opened with the keys loaded.

        Raises UnknownKey, naming the ids wanted and loaded, Tampered, or KeyUnavailable.
        """
        return await self.keys.verify()

    def forget(self, workspace_id: str) -> None:
        """Drop the workspace's opened data keys."""
        self.keys.forget(workspace_id)


def _place(workspace_id: str, connection_id: str, origin: AutotaskOrigin) -> dict[str, str]:
    return {
        "workspace": workspace_id,
        "connection": connection_id,
        "field": "credentials",
        "origin": origin.address,
    }


def _pack(credentials: Credentials) -> bytes:
    values = {
        "code": credentials.integration_code.reveal(),
        "secret": credentials.secret.reveal(),
        "user": credentials.username.reveal(),
    }
    return json.dumps(values, separators=(",", ":")).encode()


def _unpack(plain: bytes, origin: AutotaskOrigin) -> Credentials:
    values = json.loads(plain)
    return Credentials(
        origin=origin,
        username=Secret(values["user"]),
        secret=Secret(values["secret"]),
        integration_code=Secret(values["code"]),
    )
