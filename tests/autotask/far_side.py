"""A host that answers with whatever bytes it is told, and remembers what it was sent."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bot.domain.credentials import Credentials
from bot.domain.origin import AutotaskOrigin
from bot.domain.secret import Secret

USERNAME = "made0up0username@lakeside.example"
SECRET = "made-up~secret$1"
CODE = "MADEUPMADEUPMADEUPMADEUP234"

BUDGET = {
    "currentTimeframeRequestCount": 42,
    "externalRequestThreshold": 10_000,
    "requestThresholdTimeframe": 60,
}


@dataclass(frozen=True)
class Heard:
    target: str
    headers: dict[str, str]
    """Names in lower case."""


Answering = Callable[[Heard], bytes | Awaitable[bytes | None]]
"""The bytes to answer, or None to say nothing more and keep the line open."""


@dataclass
class FarSide:
    answer: Answering
    heard: list[Heard] = field(default_factory=list)
    address: str = ""

    @property
    def origin(self) -> AutotaskOrigin:
        return AutotaskOrigin(self.address)

    @property
    def host(self) -> str:
        return self.origin.host

    @property
    def credentials(self) -> Credentials:
        return Credentials(self.origin, Secret(USERNAME), Secret(SECRET), Secret(CODE))


def http(status: int, body: bytes = b"", **headers: str) -> bytes:
    """A whole answer, after which the connection closes."""
    head = {"Content-Length": str(len(body)), "Connection": "close"}
    head |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} -", *(f"{name}: {value}" for name, value in head.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def js(body: Any, status: int = 200) -> bytes:
    return http(status, json.dumps(body).encode(), Content_Type="application/json")


@asynccontextmanager
async def far_side(answer: Answering, tls: ssl.SSLContext | None = None) -> AsyncIterator[FarSide]:
    """Listens on a free port; in the end, lines that are still open are cut."""
    far = FarSide(answer)
    async with listening(partial(_converse, far), tls) as address:
        far.address = address
        yield far


@asynccontextmanager
async def listening(
    converse: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]],
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[str]:
    """The address where `converse` is held with everybody who connects."""
    conversations: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        conversation = asyncio.create_task(converse(reader, writer))
        conversations.add(conversation)
        await asyncio.wait([conversation])
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    finally:
        server.close()
        for conversation in conversations:
            conversation.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)
        await server.wait_closed()


async def _converse(
    far: FarSide, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    pairs = (line.split(": ", 1) for line in lines)
    heard = Heard(first.split(" ")[1], {name.lower(): value for name, value in pairs})
    far.heard.append(heard)
    said = far.answer(heard)
    answer = said if isinstance(said, bytes) else await said
    if answer is None:
        await asyncio.Event().wait()
    else:
        writer.write(answer)
        await writer.drain()
