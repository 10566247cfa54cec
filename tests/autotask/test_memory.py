"""However much a hostile host sends, memory stays where it was; measured in another process."""

import asyncio
import sys
import zlib

import pytest

from tests.autotask.far_side import Answering, Heard, far_side

MEGABYTE = 1024 * 1024

LOOK = """
import asyncio, resource, sys
from bot.autotask.wire import Wire
from bot.trust import trusted
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
async def look():
    wire = Wire(zone_url=sys.argv[1], trust=trusted(None), deadline=3.0)
    before = peak()
    outcome = await wire.get(sys.argv[1], endpoint="test")
    await wire.aclose()
    print(outcome.summary, peak() - before, sep="|")
asyncio.run(look())
"""


def header(text: str) -> bytes:
    return f"HTTP/1.1 200 OK\r\n{text}\r\n\r\n".encode()


def long_body(_: Heard) -> bytes:
    """A third of what it says it has; that is a hundred times what is read."""
    return header(f"Content-Length: {300 * MEGABYTE}") + b"x" * (100 * MEGABYTE)


def bomb(_: Heard) -> bytes:
    """200 MB of nothing, in 200 kB."""
    press = zlib.compressobj(wbits=31)
    parts = [press.compress(bytes(MEGABYTE)) for _ in range(200)]
    body = b"".join([*parts, press.flush()])
    return header(f"Content-Encoding: gzip\r\nContent-Length: {len(body)}") + body


def long_header(_: Heard) -> bytes:
    return header("X-Long: " + "x" * (2 * MEGABYTE))


@pytest.mark.parametrize("answer", [long_body, bomb, long_header])
async def test_a_hostile_answer_ends_in_a_name_and_costs_no_memory(answer: Answering) -> None:
    async with far_side(answer) as far:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", LOOK, far.address), stdout=asyncio.subprocess.PIPE
        )
        said, _ = await process.communicate()

    summary, _, grown = said.decode().strip().rpartition("|")
    assert summary
    assert int(grown) <= 20, f"{grown} MB"
