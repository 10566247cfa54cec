"""A proxy that listens in: everything that leaves the bot goes through it, and is kept."""

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit

Hear = Callable[[bytes], None]


@dataclass
class Tap:
    """`heard` has the bytes by the port that they were meant for; WebSocket frames unmasked."""

    heard: defaultdict[int, bytearray] = field(default_factory=lambda: defaultdict(bytearray))
    heads: list[bytes] = field(default_factory=list)
    """The first request of each connection to the proxy itself."""

    @asynccontextmanager
    async def proxy(self) -> AsyncIterator[int]:
        """The port of an HTTP proxy."""
        async with _listening(self._forward) as port:
            yield port

    @asynccontextmanager
    async def before(self, port: int) -> AsyncIterator[int]:
        """A port that leads to `port`; what is answered there is heard."""

        async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            there, back = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(
                _pour(reader, back, _nobody), _pour(there, writer, self.heard[port].extend)
            )

        async with _listening(lead) as front:
            yield front

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        port = urlsplit(head.split()[1].decode()).port
        assert port, head
        there, back = await asyncio.open_connection("127.0.0.1", port)
        heard = self.heard[port]
        heard += head
        back.write(head)
        frames = Frames(heard) if b"upgrade: websocket" in head.lower() else None
        hear = frames.feed if frames else heard.extend
        await asyncio.gather(_pour(reader, back, hear), _pour(there, writer, _nobody))


@dataclass
class Frames:
    """A client's WebSocket frames (RFC 6455, section 5.2), which it masks, without their masks."""

    into: bytearray
    _rest: bytearray = field(default_factory=bytearray)

    def feed(self, some: bytes) -> None:
        self._rest += some
        while (whole := self._whole()) is not None:
            start, length = whole
            mask = self._rest[start - 4 : start]
            payload = self._rest[start : start + length]
            self.into += bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
            del self._rest[: start + length]

    def _whole(self) -> tuple[int, int] | None:
        """Where the first frame's payload begins, and its length, once all of it is here."""
        if len(self._rest) < 6:
            return None
        short = self._rest[1] & 0x7F
        wide = {126: 2, 127: 8}.get(short, 0)
        length = int.from_bytes(self._rest[2 : 2 + wide], "big") if wide else short
        start = 2 + wide + 4
        return (start, length) if len(self._rest) >= start + length else None


def without(heard: bytes, *headers: str) -> bytes:
    """What was heard, less these headers' lines."""
    names = "|".join(map(re.escape, headers))
    return re.sub(rf"(?im)^(?:{names}):[^\r\n]*\r?$".encode(), b"", heard)


@asynccontextmanager
async def _listening(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], object],
) -> AsyncIterator[int]:
    server = await asyncio.start_server(partial(_safely, serve), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def _safely(
    serve: Callable[..., object], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        await serve(reader, writer)  # type: ignore[misc]  # a coroutine function's
    except (OSError, asyncio.IncompleteReadError):
        writer.close()


def _nobody(_: bytes) -> None:
    """What comes from outside is not what is looked for."""


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter, hear: Hear) -> None:
    """Until either side closes; then the other is closed as well."""
    try:
        while some := await source.read(65_536):
            hear(some)
            sink.write(some)
            await sink.drain()
    finally:
        sink.close()
