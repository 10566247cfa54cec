"""Amazon's library. Who asks is what its own chain finds: a role, or the environment."""

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from bot.vault.sdk.line import CONNECTING, READING, THREADS, Way

RAISED = (BotoCoreError, ClientError)


def open_client(service: str, *, region: str, way: Way) -> Any:
    """A client of `kms`, `secretsmanager` or another service, at Amazon's own address of it.
    Threads may share it. Asks nobody yet."""
    config = Config(
        region_name=region,
        connect_timeout=CONNECTING,
        read_timeout=READING,
        retries={"total_max_attempts": 2, "mode": "standard"},
        proxies=way.proxies,
        ignore_configured_endpoint_urls=True,
        max_pool_connections=THREADS,
    )
    session = boto3.session.Session()
    return session.client(service, config=config, verify=way.authorities)


def code_of(error: Exception) -> str:
    """What went wrong, in one word and without a value: `AccessDeniedException`."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "ClientError"))
    return type(error).__name__
