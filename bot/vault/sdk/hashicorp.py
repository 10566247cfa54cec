"""The library for Vault and OpenBao. Who asks is a token in a file, which an agent may renew: it is
read anew for each call."""

from pathlib import Path
from typing import Any

import hvac
import requests
from hvac.exceptions import VaultError

from bot.domain.errors import UnknownKey
from bot.vault.sdk.line import CONNECTING, READING, Way

RAISED = (VaultError, requests.RequestException)


def open_client(address: str, *, token_file: Path, way: Way) -> Any:
    """A client of the server at `address`, for one call. Raises UnknownKey without a token."""
    session = requests.Session()
    session.trust_env = False
    session.verify = way.authorities
    session.proxies = way.proxies
    return hvac.Client(
        url=address,
        token=_token(token_file),
        session=session,
        timeout=(CONNECTING, READING),
        allow_redirects=False,
    )


def code_of(error: Exception) -> str:
    """What went wrong, in one word and without a value: `Forbidden`."""
    return type(error).__name__


def _token(file: Path) -> str:
    try:
        token = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeError):
        token = ""
    if not token:
        raise UnknownKey(
            f"VAULT_TOKEN_FILE names {file}, which holds no token.",
            hint="Let Vault's agent write one there.",
        )
    return token
