"""The one HTTP listener."""

import asyncio
import socket

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

    assert (largest.text, larger.status_code) == ("262144", 413)


async def test_a_body_that_does_not_arrive_is_not_waited_for() -> None:
    port = free_port()
    async with listening("127.0.0.1", port, trouble=fine, door=refused, patience=0.1):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
        answer = await asyncio.wait_for(reader.readline(), 5)
        writer.close()
        await writer.wait_closed()

    assert answer.startswith(b"HTTP/1.1 408 ")


async def test_a_taken_port_names_the_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError) as refused:
            async with listening("127.0.0.1", port, trouble=fine, door=None):
                pass

    assert "HTTP_PORT" in refused.value.sentence()
