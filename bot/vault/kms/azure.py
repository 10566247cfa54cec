"""An RSA key of Azure Key Vault: `azure:NAME`, in the vault at AZURE_KEY_VAULT_URL.

A data key is wrapped here, by the key's public half, with RSA-OAEP-256; the private half never
leaves the vault. RSA binds nothing, so a digest of what is bound is wrapped with it: that shows for
whom it was wrapped, not by whom, since the public half is no secret.
"""

import hmac
import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any, TypeVar

from azure.keyvault.keys import KeyClient
from azure.keyvault.keys.crypto import KeyWrapAlgorithm

from bot.domain.errors import SealError, Tampered, UnknownKey
from bot.vault.kms.versioned import Versioned
from bot.vault.sdk.azure import RAISED, REFUSED, code_of, open_client, status_of
from bot.vault.sdk.line import DEADLINE, Line, Way, away
from bot.vault.seal import KEY_BYTES, context
from bot.vault.sources import PURPOSE, Bound

_ABOUT = "Azure Key Vault"
_RSA = KeyWrapAlgorithm.rsa_oaep_256
T = TypeVar("T")


class AzureKey(Versioned):
    """The port `KeySource`."""

    wrapper = "azure"
    version = re.compile(r"[0-9A-Fa-f]{1,64}")

    def __init__(
        self, name: str, *, url: str, way: Way, credential: Any = None, within: float = DEADLINE
    ) -> None:
        super().__init__(name)
        self._keys = open_client(KeyClient, url, way=way, credential=credential)
        self._line = Line(_ABOUT, within=within)

    async def newest(self) -> str:
        key = await self._ask(lambda: self._keys.get_key(self.name))
        return self._ref(key.properties.version)

    async def wrap(self, material: bytes, bound: Bound) -> tuple[str, bytes]:
        def wrap() -> Any:
            crypto = self._keys.get_cryptography_client(self.name)
            return crypto.wrap_key(_RSA, material + _digest(bound))

        wrapped = await self._ask(wrap)
        return self._ref(wrapped.key_id.rpartition("/")[2]), bytes(wrapped.encrypted_key)

    async def unwrap(self, ref: str, blob: bytes, bound: Bound) -> bytes:
        version = ref.rpartition("/")[2]

        def unwrap() -> Any:
            crypto = self._keys.get_cryptography_client(self.name, key_version=version)
            return crypto.unwrap_key(_RSA, blob)

        plain = bytes((await self._ask(unwrap)).key)
        if not hmac.compare_digest(plain[KEY_BYTES:], _digest(bound)):
            raise Tampered
        return plain[:KEY_BYTES]

    async def _ask(self, call: Callable[[], T]) -> T:
        def ask() -> T:
            try:
                return call()
            except RAISED as error:
                raise _meaning(error) from None

        return await self._line.ask(ask)

    def _ref(self, version: str) -> str:
        return f"{self.name}/{version}"


def _digest(bound: Bound) -> bytes:
    return sha256(context(PURPOSE, bound)).digest()


def _meaning(error: Exception) -> SealError:
    status = status_of(error)
    if status == 400:
        return Tampered()
    if status in REFUSED or status == 404:
        return UnknownKey(
            f"{_ABOUT} refuses the master key: {code_of(error)}.",
            hint="Look at KEY_SOURCE, AZURE_KEY_VAULT_URL, the key's state, and whether the bot's "
            "identity is a Key Vault Crypto User.",
        )
    return away(_ABOUT, code_of(error))
