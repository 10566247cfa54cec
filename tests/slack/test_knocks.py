"""Whatever knocks at the real listener, with the real Bolt app behind the door: strangers get
nothing, nobody causes a 500, and no line of what was sent is in the log."""

import asyncio
import io
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from aiohttp import web

from bot.domain.secret import Secret
from bot.slack import bolt
from bot.slack.client import open_client
from bot.slack.desk import Desk
from bot.slack.door import SlackDoor
from bot.slack.homes import Homes
from bot.web import listening
from tests.slack.knocks import CANARY, KEY, Knock, knocks, well_formed
from tests.test_web import fine, free_port
from tests.usecases.conftest import built

NOW = 1_767_355_200


async def slack_out_of_order(request: web.Request) -> web.Response:
    """Knows the app's token, and nothing else just now."""
    known = {"ok": True, "team_id": "T1", "user_id": "U0", "bot_id": "B0"}
    failed = {"ok": False, "error": "fatal_error"}
    return web.json_response(known if request.path.endswith("auth.test") else failed)


@pytest.fixture
async def port(store_url: str) -> AsyncIterator[int]:
    """Where the bot listens."""
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(built(store_url))
        slack_port, port = free_port(), free_port()
        slack = web.Application()
        slack.router.add_route("*", "/{path:.*}", slack_out_of_order)
        runner = web.AppRunner(slack)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", slack_port).start()
        client = await stack.enter_async_context(
            open_client(Secret("xoxb-made-up"), api_url=f"http://127.0.0.1:{slack_port}/api/")
        )
        assert client.session
        desk = Desk(house.ports, client.session, Homes(house.ports, client))
        stack.push_async_callback(desk.drain)
        door = SlackDoor(bolt.build(desk, client), Secret(KEY), lambda: float(NOW))
        await stack.enter_async_context(
            listening("127.0.0.1", port, trouble=fine, door=door, patience=5)
        )
        yield port


@asynccontextmanager
async def line(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        await asyncio.wait({asyncio.ensure_future(writer.wait_closed())})


async def answers(port: int, sent: Iterable[Knock]) -> list[tuple[Knock, int]]:
    """The status that each gets; none may take 10 seconds, nor end the connection without one."""
    found: list[tuple[Knock, int]] = []
    waiting = list(sent)
    while waiting:
        async with line(port) as (reader, writer), asyncio.timeout(10 + len(waiting)):
            while waiting:
                writer.write(waiting[-1].raw())
                head = await reader.readuntil(b"\r\n\r\n")
                found.append((waiting.pop(), int(head.split()[1])))
                fields = dict(each.split(": ") for each in head.decode().lower().splitlines()[1:-1])
                await reader.readexactly(int(fields.get("content-length", 0)))
                if fields.get("connection") == "close":
                    break
    return found


async def test_each_kind_of_payload_is_let_in(port: int) -> None:
    found = await answers(port, well_formed(NOW))

    assert [(knock.what, status) for knock, status in found if status != 200] == []


async def test_no_knock_gets_a_stranger_in_or_breaks_anything_or_is_quoted(
    log: io.StringIO, port: int, request: pytest.FixtureRequest
) -> None:
    """Those that are signed and by chance still well formed go through to the stories."""
    count = 10_000 if request.config.getoption("--long") else 1_000
    found = await answers(port, knocks(seed=7, count=count, now=NOW))

    assert {status for knock, status in found if knock.stranger} <= {400, 401}
    assert max(status for _, status in found) < 500
    assert min(Counter(knock.what for knock, _ in found).values()) == count // 3
    assert "request_refused" in log.getvalue()
    assert [line for line in log.getvalue().splitlines() if CANARY in line] == []
