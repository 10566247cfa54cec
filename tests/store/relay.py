"""Stands between a client and its server, and hangs up on a commit."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from sqlalchemy import make_url


class Relay:
    """`cut` is for the next commit: the line breaks `before` the server hears of it, or `after` the
    server has done it and before the client hears of that."""

    def __init__(self, url: str) -> None:
        self.there = make_url(url)
        self.url = ""
        self.cut = ""
        self.connecting: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Relay"]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Client(self), "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()
        self.url = self.there.set(host=host, port=port).render_as_string(hide_password=False)
        async with server:
            yield self


class _End(asyncio.Protocol):
    """One end of a line through the relay."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self.other: _End | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.other and self.other.transport:
            self.other.transport.close()

    def pass_on(self, said: bytes) -> None:
        if self.other and self.other.transport:
            self.other.transport.write(said)

    def hang_up(self) -> None:
        self.relay.cut = ""
        for each in (self, self.other):
            if each and each.transport:
                each.transport.abort()


class _Client(_End):
    """Where the bot's connection ends."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        cast("asyncio.Transport", transport).pause_reading()
        task = asyncio.create_task(self._reach(_Server(self.relay)))
        self.relay.connecting.add(task)
        task.add_done_callback(self.relay.connecting.discard)

    async def _reach(self, server: "_Server") -> None:
        self.other, server.other = server, self
        there, loop = self.relay.there, asyncio.get_running_loop()
        await loop.create_connection(lambda: server, str(there.host), there.port or 5432)
        if self.transport:
            self.transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        commits = b"COMMIT" in data
        if commits and self.relay.cut == "before":
            self.hang_up()
            return
        if commits and self.relay.cut == "after":
            self.relay.cut = "answer"
        self.pass_on(data)


class _Server(_End):
    """Where the server's ends."""

    def data_received(self, data: bytes) -> None:
        if self.relay.cut == "answer":
            self.hang_up()
        else:
            self.pass_on(data)
