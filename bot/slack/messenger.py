"""Says things in Slack: one Web API call each, its outcome named.

The error codes and what they mean: docs.slack.dev, chat.postMessage and chat.update. slack_sdk's
own retry is off here: it sends a POST again after a lost connection, and the outbox owns repeats.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.incident import Place
from bot.domain.sending import Delivered, Later, MessageGone, Sent, Undeliverable
from bot.slack.alerts import message
from bot.usecases.ports import Owed

log = logging.getLogger(__name__)

Send = Callable[..., Awaitable[AsyncSlackResponse]]

EVENT_TYPE = "autotask_alert"
WITNESSED = 15.0
"""Seconds that Slack's being reachable is taken for granted."""
CALL_DEADLINE = 6.0
"""Seconds for one call, answer included."""

_MESSAGE_GONE = frozenset(
    {
        "cant_update_message",
        "edit_window_closed",
        "message_not_found",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
        "thread_not_found",
    }
)
_TRY_AGAIN = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "rate_limited",
        "ratelimited",
        "service_unavailable",
        "team_access_not_granted",
        "team_added_to_org",
        "token_expired",
        "token_revoked",
    }
)
"""Slack has not taken it, and may later: it is busy, or the installation waits for its operator."""
_UNCLEAR = frozenset({"fatal_error", "internal_error", "request_timeout"})
"""Some aspect of the operation may have succeeded, Slack says of these."""
_MALFORMED = frozenset(
    {
        "invalid_arguments",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_metadata_format",
        "metadata_too_large",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
    }
)
"""Our own fault: said once more as plain text, rather than not at all."""
_PLAIN_LENGTH = 3000


class SlackMessenger:
    """Implements the port `Messenger` over one Web API client."""

    def __init__(
        self, client: AsyncWebClient, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        client.retry_handlers.clear()
        self._client = client
        self._monotonic = monotonic
        self._asked_at = float("-inf")
        self._answers = True

    async def post(self, owed: Owed, destination: str) -> Sent:
        return await self._say(self._client.chat_postMessage, owed, channel=destination)

    async def edit(self, owed: Owed, place: Place) -> Sent:
        said = await self._say(self._client.chat_update, owed, channel=place.channel, ts=place.ts)
        return replace(said, unclear=False) if isinstance(said, Later) else said

    async def reply(self, owed: Owed, place: Place) -> Sent:
        shown = {"reply_broadcast": True} if owed.alert.broadcast else {}
        return await self._say(
            self._client.chat_postMessage, owed, channel=place.channel, thread_ts=place.ts, **shown
        )

    async def reachable(self) -> bool:
        """As the port has it; one answer serves for a short time, whoever asks."""
        if self._monotonic() - self._asked_at >= WITNESSED:
            self._asked_at = self._monotonic()
            self._answers = await self._answered()
        return self._answers

    async def _answered(self) -> bool:
        try:
            async with asyncio.timeout(CALL_DEADLINE):
                await self._client.api_test()
        except SlackClientError:  # it has answered, if not kindly
            return True
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False
        return True

    async def _say(self, send: Send, owed: Owed, **where: str | bool) -> Sent:
        full = message(owed)
        sent = await _call(send, where | full.arguments() | {"metadata": _metadata(owed)})
        if isinstance(sent, Undeliverable) and sent.reason in _MALFORMED:
            log.error("message_malformed", extra={"reason": sent.reason, "alert": owed.alert.id})
            sent = await _call(send, {**where, "text": full.text[:_PLAIN_LENGTH]})
        return sent


async def _call(send: Send, arguments: dict[str, Any]) -> Sent:
    try:
        async with asyncio.timeout(CALL_DEADLINE):
            response = await send(**arguments)
        return Delivered(Place(channel=response["channel"], ts=response["ts"]))
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        return classify(error)


def code_of(error: Exception) -> str | None:
    """Slack's error code, if Slack named one."""
    data = getattr(getattr(error, "response", None), "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    return code if isinstance(code, str) else None


def classify(error: Exception) -> Sent:
    """What a failed call means for the alert. A definite no of any other kind is the destination's:
    archived, gone, closed to the bot. Trusts no shape: an error may carry a dictionary, a
    string, or a bare HTTP response (seen with slack_sdk 3.47 on 502 pages and broken JSON)."""
    code, after = code_of(error), _retry_after(getattr(error, "response", None))
    if code is None:  # nobody knows how far it got, unless Slack has said when to come back
        return Later(type(error).__name__, after, unclear=after is None)
    if code in _MESSAGE_GONE:
        return MessageGone(code)
    if code in _TRY_AGAIN or code in _UNCLEAR:
        return Later(code, after, unclear=code in _UNCLEAR)
    return Undeliverable(code)


def _retry_after(response: Any) -> float | None:
    """Seconds that Slack asks to wait; HTTP 429 carries them."""
    headers = getattr(response, "headers", None) or {}
    value = next((v for k, v in dict(headers).items() if k.lower() == "retry-after"), "")
    try:
        return max(1.0, float(value))
    except (TypeError, ValueError):
        return None


def _metadata(owed: Owed) -> dict[str, Any]:
    """An opaque key, by which a message that was sent twice is recognised. Anybody may read it."""
    return {"event_type": EVENT_TYPE, "event_payload": {"k": owed.alert.id}}
