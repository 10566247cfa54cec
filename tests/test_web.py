"""The one HTTP listener."""

import asyncio
import gzip
import io
import socket
from contextlib import suppress

import httpx
import pytest

from bot.domain.errors import ConfigurationError
from bot.slack.door import Reply
from bot.web import LARGEST, listening


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def fine() -> str:
    return ""


@pytest.mark.parametrize(
    ("wrong", "status", "word"), [("", 200, "ok\n"), ("outbox", 503, "outbox\n")]
)
async def test_health_is_a_word_without_detail(wrong: str, status: int, word: str) -> None:
    async def trouble() -> str:
        return wrong

    port = free_port()
    async with (
        listening("127.0.0.1", port, trouble=trouble, door=None),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http,
    ):
        health = await http.get("/healthz")
        events = await http.post("/slack/events")

    assert (health.status_code, health.text) == (status, word)
    assert events.status_code == 404


async def test_the_door_sees_the_raw_bytes_and_its_answer_goes_back() -> None:
    async def door(headers: object, body: bytes) -> Reply:
        return Reply(401, body.decode()[::-1])

    port = free_port()
    async with (
        listening("127.0.0.1", port, trouble=fine, door=door),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http,
    ):
        reply = await http.post("/slack/events", content=b"abc")

    assert (reply.status_code, reply.text) == (401, "cba")


async def refused(headers: object, body: bytes) -> Reply:
    """A door that nobody comes to."""
    raise AssertionError


async def test_a_body_as_large_as_slack_s_largest_is_taken_and_a_larger_one_is_not() -> None:
    async def door(headers: object, body: bytes) -> Reply:
        return Reply(200, str(len(body)))

    port = free_port()
    async with (
        listening("127.0.0.1", port, trouble=fine, door=door),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http,
    ):
        largest = await http.post("/slack/events", content=bytes(LARGEST))
        larger = await http.post("/slack/events", content=bytes(LARGEST + 1))

    assert (largest.text, larger.status_code) == (str(LARGEST), 413)


HEAD = b"POST /slack/events HTTP/1.1\r\nHost: bot\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
WORD = b"a-canary"
HOSTILE: dict[str, tuple[bytes, bytes, bytes]] = {
    "nothing at all": (b"", b"", b""),
    "a head that never ends": (HEAD, b"X: a-canary\r\n", b""),
    "a head of one byte at a time": (HEAD + b"X: ", b"x", b""),
    "a body that does not come": (HEAD + b"Content-Length: 9\r\n\r\nabc", b"", b"408"),
    "a body of one byte at a time": (HEAD + b"Content-Length: 99999\r\n\r\n", b"x", b"408"),
    "chunks without an end": (CHUNKED, b"8\r\na-canary\r\n", b"408"),
    "a chunk that does not come": (CHUNKED + b"fffff\r\na-canary", b"", b"408"),
    "a length that is none": (HEAD + b"Content-Length: many\r\n\r\na-canary", b"", b"400"),
    "a negative length": (HEAD + b"Content-Length: -8\r\n\r\na-canary", b"", b"400"),
    "two lengths": (HEAD + b"Content-Length: 8\r\nContent-Length: 9\r\n\r\na-canary", b"", b"400"),
    "chunks and a length": (HEAD + b"Content-Length: 8\r\n" + CHUNKED[len(HEAD) :], b"", b"400"),
    "chunks of no size": (CHUNKED + b"a-canary\r\n", b"", b"400"),
    "a chunk of no size among others": (CHUNKED + b"1\r\na\r\n", b"a-canary\r\n", b"400"),
    "a line too long": (b"POST /" + WORD * 2_000, b"", b"400"),
    "a field too long": (HEAD + b"X: " + WORD * 2_000, b"", b"400"),
    "ten thousand fields": (HEAD + b"X: a-canary\r\n" * 10_000 + b"\r\n", b"", b"400"),
    "no HTTP": (b"\x16\x03\x01 a-canary \r\n\r\n", b"", b"400"),
}
"""By what it is: what is sent at once, what is sent every 10 ms from then on, what is answered."""


async def hold_on(port: int, begin: bytes, drip: bytes) -> bytes:
    """Keep at it until the other side ends the connection; what was answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = asyncio.create_task(reader.read())
    try:
        writer.write(begin)
        while drip and not answer.done() and not writer.is_closing():
            writer.write(drip)
            await asyncio.wait({answer}, timeout=0.01)
        return await answer
    except ConnectionError:
        return b""
    finally:
        writer.close()
        await asyncio.wait({asyncio.create_task(_closed(writer))})


async def _closed(writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        await writer.wait_closed()


@pytest.mark.parametrize("what", HOSTILE)
async def test_whatever_is_sent_ends_and_is_not_quoted(log: io.StringIO, what: str) -> None:
    begin, drip, status = HOSTILE[what]
    port = free_port()
    async with listening("127.0.0.1", port, trouble=fine, door=refused, patience=0.1):
        answer = await asyncio.wait_for(hold_on(port, begin, drip), 5)

    assert answer[9:12] == status or (drip and answer == b"")  # sent to, while it was closing
    assert WORD.decode() not in log.getvalue()


async def test_who_leaves_in_the_middle_breaks_nothing(log: io.StringIO) -> None:
    port = free_port()
    async with listening("127.0.0.1", port, trouble=fine, door=refused):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HOSTILE["a body that does not come"][0])
        await writer.drain()
        writer.close()
        await _closed(writer)

    assert log.getvalue() == ""


async def test_what_is_packed_stays_packed() -> None:
    """What was signed is what came; and a small body has no way to become a large one."""

    async def door(headers: object, body: bytes) -> Reply:
        return Reply(200, body.hex())

    port, packed = free_port(), gzip.compress(b"x" * 10_000)
    async with (
        listening("127.0.0.1", port, trouble=fine, door=door),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http,
    ):
        headers = {"Content-Encoding": "gzip"}
        reply = await http.post("/slack/events", content=packed, headers=headers)

    assert reply.text == packed.hex()


async def test_one_connection_too_many_is_closed_and_the_others_are_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.web.MOST", 3)
    port = free_port()
    async with listening("127.0.0.1", port, trouble=fine, door=refused, patience=5):
        lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        turned_away = await asyncio.wait_for(hold_on(port, b"", b""), 5)
        for reader, writer in lines:
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: bot\r\nConnection: close\r\n\r\n")
            assert (await reader.read()).endswith(b"ok\n")
            writer.close()
            await _closed(writer)

    assert turned_away == b""


async def test_a_connection_serves_longer_than_its_first_request_may_take() -> None:
    async def door(headers: object, body: bytes) -> Reply:
        return Reply(200, body.decode())

    port, asked = free_port(), HEAD + b"Content-Length: 2\r\n\r\nok"
    async with listening("127.0.0.1", port, trouble=fine, door=door, patience=0.1):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(asked)
        assert await reader.readuntil(b"\r\n\r\nok")
        await hold_on(port, b"", b"")  # one that says nothing is shown out, and this is not
        writer.write(asked)
        assert await reader.readuntil(b"\r\n\r\nok")
        writer.close()
        await _closed(writer)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (b"GET /healthz HTTP/1.1\r\nHost: bot\r\n\r\n", b"200"),
        (b"GET /elsewhere HTTP/1.1\r\nHost: bot\r\n\r\n", b"404"),
        (HEAD + b"Content-Length: 2\r\n\r\nno", b"401"),
    ],
)
async def test_a_stranger_s_connection_is_closed_with_the_answer(
    asked: bytes, status: bytes
) -> None:
    async def door(headers: object, body: bytes) -> Reply:
        return Reply(401)

    port = free_port()
    async with listening("127.0.0.1", port, trouble=fine, door=door, patience=5):
        answer = await asyncio.wait_for(hold_on(port, asked, b""), 2)

    assert answer[9:12] == status


async def test_our_own_fault_is_told_in_full(log: io.StringIO) -> None:
    async def broken() -> str:
        raise RuntimeError("a fault of ours")

    port = free_port()
    async with (
        listening("127.0.0.1", port, trouble=broken, door=None),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http,
    ):
        assert (await http.get("/healthz")).status_code == 500

    assert "a fault of ours" in log.getvalue()


async def test_a_taken_port_names_the_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError) as refused:
            async with listening("127.0.0.1", port, trouble=fine, door=None):
                pass

    assert "HTTP_PORT" in refused.value.sentence()
