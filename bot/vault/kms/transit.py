"""A key of the transit engine of Vault or OpenBao: `transit:MOUNT/KEY`, at VAULT_ADDR. It has to be
of a kind that authenticates, such as aes256-gcm96: what is bound goes along as associated data.

The engine's own `rewrap` does not take what has associated data (seen with OpenBao 2.7), so a
rotation decrypts and encrypts.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hvac.exceptions import Forbidden, InvalidPath, InvalidRequest, Unauthorized, VaultError

from bot.domain.errors import SealError, Tampered, UnknownKey
from bot.vault.kms.versioned import Versioned
from bot.vault.sdk.hashicorp import RAISED, code_of, open_client
from bot.vault.sdk.line import DEADLINE, Line, Way, away
from bot.vault.seal import context
from bot.vault.sources import PURPOSE, Bound

_ABOUT = "Vault"
_CIPHERTEXT = re.compile(r"vault:v([1-9][0-9]{0,9}):([A-Za-z0-9+/]+={0,2})")
_ODD = "an answer of another form"
_NOT_WHAT_WAS_WRAPPED = ("message authentication failed", "invalid ciphertext")


class TransitKey(Versioned):
    """The port `KeySource`. The name is mount and key, a reference `transit/bot/v3`."""

    wrapper = "transit"
    version = re.compile(r"v[1-9][0-9]{0,9}")

    def __init__(
        self,
        name: str,
        *,
        address: str,
        token_file: Path,
        way: Way,
        within: float = DEADLINE,
    ) -> None:
        super().__init__(name)
        self._mount, _, self._key = name.rpartition("/")
        self._open: Callable[[], Any] = lambda: open_client(address, token_file=token_file, way=way)
        self._line = Line(_ABOUT, within=within)

    async def newest(self) -> str:
        """Found by wrapping something, for which the bot needs no further permission."""
        return (await self.wrap(b"", {}))[0]

    async def wrap(self, material: bytes, bound: Bound) -> tuple[str, bytes]:
        """The blob has the ciphertext's bytes, not their spelling, of which there are several."""
        data = await self._ask("encrypt_data", bound, plaintext=b64encode(material).decode())
        found = _CIPHERTEXT.fullmatch(str(data.get("ciphertext")))
        if not found:
            raise away(_ABOUT, _ODD)
        version, blob = found.groups()
        return f"{self.name}/v{version}", b64decode(blob)

    async def unwrap(self, ref: str, blob: bytes, bound: Bound) -> bytes:
        version = ref.rpartition("/")[2]
        ciphertext = f"vault:{version}:{b64encode(blob).decode()}"
        data = await self._ask("decrypt_data", bound, ciphertext=ciphertext)
        try:
            return b64decode(data["plaintext"], validate=True)
        except (KeyError, TypeError, ValueError):
            raise away(_ABOUT, _ODD) from None

    async def _ask(self, what: str, bound: Bound, **values: str) -> dict[str, Any]:
        associated = b64encode(context(PURPOSE, bound)).decode()

        def ask() -> dict[str, Any]:
            try:
                call = getattr(self._open().secrets.transit, what)
                answer = call(
                    self._key, mount_point=self._mount, associated_data=associated, **values
                )
            except RAISED as error:
                raise _meaning(error) from None
            data = answer.get("data") if isinstance(answer, dict) else None
            if not isinstance(data, dict):  # a redirect, or not JSON at all
                raise away(_ABOUT, _ODD)
            return data

        return await self._line.ask(ask)


def _meaning(error: Exception) -> SealError:
    said = [str(each) for each in error.errors or ()] if isinstance(error, VaultError) else []
    if any(each in one for one in said for each in _NOT_WHAT_WAS_WRAPPED):
        return Tampered()
    if isinstance(error, Forbidden | Unauthorized | InvalidPath | InvalidRequest):
        return UnknownKey(
            f"{_ABOUT} refuses the master key: {', '.join(said) or code_of(error)}.",
            hint="Look at KEY_SOURCE, VAULT_ADDR, the key's versions, and what the bot's token may "
            "do: update on encrypt and decrypt of that key.",
        )
    return away(_ABOUT, code_of(error))
