"""A Slack that keeps everything it has accepted, and answers badly on purpose.

It speaks the few Web API methods that the outbox uses, over a real socket. Whatever it accepted
stays on record, whether the client lived to hear of it or not.
"""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from math import inf

from aiohttp import web

from bot.clock import SystemClock
from tests.faults.messages import Drawing, Json, Message
from tests.faults.mix import Mix

KNOWN: dict[str, Json] = {
    "api.test": {},
    "auth.test": {"team_id": "T1", "team": "Lakeside", "user_id": "U0", "bot_id": "B1"},
}
HISTORY_SCOPES = "channels:history,groups:history,im:history"


class Dropped(Exception):
    """The request is gone, with whoever asked."""


Trap = Callable[[str, str, str], Awaitable[None]]
"""Called with `before` and `after` acceptance of a chat call, the method, and the caller's token.
May raise Dropped."""


async def let_pass(stage: str, method: str, token: str) -> None:
    """No trap."""


@dataclass
class RecordingSlack:
    """`pace` is for how many seconds a channel has enough of one message: Slack wants one a second,
    and lets one more come at once;
    `retry_after` is what a 429 says, which `hurry` (the scale of the client's own pauses) shortens
    here as it does there. With `history` the scopes to look messages up are granted.
    """

    dice: random.Random
    mix: Mix = field(default_factory=Mix)
    history: bool = False
    pace: float = 0.0
    hurry: float = 1.0
    url: str = ""
    messages: list[Message] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """Keys in the order of acceptance, posts and edits alike."""
    unclear: int = 0
    """Calls that were accepted and looked failed to the client."""
    early: int = 0
    """Calls that came although a 429 had asked to wait longer."""
    calls: int = 0
    lookups: int = 0
    trap: Trap = let_pass
    _elapsed: Callable[[], float] = SystemClock().elapsed
    _next_at: dict[str, float] = field(default_factory=dict)
    _callers: dict[str, asyncio.Event] = field(default_factory=dict)
    _asked_to_wait: dict[str, float] = field(default_factory=dict)
    _newest: int = 0

    def posts(self, key: str) -> list[Message]:
        """Every message that was posted under this key."""
        return [each for each in self.messages if each.key == key]

    def at(self, channel: str, ts: str) -> Message | None:
        """The message that stands there."""
        return next((e for e in self.messages if (e.channel, e.ts) == (channel, ts)), None)

    async def heard_of(self, pid: int) -> None:
        """Until that worker has called."""
        await self._caller(str(pid)).wait()

    def _caller(self, pid: str) -> asyncio.Event:
        return self._callers.setdefault(pid, asyncio.Event())

    def forget(self) -> None:
        """What was posted while the scene was set."""
        self.messages.clear()
        self.told.clear()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One call of the Web API."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self._caller(token.rpartition("-")[2]).set()
        method, arguments = request.match_info["method"], await _arguments(request)
        try:
            if method in ("chat.postMessage", "chat.update"):
                return await self._chat(request, method, arguments, token)
            if method in ("conversations.history", "conversations.replies"):
                return await self._look(method, arguments)
        except Dropped:
            return _break(request)
        known = {
            "api.test": {},
            "auth.test": {"team_id": "T1", "team": "T1", "user_id": "U0", "bot_id": "B1"},
        }
        if method not in known:
            return self._no("unknown_method")
        return self._yes(known[method])

    async def _chat(
        self, request: web.Request, method: str, asked: Json, token: str
    ) -> web.StreamResponse:
        self.calls += 1
        await asyncio.sleep(self.dice.uniform(0, self.mix.slowest))
        if wait := self._must_wait(asked["channel"]):
            return self._too_fast(asked["channel"], wait)
        await self.trap("before", method, token)
        fate, mix = self.dice.random(), self.mix
        if (fate := fate - mix.limited) < 0:
            return self._too_fast(asked["channel"], 1.0)
        if (fate := fate - mix.rejected) < 0:
            return web.Response(status=500, text="busy")
        if self._comes_late(asked):
            raise Dropped
        accepted = self._edit(asked) if method == "chat.update" else self._post(asked)
        if accepted is None:
            return self._no("message_not_found")
        await self.trap("after", method, token)
        if (fate := fate - mix.accepted_all_the_same) < 0:
            self.unclear += 1
            return web.Response(status=500, text="busy")
        if fate - mix.answer_lost < 0:
            self.unclear += 1
            return _break(request)
        return self._yes({"channel": accepted.channel, "ts": accepted.ts})

    def _comes_late(self, asked: Json) -> bool:
        """Whether it is taken so late that somebody else may have looked already. A lease is ten
        times as long as a call, but not here, on a machine that is busy."""
        until = float(asked.get("until", inf))
        return float(asked.get("begun_at", 0)) < until <= self._elapsed()

    def _must_wait(self, channel: str) -> float:
        """Seconds of Slack's, as the client will hurry them."""
        now = time.monotonic()
        self.early += now < self._asked_to_wait.get(channel, 0.0)
        ahead = self._next_at.get(channel, 0.0) - now
        return max(0.0, ahead - self.pace * self.hurry) / self.hurry

    def _too_fast(self, channel: str, wait: float) -> web.Response:
        seconds = max(1, round(wait + 0.499))
        if self.pace:
            self._asked_to_wait[channel] = time.monotonic() + seconds * self.hurry
        body = {"ok": False, "error": "ratelimited"}
        return web.json_response(body, status=429, headers={"Retry-After": str(seconds)})

    def _post(self, asked: Json) -> Message:
        metadata = asked.get("metadata") or {}
        key = str(metadata.get("event_payload", {}).get("k", ""))
        where = asked["channel"], self._ts(), asked.get("thread_ts")
        message = Message(key, *where, [Drawing.of(asked)], metadata, time.monotonic())
        self.messages.append(message)
        self._accepted(message.channel, key)
        return message

    def _edit(self, asked: Json) -> Message | None:
        message = self.at(asked["channel"], asked["ts"])
        if message:
            message.drawings.append(Drawing.of(asked))
            message.metadata = asked.get("metadata") or message.metadata
            self._accepted(message.channel, message.metadata.get("event_payload", {}).get("k", ""))
        return message

    def _accepted(self, channel: str, key: str) -> None:
        self.told.append(key)
        from_then = max(time.monotonic(), self._next_at.get(channel, 0.0))
        self._next_at[channel] = from_then + self.pace * self.hurry

    def _ts(self) -> str:
        self._newest = max(self._newest + 1, time.time_ns() // 1000)
        return f"{self._newest // 1_000_000}.{self._newest % 1_000_000:06d}"

    async def _look(self, method: str, asked: Json) -> web.StreamResponse:
        self.lookups += 1
        await asyncio.sleep(self.dice.uniform(0, self.mix.slowest))
        if not self.history:
            return self._no("missing_scope", needed="channels:history", provided="chat:write")
        if self.dice.random() < self.mix.limited:
            headers = {"Retry-After": "1"}
            body = {"ok": False, "error": "ratelimited"}
            return web.json_response(body, status=429, headers=headers)
        thread = asked["ts"] if method == "conversations.replies" else None
        return self._yes(self._page(self._found(asked, thread), asked, newest_first=not thread))

    def _found(self, asked: Json, thread: str | None) -> list[Message]:
        oldest, latest = float(asked.get("oldest") or 0), float(asked.get("latest") or 1e12)
        return [
            each
            for each in self.messages
            if each.channel == asked["channel"]
            and (thread in (each.ts, each.thread_ts) if thread else each.thread_ts is None)
            and (each.ts == thread or oldest < float(each.ts) < latest)
        ]

    def _page(self, found: list[Message], asked: Json, *, newest_first: bool) -> Json:
        """As documented: at most `limit` (100), and a cursor to go on with."""
        if newest_first:
            found.reverse()
        start, limit = int(asked.get("cursor") or 0), int(asked.get("limit") or 100)
        with_metadata = str(asked.get("include_all_metadata", "")).lower() in ("1", "true")
        page = [
            {"type": "message", "ts": each.ts, "text": each.drawings[-1].text, "bot_id": "B1"}
            | ({"thread_ts": each.thread_ts} if each.thread_ts else {})
            | ({"metadata": each.metadata} if with_metadata and each.metadata else {})
            for each in found[start : start + limit]
        ]
        more = start + limit < len(found)
        cursor = {"next_cursor": str(start + limit) if more else ""}
        return {"messages": page, "has_more": more, "response_metadata": cursor}

    def _yes(self, body: Json) -> web.Response:
        scopes = "chat:write" + (f",{HISTORY_SCOPES}" if self.history else "")
        return web.json_response({"ok": True, **body}, headers={"x-oauth-scopes": scopes})

    def _no(self, error: str, **more: str) -> web.Response:
        return web.json_response({"ok": False, "error": error, **more})


async def _arguments(request: web.Request) -> Json:
    if request.method == "GET":
        return dict(request.query)
    if request.content_type == "application/json":
        return dict(await request.json())
    form = await request.post()
    return {name: json.loads(str(v)) if name == "metadata" else str(v) for name, v in form.items()}


def _break(request: web.Request) -> web.Response:
    """Nothing of this answer arrives."""
    if request.transport:
        request.transport.abort()
    return web.Response()


@asynccontextmanager
async def serving(slack: RecordingSlack) -> AsyncIterator[RecordingSlack]:
    """On a free loopback port, until the end. A client that dies does not cancel its call."""
    app = web.Application()
    app.router.add_route("*", "/api/{method}", slack.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=False)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    slack.url = f"http://{host}:{port}/api/"
    try:
        yield slack
    finally:
        await runner.cleanup()
