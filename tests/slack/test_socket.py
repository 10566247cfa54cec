"""Socket Mode comes back by itself, whatever happens to the line."""

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp

from bot.domain.errors import ConfigurationError
from bot.domain.secret import Secret
from bot.slack import socket as module
from bot.slack.client import open_client
from bot.slack.socket import AWAY, Socket
from tests.end_to_end.player import eventually


class Exchange:
    """Hands out numbered addresses; some of them lead nowhere, and each is good once."""

    def __init__(self, dead: set[int]) -> None:
        self.dead = dead
        self.open: dict[int, web.WebSocketResponse] = {}
        self._numbers = itertools.count(1)
        self._runner: web.AppRunner | None = None
        self.address = ""
        self.refuses = ""
        self.deaf = False
        self.released = asyncio.Event()

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/api/apps.connections.open", self._hand_out)
        app.router.add_get("/link/{number}", self._link)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.address = f"{host}:{port}"

    async def stop(self) -> None:
        for line in self.open.values():
            await line.close()
        if self._runner:
            await self._runner.cleanup()

    async def _hand_out(self, _: web.Request) -> web.Response:
        if self.refuses:
            return web.json_response({"ok": False, "error": self.refuses})
        url = f"ws://{self.address}/link/{next(self._numbers)}"
        return web.json_response({"ok": True, "url": url})

    async def _link(self, request: web.Request) -> web.StreamResponse:
        number = int(request.match_info["number"])
        if number in self.dead:
            return web.Response(status=408)
        line = web.WebSocketResponse()
        await line.prepare(request)
        self.open[number] = line
        await line.send_json({"type": "hello", "num_connections": 1})
        if self.deaf:
            await self.released.wait()
        async for _ in line:
            pass
        return line


@pytest.fixture
async def exchange() -> AsyncIterator[Exchange]:
    """The first address is the preflight's, the second the first line's; the third is dead."""
    each = Exchange(dead={3})
    await each.start()
    yield each
    await each.stop()


@pytest.mark.parametrize("reason", ["refresh_requested", "too_many_websockets"])
async def test_after_a_failed_reconnection_a_fresh_address_is_asked_for(
    exchange: Exchange, reason: str
) -> None:
    """slack_sdk itself tries the used-up one for ever (python-slack-sdk issue 1446)."""
    url = f"http://{exchange.address}/api/"
    async with open_client(Secret("xoxb-made-up"), api_url=url) as client:
        app = AsyncApp(client=client, request_verification_enabled=False)
        socket = Socket(app, Secret("xapp-made-up"), ping_interval=0.2)
        await socket.open()

        async def line(number: int) -> bool:
            return number in exchange.open

        await eventually(lambda: line(2))
        await exchange.open[2].send_json({"type": "disconnect", "reason": reason})
        await asyncio.wait_for(eventually(lambda: line(4)), 5)
        await eventually(socket.connected)
        await socket.close()


@pytest.mark.parametrize("code", ["token_revoked", "invalid_auth", "not_allowed_token_type"])
async def test_a_refused_app_token_is_said_at_once_with_where_to_get_another(
    exchange: Exchange, code: str
) -> None:
    """Bolt itself would try for ever, with a traceback each time."""
    exchange.refuses = code
    url = f"http://{exchange.address}/api/"
    async with open_client(Secret("xoxb-made-up"), api_url=url) as client:
        app = AsyncApp(client=client, request_verification_enabled=False)
        socket = Socket(app, Secret("xapp-made-up"))
        try:
            with pytest.raises(ConfigurationError, match=code) as refused:
                await socket.open()
        finally:
            await socket.close()

    assert "app-level token (xapp-...)" in refused.value.hint
    assert "made-up" not in refused.value.sentence()


async def test_a_line_that_stays_away_is_known_to_be_away(exchange: Exchange) -> None:
    moment = 0.0
    exchange.dead = set(range(3, 1000))
    url = f"http://{exchange.address}/api/"
    async with open_client(Secret("xoxb-made-up"), api_url=url) as client:
        app = AsyncApp(client=client, request_verification_enabled=False)
        socket = Socket(app, Secret("xapp-made-up"), ping_interval=0.2, monotonic=lambda: moment)
        await socket.open()
        await eventually(socket.connected)
        moment = AWAY

        async def reachable() -> bool:
            return socket.reachable()

        await asyncio.wait_for(eventually(reachable), 5)
        await exchange.open[2].close()
        await eventually(lambda: gone(socket))
        moment += AWAY
        assert not socket.reachable()
        await socket.close()


async def gone(socket: Socket) -> bool:
    return not await socket.connected()


async def test_a_goodbye_that_slack_does_not_answer_is_not_waited_for(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Left to itself, aiohttp waits 10 seconds for it."""
    monkeypatch.setattr(module, "GOODBYE", 0.1)
    exchange.deaf = True
    url = f"http://{exchange.address}/api/"
    async with open_client(Secret("xoxb-made-up"), api_url=url) as client:
        app = AsyncApp(client=client, request_verification_enabled=False)
        socket = Socket(app, Secret("xapp-made-up"))
        await socket.open()
        await eventually(socket.connected)

        await asyncio.wait_for(socket.close(), 3)
        exchange.released.set()
