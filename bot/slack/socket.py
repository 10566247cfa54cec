"""Socket Mode: how the app hears of things without an inbound port.

Two faults of the SDK's client are mended here (seen with slack_sdk 3.47; python-slack-sdk issues
1446 and 1110): a revoked app token is retried for ever without a word, and after a failed
reconnection the same used-up address is tried for ever.
"""

import asyncio
import logging
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import aiohttp
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import ConfigurationError
from bot.domain.finding import Finding
from bot.domain.secret import Secret
from bot.slack.outcomes import code_of

log = logging.getLogger(__name__)

AWAY = 120.0
"""Seconds without a line after which Slack's requests no longer reach the app."""
GOODBYE = 2.0
"""Seconds that Slack has to answer the closing of the line."""

REQUIRED = frozenset({"commands", "chat:write", "chat:write.public", "im:write", "users:read"})
"""The scopes without which the bot does not do what it promises; the others are optional."""
_REFUSED = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "missing_scope",
        "not_allowed_token_type",
        "not_authed",
        "token_expired",
        "token_revoked",
    }
)
_WHERE_BOT = (
    "Copy the Bot User OAuth Token (xoxb-...) from your app's page at Slack, OAuth & Permissions."
)
_WHERE_APP = (
    "Make an app-level token (xapp-...) with the scope connections:write on your app's page at "
    "Slack, Basic Information."
)


@dataclass(frozen=True, slots=True)
class Identity:
    """Which workspace the bot token belongs to."""

    workspace_id: str
    name: str
    scopes: frozenset[str] | None = None
    """What it may do; None where Slack does not say."""


async def identify(client: AsyncWebClient) -> Identity | None:
    """Ask Slack whose token this is; None where Slack cannot be reached just now.

    Raises ConfigurationError where Slack refuses the token.
    """
    try:
        response = await client.auth_test()
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        _raise_if_refused(error, "SLACK_BOT_TOKEN", _WHERE_BOT)
        log.warning("slack_unreachable", extra={"reason": type(error).__name__})
        return None
    workspace_id = response.get("team_id") or response.get("enterprise_id")
    headers = {name.lower(): value for name, value in (response.headers or {}).items()}
    granted = headers.get("x-oauth-scopes")
    return Identity(
        str(workspace_id),
        str(response.get("team") or workspace_id),
        frozenset(re.split(r"[,\s]+", granted.strip())) if granted else None,
    )


async def examine_token(client: AsyncWebClient, *, about: str) -> tuple[Finding, Identity | None]:
    """Whether Slack takes the bot token, and whether it may do what the bot needs; and whose it is,
    if Slack says."""
    try:
        identity = await identify(client)
    except ConfigurationError as error:
        return Finding(about, error.message, error.hint), None
    if identity is None:
        fix = "Check the network, or OUTBOUND_PROXY."
        return Finding(about, "Slack does not answer", fix), None
    if identity.scopes is not None and (missing := sorted(REQUIRED - identity.scopes)):
        fix = "Bring the Slack app up to date with manifest.yml, and install it anew."
        return Finding(about, f"lacks the permission for {', '.join(missing)}", fix), identity
    return Finding(about, f"works, workspace {identity.name}"), identity


async def check_app_token(client: AsyncWebClient, token: Secret) -> None:
    """Raises ConfigurationError where Slack refuses the app-level token."""
    try:
        await client.apps_connections_open(app_token=token.reveal())
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        _raise_if_refused(error, "SLACK_APP_TOKEN", _WHERE_APP)


class Socket:
    """One Socket Mode connection that comes back by itself.

    It goes by the proxy of the app's client and believes whom that believes.
    """

    def __init__(
        self,
        app: AsyncApp,
        token: Secret,
        *,
        ping_interval: float = 10,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`ping_interval` is in seconds; a line without an answer to four pings is given up."""
        self._token = token
        self._ping_interval = ping_interval
        self._monotonic = monotonic
        self._connected_at = monotonic()
        self._web_client = app.client
        self._handler = AsyncSocketModeHandler(app, token.reveal(), ping_interval=ping_interval)
        self._handler.client.proxy = app.client.proxy  # told None, it asks the environment
        self._watchdog: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect, now or as soon as Slack answers. Raises ConfigurationError for a bad token."""
        await check_app_token(self._web_client, self._token)
        self._connected_at = self._monotonic()
        self._watchdog = asyncio.create_task(self._stay_connected())

    async def close(self) -> None:
        """Stop listening, though Slack may not say goodbye; aiohttp would wait 10 s for that."""
        if self._watchdog:
            self._watchdog.cancel()
            await asyncio.wait({self._watchdog})
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE):
                await self._handler.close_async()
        await self._handler.close_async()  # what an unanswered goodbye has left open

    async def connected(self) -> bool:
        """Whether Slack can reach the app at this moment."""
        return bool(await self._handler.client.is_connected())

    def reachable(self, *, within: float = AWAY) -> bool:
        """Whether Slack could reach the app within the last so many seconds."""
        return self._monotonic() - self._connected_at < within

    async def _stay_connected(self) -> None:
        """Connect, and whenever the connection is lost make the client ask for a fresh address."""
        connecting = asyncio.create_task(self._handler.connect_async())
        try:
            while True:
                await asyncio.sleep(self._ping_interval / 10)
                if await self.connected():
                    self._connected_at = self._monotonic()
                else:
                    self._handler.client.wss_uri = None
        finally:
            connecting.cancel()


def _raise_if_refused(error: Exception, setting: str, hint: str) -> None:
    code = code_of(error)
    if isinstance(error, SlackApiError) and code in _REFUSED:
        raise ConfigurationError(f"Slack refuses {setting} ({code}).", hint=hint) from None
