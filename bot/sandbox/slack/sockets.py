"""Socket Mode: the app has connected to us, and takes envelopes out of any of its sockets.

Frames: docs.slack.dev, Socket Mode, and slack_sdk 3.47's socket_mode package.
"""

import asyncio
import itertools
import json
from collections.abc import Callable

from aiohttp import ClientConnectionError, web

from bot.sandbox.slack.delivery import Kind, Retry
from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.identifiers import Identifiers
from bot.sandbox.slack.refusal import Undelivered

MOST = 10
"""Sockets that one app may have open at a time."""
_GRACE = 10.0
"""Seconds between a disconnect frame and the end of that socket."""
_HEARTBEAT = 30.0
_FAREWELL = 1.0
"""Seconds that the app has to close its end, too."""


class Sockets:
    """Implements `Delivery`. `changed` is called when the app comes or goes."""

    def __init__(self, ids: Identifiers, *, app_id: str, patience: float) -> None:
        self._ids = ids
        self._app_id = app_id
        self._patience = patience
        self._tickets: set[str] = set()
        self._open: list[web.WebSocketResponse] = []
        self._turn = itertools.count()
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._endings: set[asyncio.Task[None]] = set()
        self.changed: Callable[[], None] = lambda: None

    @property
    def connected(self) -> bool:
        return bool(self._open)

    def ticket(self) -> str:
        """Good for one connection."""
        ticket = self._ids.key()
        self._tickets.add(ticket)
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One socket, from its hello to its end. A used ticket is answered with 408, which is what
        users of slack_sdk report (python-slack-sdk #1446).
        """
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=408, text="This address has been used. Ask for a new one.")
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse(heartbeat=_HEARTBEAT, timeout=_FAREWELL)
        await socket.prepare(request)
        if len(self._open) >= MOST:
            await _disconnect(socket, "too_many_websockets")
            await socket.close()
            return socket
        await self._listen(socket)
        return socket

    async def send(self, kind: Kind, payload: Json, retry: Retry | None = None) -> Json:
        """Implements `Delivery.send`; any socket may bring the acknowledgement."""
        if not self._open:
            raise Undelivered("dispatch_failed")
        socket = self._open[next(self._turn) % len(self._open)]
        envelope = self._envelope(kind, payload, retry)
        acknowledged: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = acknowledged
        try:
            async with asyncio.timeout(self._patience):
                await socket.send_json(envelope)
                return await acknowledged
        except TimeoutError:
            raise Undelivered("operation_timeout") from None
        except ClientConnectionError:
            raise Undelivered("dispatch_failed") from None
        finally:
            del self._waiting[envelope["envelope_id"]]

    async def disconnect(self, reason: str) -> None:
        """Ask the app to connect anew (warning, refresh_requested, link_disabled), or `drop` the
        line without asking.
        """
        for socket in list(self._open):
            if reason == "drop":
                self._open.remove(socket)
                await socket.close()
            else:
                await _disconnect(socket, reason)
                ending = asyncio.create_task(self._end(socket))
                self._endings.add(ending)
                ending.add_done_callback(self._endings.discard)
        self.changed()

    async def close(self) -> None:
        for ending in self._endings:
            ending.cancel()
        await asyncio.gather(*self._endings, return_exceptions=True)
        for socket in list(self._open):
            await socket.close(code=1001)

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        self._open.append(socket)
        try:
            await socket.send_json(self._hello())
            self.changed()
            async for frame in socket:
                if isinstance(frame.data, str):
                    self._acknowledge(frame.data)
        except ClientConnectionError:
            pass  # it left before it was greeted
        finally:
            if socket in self._open:
                self._open.remove(socket)
            self.changed()

    def _acknowledge(self, text: str) -> None:
        try:
            answer = json.loads(text)
            envelope_id = answer.get("envelope_id")
        except (ValueError, AttributeError):
            return
        waiting = self._waiting.get(envelope_id)
        if waiting and not waiting.done():
            payload = answer.get("payload")
            waiting.set_result(payload if isinstance(payload, dict) else {})

    async def _end(self, socket: web.WebSocketResponse) -> None:
        await asyncio.sleep(_GRACE)
        await socket.close()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._open),
            "connection_info": {"app_id": self._app_id},
            "debug_info": {"host": "make-believe", "approximate_connection_time": 3600},
        }

    def _envelope(self, kind: Kind, payload: Json, retry: Retry | None) -> Json:
        envelope: Json = {
            "envelope_id": self._ids.key(),
            "type": kind.value,
            "payload": payload,
            "accepts_response_payload": kind is not Kind.EVENT,
        }
        if kind is Kind.EVENT:
            number, reason = retry or (0, "")
            envelope |= {"retry_attempt": number, "retry_reason": reason}
        return envelope


async def _disconnect(socket: web.WebSocketResponse, reason: str) -> None:
    debug = {"host": "make-believe"}
    await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": debug})
