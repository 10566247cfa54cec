"""Microsoft's library. Who asks is a managed identity, a workload identity, or what the environment
names; what is meant for developers' machines is left out."""

from collections.abc import Callable
from typing import Any, TypeVar

from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError
from azure.core.pipeline.transport import RequestsTransport
from azure.identity import DefaultAzureCredential

from bot.vault.sdk.line import CONNECTING, READING, Way

RAISED = (AzureError,)
REFUSED = frozenset({401, 403})
T = TypeVar("T")


def open_client(kind: Callable[..., T], url: str, *, way: Way, credential: Any = None) -> T:
    """A client of that class, such as KeyClient, of the vault at `url`; as `credential`, else as
    the machine's own identity. Threads may share it. Asks nobody yet."""
    return kind(url, credential or _identity(way), **_options(way))


def status_of(error: Exception) -> int | None:
    """The answer's HTTP status, 401 where there is nobody to ask as; None without an answer."""
    if isinstance(error, HttpResponseError) and error.status_code:
        return int(error.status_code)
    return 401 if isinstance(error, ClientAuthenticationError) else None


def code_of(error: Exception) -> str:
    """What went wrong, in one word and without a value: `Forbidden`."""
    said = getattr(getattr(error, "error", None), "code", None)
    return str(said or status_of(error) or type(error).__name__)


def _identity(way: Way) -> Any:
    return DefaultAzureCredential(
        exclude_shared_token_cache_credential=True,
        exclude_visual_studio_code_credential=True,
        exclude_cli_credential=True,
        exclude_developer_cli_credential=True,
        exclude_powershell_credential=True,
        exclude_broker_credential=True,
        **_options(way),
    )


def _options(way: Way) -> dict[str, Any]:
    """No retries of its own: it would sleep for as long as an answer says."""
    return {
        "transport": RequestsTransport(
            use_env_settings=False,
            connection_timeout=CONNECTING,
            read_timeout=READING,
            connection_verify=way.authorities,
        ),
        "proxies": way.proxies,
        "retry_total": 0,
        "permit_redirects": False,
    }
