"""Secrets of Azure Key Vault, `azure-kv:NAME`, of the vault at AZURE_KEY_VAULT_URL."""

from typing import Any

from azure.keyvault.secrets import SecretClient

from bot.domain.errors import (
    EntryForbidden,
    EntryMalformed,
    EntryNotFound,
    EntryUnavailable,
    Unread,
)
from bot.domain.reference import TITLES, Place, Reference
from bot.vault.sdk.azure import RAISED, code_of, open_client, status_of
from bot.vault.sdk.line import DEADLINE, Line, Way

_ABOUT = TITLES[Place.AZURE]


class AzureSecrets:
    """The port `EntryStore`."""

    def __init__(
        self, *, url: str, way: Way, credential: Any = None, within: float = DEADLINE
    ) -> None:
        self._secrets = open_client(SecretClient, url, way=way, credential=credential)
        self._line = Line(_ABOUT, within=within)

    async def read(self, reference: Reference) -> str:
        def ask() -> Any:
            try:
                return self._secrets.get_secret(reference.name, reference.version or None).value
            except RAISED as error:
                raise _meaning(error) from None

        text = await self._line.ask(ask)
        if not text:
            raise EntryMalformed("The entry is empty.")
        return str(text)


def _meaning(error: Exception) -> Unread:
    """401 is nobody to ask as, which says nothing of the entry."""
    status, code = status_of(error), code_of(error)
    if status == 404:
        return EntryNotFound(f"{_ABOUT} has no entry of that name, or not in that version.")
    if status == 403:
        return EntryForbidden(f"{_ABOUT} does not let the bot read this entry ({code}).")
    return EntryUnavailable(f"{_ABOUT} is not available: {code}.")
