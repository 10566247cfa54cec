"""The one HTTP listener: Slack over HTTP, if that is how Slack talks to us, and `/healthz`.

Strangers reach it, so whatever they send has an end: a request has to arrive in time, and nobody
gets to hold many connections.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Protocol

from aiohttp import web
from aiohttp.http import HttpProcessingError

from bot.domain.errors import ConfigurationError

log = logging.getLogger(__name__)

LARGEST = 1024 * 1024
"""Bytes. Slack's largest payload holds a view of 250 kB, in a form, where a quote takes three."""
PATIENCE = 10.0
"""Seconds within which the first request's head has to arrive, and then each body."""
IDLE = 100.0
"""Seconds that Slack's connection is kept for the next request: longer than most proxies keep
theirs. A stranger's is closed with the answer."""
MOST = 256
"""Connections at a time. Checks and alerts need sockets too, of the 1024 that are usual."""
DRAIN = 3.0
"""Seconds that requests in flight have at the end; Slack itself waits no longer."""


class Reply(Protocol):
    """What a door answers."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> str: ...
    @property
    def content_type(self) -> str: ...


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Door = Callable[[Mapping[str, str], bytes], Awaitable[Reply]]
Trouble = Callable[[], Awaitable[str]]
"""What is wrong, in a word; empty: nothing."""


@asynccontextmanager
async def listening(
    host: str, port: int, *, trouble: Trouble, door: Door | None, patience: float = PATIENCE
) -> AsyncIterator[None]:
    """Serve while the context is open; what is in flight at the end is finished. A body that is
    too large is answered with 413, one that has not arrived in `patience` seconds with 408.

    Raises ConfigurationError where the port is taken.
    """
    hall = _Hall(patience)
    app = web.Application(client_max_size=LARGEST, middlewares=[hall.received])
    app.router.add_get("/healthz", _health(trouble))
    if door:
        app.router.add_post("/slack/events", _events(door, patience))
    runner = web.AppRunner(
        app,
        access_log=None,
        auto_decompress=False,  # what was signed is what came
        handle_signals=False,
        keepalive_timeout=IDLE,
        lingering_time=min(DRAIN, patience),
        logger=_wordless(),
        shutdown_timeout=DRAIN,
    )
    await runner.setup()
    server = None
    try:
        try:
            server = await asyncio.get_running_loop().create_server(
                partial(hall.enter, runner), host, port
            )
        except OSError as error:
            raise ConfigurationError(
                f"Nothing can listen at {host}, port {port}: {os.strerror(error.errno or 0)}.",
                hint="Set HTTP_PORT to a free one.",
            ) from error
        yield
    finally:
        if server is not None:
            server.close()
        await runner.cleanup()


def _health(trouble: Trouble) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def health(_: web.Request) -> web.Response:
        """A word without detail: strangers may read it."""
        wrong = await trouble()
        response = web.Response(status=503 if wrong else 200, text=f"{wrong or 'ok'}\n")
        response.force_close()
        return response

    return health


def _events(door: Door, patience: float) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def events(request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(patience):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=408)
        except (web.RequestPayloadError, OSError):
            return web.Response(status=400)
        reply = await door(request.headers, body)
        return web.Response(status=reply.status, text=reply.body, content_type=reply.content_type)

    return events


class _Hall:
    """Where connections are until their first request is there; aiohttp would wait for ever for
    its head, as long as bytes drip in."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._waiting: dict[asyncio.BaseProtocol, asyncio.TimerHandle] = {}

    def enter(self, runner: web.AppRunner) -> asyncio.Protocol:
        """The protocol of a new connection."""
        server = runner.server
        if server is None or len(server.connections) >= MOST:
            return _Closed()
        protocol = server()
        self._waiting[protocol] = asyncio.get_running_loop().call_later(
            self._patience, self._show_out, protocol
        )
        return protocol

    @web.middleware
    async def received(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Its first request is there; it may stay, unless that is refused."""
        if timer := self._waiting.pop(request.protocol, None):
            timer.cancel()
        try:
            response = await handler(request)
        except web.HTTPException as refused:
            refused.force_close()
            raise
        if response.status >= 400:
            response.force_close()
        return response

    def _show_out(self, protocol: web.RequestHandler) -> None:
        del self._waiting[protocol]
        protocol.force_close()


class _Closed(asyncio.Protocol):
    """For one connection too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a server's are
        transport.abort()


def _wordless() -> logging.Logger:
    """For aiohttp: of what is no HTTP, it would log the bytes."""
    logger = logging.getLogger("bot.web.http")
    logger.addFilter(_quote_nothing)
    return logger


def _quote_nothing(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    if not isinstance(error, HttpProcessingError | web.RequestPayloadError | OSError):
        return True
    log.warning("not_http", extra={"reason": type(error).__name__})
    return False
