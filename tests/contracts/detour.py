"""A way for libraries that know one address only, such as `https://webservices.autotask.net`."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from urllib.parse import urlsplit

from tests.autotask.far_side import listening

AUTOTASK = "webservices.autotask.net"


@asynccontextmanager
async def detour(base_url: str, tls: ssl.SSLContext, *, host: str = AUTOTASK) -> AsyncIterator[str]:
    """The address of a proxy: a tunnel to `host` ends behind `tls` at `base_url`, any other is
    refused. The client resolves no name and leaves loopback for nothing.
    """
    async with (
        listening(partial(_pass_on, address=base_url), tls) as front,
        listening(partial(_tunnel, address=front, host=host)) as proxy,
    ):
        yield proxy


async def _tunnel(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, address: str, host: str
) -> None:
    request = await reader.readuntil(b"\r\n\r\n")
    if request.startswith(f"CONNECT {host}:443 ".encode()):
        writer.write(b"HTTP/1.1 200 -\r\n\r\n")
        await _pass_on(reader, writer, address=address)
    else:
        writer.write(b"HTTP/1.1 403 -\r\nContent-Length: 0\r\n\r\n")


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, address: str
) -> None:
    there, back = await asyncio.open_connection("127.0.0.1", urlsplit(address).port)
    await asyncio.gather(_pour(reader, back), _pour(there, writer))


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Until either side closes; then the other is closed as well."""
    try:
        with suppress(ConnectionError):
            while some := await source.read(65_536):
                sink.write(some)
                await sink.drain()
    finally:
        sink.close()
