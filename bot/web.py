"""The one HTTP listener: Slack over HTTP, if that is how Slack talks to us, and `/healthz`."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Protocol

from aiohttp import web

from bot.domain.errors import ConfigurationError

LARGEST = 1024 * 1024
"""Bytes; the door has its own, smaller limit."""


class Reply(Protocol):
    """What a door answers."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> str: ...
    @property
    def content_type(self) -> str: ...


Door = Callable[[Mapping[str, str], bytes], Awaitable[Reply]]
Healthy = Callable[[], Awaitable[bool]]


@asynccontextmanager
async def listening(
    host: str, port: int, *, healthy: Healthy, door: Door | None
) -> AsyncIterator[None]:
    """Serve while the context is open; what is in flight at the end is finished.

    Raises ConfigurationError where the port is taken.
    """
    app = web.Application(client_max_size=LARGEST)
    app.router.add_get("/healthz", _health(healthy))
    if door:
        app.router.add_post("/slack/events", _events(door))
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=5)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise ConfigurationError(
                f"Nothing can listen at {host}, port {port}: {os.strerror(error.errno or 0)}.",
                hint="Set HTTP_PORT to a free one.",
            ) from error
        yield
    finally:
        await runner.cleanup()


def _health(healthy: Healthy) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def health(_: web.Request) -> web.Response:
        """A word without detail: strangers may read it."""
        fine = await healthy()
        return web.Response(status=200 if fine else 503, text="ok\n" if fine else "not ok\n")

    return health


def _events(door: Door) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def events(request: web.Request) -> web.Response:
        reply = await door(request.headers, await request.read())
        return web.Response(status=reply.status, text=reply.body, content_type=reply.content_type)

    return events
