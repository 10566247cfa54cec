"""Secrets of the KV engine (version 2) of Vault or OpenBao, `vault:MOUNT/PATH`, at VAULT_ADDR."""

import json
from pathlib import Path
from typing import Any

from hvac.exceptions import Forbidden, InvalidPath

from bot.domain.errors import (
    EntryForbidden,
    EntryMalformed,
    EntryNotFound,
    EntryUnavailable,
    Unread,
)
from bot.domain.reference import TITLES, Place, Reference
from bot.vault.sdk.hashicorp import RAISED, code_of, open_client
from bot.vault.sdk.line import DEADLINE, Line, Way

_ABOUT = TITLES[Place.VAULT]


class VaultSecrets:
    """The port `EntryStore`. What such an entry holds is an object already."""

    def __init__(
        self,
        *,
        address: str,
        token_file: Path,
        mount: str,
        way: Way,
        within: float = DEADLINE,
    ) -> None:
        self._address, self._token_file, self._way = address, token_file, way
        self._mount = mount
        self._line = Line(_ABOUT, within=within)

    async def read(self, reference: Reference) -> str:
        path = reference.name.removeprefix(f"{self._mount}/")

        def ask() -> Any:
            client = open_client(self._address, token_file=self._token_file, way=self._way)
            try:
                return client.secrets.kv.v2.read_secret_version(
                    path,
                    version=int(reference.version) if reference.version else None,
                    mount_point=self._mount,
                    raise_on_deleted_version=True,
                )
            except RAISED as error:
                raise _meaning(error) from None

        answer = await self._line.ask(ask)
        try:
            data = answer["data"]["data"]
        except (KeyError, TypeError):  # a redirect, or not JSON at all
            raise EntryUnavailable(f"{_ABOUT} gave an answer of another form.") from None
        if not isinstance(data, dict):
            raise EntryMalformed
        return json.dumps(data)


def _meaning(error: Exception) -> Unread:
    if isinstance(error, InvalidPath):
        return EntryNotFound(f"{_ABOUT} has no entry of that name, or not in that version.")
    if isinstance(error, Forbidden):
        return EntryForbidden(f"{_ABOUT} does not let the bot read this entry.")
    return EntryUnavailable(f"{_ABOUT} is not available: {code_of(error)}.")
