"""How a zone misbehaves: whatever a broken data centre sends instead of an answer."""

import asyncio
import socket
import struct

from aiohttp import web

from bot.sandbox.autotask.zones import Fault, FaultKind

_MAINTENANCE = (
    "<!DOCTYPE html><html><head><title>Maintenance</title></head><body>"
    "<h1>We will be back soon</h1><p>This zone is being maintained.</p></body></html>"
)


class Closing:
    """Set when the world ends: nothing waits longer than that."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        self._event.set()

    def clear(self) -> None:
        self._event.clear()

    async def pause(self, seconds: float | None) -> bool:
        """Wait; None waits for the end. Returns whether the world is ending."""
        if seconds == 0:
            return self._event.is_set()
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            return False
        return True


def misbehave(request: web.Request, fault: Fault, *, elsewhere: str) -> web.Response | None:
    """What is answered instead, or None where the call goes its way, at first.

    `elsewhere` is the address of another zone: where `redirect` leads, so that it shows who
    follows.
    """
    match fault.kind:
        case "reset" | "tls":  # `tls`: a connection from before the trouble
            return _reset(request)
        case "redirect":
            return web.Response(status=302, headers={"Location": elsewhere + request.path_qs})
        case _:
            return _canned(fault.kind)


async def delay(
    request: web.Request, fault: Fault, answer: web.Response, *, closing: Closing
) -> web.StreamResponse:
    """What becomes of an answer on its way out. The call was served, a sign-in may have been
    refused and counted, yet with `hang` and `drip` nobody sees the end of it, until the world ends
    or the client leaves.
    """
    match fault.kind:
        case "hang":
            await closing.pause(None)
            return _reset(request)
        case "drip":
            return await _drip(request, fault.ms / 1000, answer.status, closing)
        case _:
            return answer


def _canned(kind: FaultKind) -> web.Response | None:
    match kind:
        case "outage_5xx":
            return web.Response(status=503)
        case "maintenance":
            return web.Response(status=503, text=_MAINTENANCE, content_type="text/html")
        case "maintenance_200":
            return web.Response(text=_MAINTENANCE, content_type="text/html")
        case "garbage":
            return web.Response(text='{"item": {"id": 0, "com', content_type="application/json")
        case _:
            return None


def _reset(request: web.Request) -> web.Response:
    """Close with a reset instead of an answer; the response returned reaches nobody."""
    transport = request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response(status=500)


async def _drip(
    request: web.Request, gap: float, status: int, closing: Closing
) -> web.StreamResponse:
    """A body that never ends: a space is legal in front of JSON, so nothing is wrong but time."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    response = web.StreamResponse(status=status, headers=headers)
    await response.prepare(request)
    await response.write(b" ")
    while not await closing.pause(gap):
        await response.write(b" ")
    return response
