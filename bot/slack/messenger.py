"""Says things in Slack, its outcome named, and looks for what may have been said already.

slack_sdk's own retry is off here: it sends a POST again after a lost connection, and the outbox
owns repeats.
"""

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, TypeGuard

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.deadline import deadline
from bot.domain.incident import Place
from bot.domain.sending import (
    CannotLook,
    Delivered,
    Found,
    Later,
    NotThere,
    Sent,
    Undeliverable,
    Verdict,
    Welcome,
)
from bot.domain.stamps import is_person
from bot.slack.alerts import message
from bot.slack.client import CALL_DEADLINE
from bot.slack.outcomes import MALFORMED, classify, not_looked, not_shown
from bot.slack.scopes import HISTORY, READ, granted, may
from bot.usecases.ports import Owed

log = logging.getLogger(__name__)

Send = Callable[..., Awaitable[AsyncSlackResponse]]
FAILURES = (SlackClientError, aiohttp.ClientError, OSError, TimeoutError)
"""Whatever a call may raise."""

EVENT_TYPE = "autotask_alert"
WITNESSED = 15.0
"""Seconds that Slack's being reachable is taken for granted."""
LOOK_DEADLINE = 6.0
"""Seconds for looking, all pages together."""
PAGE, PAGES = 200, 5
"""Messages that are read while looking for one."""
SKEW = 5.0
"""Seconds that our clock may be ahead of Slack's."""
_PLAIN_LENGTH = 3000


class SlackMessenger:
    """Implements the port `Messenger` over one Web API client."""

    def __init__(
        self, client: AsyncWebClient, elapsed: Callable[[], float] = time.monotonic
    ) -> None:
        """`elapsed` is the outbox's own, by which a claim lapses."""
        client.retry_handlers.clear()
        self._client = client
        self._elapsed = elapsed
        self._asked_at = float("-inf")
        self._answers = True
        self._scopes: frozenset[str] = frozenset()
        self._bot_id: str | None = None

    async def post(self, owed: Owed, destination: str) -> Sent:
        """As the port has it. Where the bot is not in a public channel, it joins if it may."""
        return await self._inside(owed, {"channel": destination})

    async def edit(self, owed: Owed, place: Place) -> Sent:
        where = {"channel": place.channel, "ts": place.ts}
        said = await self._say(self._client.chat_update, owed, where)
        return replace(said, unclear=False) if isinstance(said, Later) else said

    async def reply(self, owed: Owed, place: Place) -> Sent:
        where: dict[str, Any] = {"channel": place.channel, "thread_ts": place.ts}
        shown = {"reply_broadcast": True} if _is_broadcast(owed) else {}
        return await self._inside(owed, where | shown)

    async def find(self, owed: Owed, channel: str, thread: Place | None) -> Found:
        """As the port has it. Needs the optional history scopes, and membership."""
        try:
            async with deadline(LOOK_DEADLINE):
                return await self._look(owed, await self._conversation(channel), thread)
        except FAILURES as error:
            return not_looked(error)

    def may_find(self) -> bool:
        """Whether Slack has granted what `find` needs, as far as its answers have told so far."""
        return self._scopes >= HISTORY

    async def look(self, destination: str) -> Verdict:
        """As the port has it. Channels need the optional read scopes."""
        try:
            async with deadline(CALL_DEADLINE):
                if is_person(destination):
                    await self._client.conversations_open(users=destination)
                    return Welcome()
                if not await may(self._client, READ):
                    return CannotLook("missing_scope")
                shown = await self._client.conversations_info(channel=destination)
        except FAILURES as error:
            return not_shown(error)
        channel = shown["channel"]
        if channel.get("is_archived"):
            return Undeliverable("is_archived")
        if channel.get("is_private") and not channel.get("is_member"):
            return Undeliverable("not_in_channel")
        return Welcome(shared=_is_shared(channel))

    async def reachable(self) -> bool:
        """As the port has it; one answer serves for a short time, whoever asks."""
        if self._elapsed() - self._asked_at >= WITNESSED:
            self._asked_at = self._elapsed()
            self._answers = await self._answered()
        return self._answers

    async def _answered(self) -> bool:
        try:
            await self._client.api_test()
        except SlackClientError:  # it has answered, if not kindly
            return True
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False
        return True

    async def _inside(self, owed: Owed, where: dict[str, Any]) -> Sent:
        sent = await self._say(self._client.chat_postMessage, owed, where)
        if not isinstance(sent, Undeliverable) or sent.reason != "not_in_channel":
            return sent
        try:
            await self._client.conversations_join(channel=where["channel"])
        except FAILURES as error:
            refused = classify(error)
            return Later(refused.reason, refused.after) if isinstance(refused, Later) else sent
        return await self._say(self._client.chat_postMessage, owed, where)

    async def _say(self, send: Send, owed: Owed, where: dict[str, Any]) -> Sent:
        """Once more as plain text, rather than not at all, where the message is malformed."""
        full, key = message(owed), {"metadata": _metadata(owed)}
        sent = await self._call(send, owed, where | full.arguments() | key)
        if not _malformed(sent):
            return sent
        log.error("message_malformed", extra={"reason": sent.reason, "alert": owed.alert.id})
        key = {} if "metadata" in sent.reason else key
        sent = await self._call(send, owed, {**where, "text": full.text[:_PLAIN_LENGTH], **key})
        return Later(sent.reason) if _malformed(sent) else sent

    async def _call(self, send: Send, owed: Owed, arguments: dict[str, Any]) -> Sent:
        if self._elapsed() >= owed.until:
            return Later("claim_lapsed", after=0)
        try:
            response = await send(**arguments)
            self._scopes = granted(response.headers) or frozenset()
            return Delivered(Place(channel=response["channel"], ts=response["ts"]))
        except FAILURES as error:
            return classify(error)

    async def _look(self, owed: Owed, channel: str, thread: Place | None) -> Found:
        since = owed.alert.first_tried_at
        where: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{(since.timestamp() if since else 0.0) - SKEW:.6f}",
            "limit": PAGE,
            "include_all_metadata": True,
        }
        if thread:
            where["ts"] = thread.ts
            return await self._read(self._client.conversations_replies, owed, where)
        return await self._read(self._client.conversations_history, owed, where)

    async def _read(self, read: Send, owed: Owed, where: dict[str, Any]) -> Found:
        """Page by page, until it is there or there is nothing more."""
        ours = await self._ours()
        for _ in range(PAGES):
            page = await read(**where)
            for each in page.get("messages") or ():
                if _key_of(each) == owed.alert.id and each.get("bot_id") == ours:
                    return Delivered(Place(where["channel"], each["ts"]))
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return CannotLook("no_cursor") if page.get("has_more") else NotThere()
            where["cursor"] = cursor
        return CannotLook("too_much_said_since")

    async def _ours(self) -> str:
        """What marks a message as this app's. Anybody's may carry anybody's key."""
        if self._bot_id is None:
            self._bot_id = str((await self._client.auth_test())["bot_id"])
        return self._bot_id

    async def _conversation(self, channel: str) -> str:
        """The id under which a direct message may be read."""
        if not is_person(channel):
            return channel
        opened = await self._client.conversations_open(users=channel)
        return str(opened["channel"]["id"])


def _is_broadcast(owed: Owed) -> bool:
    """Who says that it is over for all says it as loudly as any of them was to."""
    over = owed.incident is not None and owed.incident.closed_at is not None
    loud = any(each.connection.care.broadcast_recovery for each in owed.others)
    return owed.alert.broadcast or (over and loud)


def _is_shared(channel: Mapping[str, Any]) -> bool:
    """With another organisation (docs.slack.dev, the conversation object): what is shared within an
    Enterprise organisation alone is not; where only an invitation is out, it is."""
    outside = channel.get("is_ext_shared") or channel.get("is_pending_ext_shared")
    return bool(outside or (channel.get("is_shared") and not channel.get("is_org_shared")))


def _malformed(sent: Sent) -> TypeGuard[Undeliverable]:
    return isinstance(sent, Undeliverable) and sent.reason in MALFORMED


def _key_of(said: dict[str, Any]) -> str | None:
    metadata = said.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    key = (metadata.get("event_payload") or {}).get("k")
    return key if isinstance(key, str) else None


def _metadata(owed: Owed) -> dict[str, Any]:
    """An opaque key, by which a message that was sent twice is recognised. Anybody may read it."""
    return {"event_type": EVENT_TYPE, "event_payload": {"k": owed.alert.id}}
