"""The one HTTP listener: Slack over HTTP, if that is how Slack talks to us, and `/healthz`."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Protocol

from aiohttp import web

from bot.domain.errors import ConfigurationError

LARGEST = 256 * 1024
"""Bytes; Slack's largest payload is a view of 250 kB."""
PATIENCE = 10.0
"""Seconds within which a request's body has to arrive."""
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
    app = web.Application(client_max_size=LARGEST)
    app.router.add_get("/healthz", _health(trouble))
    if door:
        app.router.add_post("/slack/events", _events(door, patience))
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=DRAIN)
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


def _health(trouble: Trouble) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def health(_: web.Request) -> web.Response:
        """A word without detail: strangers may read it."""
        wrong = await trouble()
        return web.Response(status=503 if wrong else 200, text=f"{wrong or 'ok'}\n")

    return health


def _events(door: Door, patience: float) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def events(request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(patience):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=408)
        reply = await door(request.headers, body)
        return web.Response(status=reply.status, text=reply.body, content_type=reply.content_type)

    return events
