"""Says things in Slack: one Web API call each, its outcome named.

The error codes and what they mean: docs.slack.dev, chat.postMessage and chat.update. slack_sdk's
own retry is off here: it sends a POST again after a lost connection, and the outbox owns repeats.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.incident import Place
from bot.domain.sending import Delivered, Later, MessageGone, Sent, Undeliverable
from bot.slack.alerts import message
from bot.usecases.ports import Owed

EVENT_TYPE = "autotask_alert"
CALL_DEADLINE = 6.0
"""Seconds for one call, answer included."""

_DESTINATION_BROKEN = frozenset(
    {
        "cannot_dm_bot",
        "channel_not_found",
        "ekm_access_denied",
        "is_archived",
        "is_inactive",
        "messages_tab_disabled",
        "no_permission",
        "not_in_channel",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "user_disabled",
        "user_not_found",
        "user_not_visible",
    }
)
_MESSAGE_GONE = frozenset(
    {"cant_update_message", "edit_window_closed", "message_not_found", "thread_not_found"}
)


class SlackMessenger:
    """Implements the port `Messenger` over one Web API client."""

    def __init__(self, client: AsyncWebClient) -> None:
        client.retry_handlers.clear()
        self._client = client

    async def post(self, owed: Owed, destination: str) -> Sent:
        return await self._call(
            lambda: self._client.chat_postMessage(
                channel=destination, metadata=_metadata(owed), **message(owed).arguments()
            )
        )

    async def edit(self, owed: Owed, place: Place) -> Sent:
        return await self._call(
            lambda: self._client.chat_update(
                channel=place.channel,
                ts=place.ts,
                metadata=_metadata(owed),
                **message(owed).arguments(),
            )
        )

    async def reply(self, owed: Owed, place: Place) -> Sent:
        return await self._call(
            lambda: self._client.chat_postMessage(
                channel=place.channel,
                thread_ts=place.ts,
                metadata=_metadata(owed),
                **message(owed).arguments(),
            )
        )

    async def _call(self, send: Callable[[], Awaitable[AsyncSlackResponse]]) -> Sent:
        try:
            async with asyncio.timeout(CALL_DEADLINE):
                response = await send()
            return Delivered(Place(channel=response["channel"], ts=response["ts"]))
        except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
            return classify(error)


def code_of(error: Exception) -> str | None:
    """Slack's error code, if Slack named one."""
    data = getattr(getattr(error, "response", None), "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    return code if isinstance(code, str) else None


def classify(error: Exception) -> Sent:
    """What a failed call means for the alert. Trusts no shape: an error may carry a dictionary, a
    string, or a bare HTTP response (seen with slack_sdk 3.47 on 502 pages and broken JSON)."""
    code = code_of(error)
    if code is None:
        return Later(type(error).__name__)
    if code in _DESTINATION_BROKEN:
        return Undeliverable(code)
    if code in _MESSAGE_GONE:
        return MessageGone(code)
    return Later(code, _retry_after(getattr(error, "response", None)))


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
