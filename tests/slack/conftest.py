"""The whole bot in this process, between the two worlds, with time that only ticks when told."""

import asyncio
import base64
import logging
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import pytest

from bot.app import Bot, build
from bot.doctor import look
from bot.sandbox.autotask import AutotaskWorld
from bot.sandbox.slack import SlackWorld
from bot.settings import Settings
from bot.slack import bolt
from bot.slack.desk import Desk
from bot.slack.homes import Homes
from bot.slack.socket import Socket, identify
from bot.usecases.check import check_due
from bot.usecases.deliver import deliver_due
from tests.end_to_end.player import Player
from tests.sqlite import new_file


@dataclass
class Lead:
    """A clock that runs, and can be put forward."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.seconds


@dataclass
class Town:
    """Both worlds and the bot, and Alice at the page."""

    slack: SlackWorld
    autotask: AutotaskWorld
    bot: Bot
    desk: Desk
    alice: Player
    http: httpx.AsyncClient
    lead: Lead
    """How far the Home tabs' clock is ahead."""

    async def player(self, name: str) -> Player:
        """Somebody else at the page."""
        return await Player.arrive(self.http, name)

    async def connect(self, name: str = "") -> None:
        """With the right values, by the form."""
        await self.alice.say(f"/autotask connect {name}")
        form = await self.alice.view("API Integration Code")
        assert (await self.alice.submit(form, **await self.alice.good_values()))["ok"]
        await self.alice.view("is *Active*")

    async def settle(self) -> None:
        """Tick until nothing is owed any more: a channel takes about one message a second."""
        async with asyncio.timeout(10):
            while True:
                await self.tick()
                if (await self.bot.ports.outbox.waiting())[0] == 0:
                    return
                await asyncio.sleep(0.1)

    async def tick(self) -> None:
        """Both ticks, once."""
        await check_due(self.bot.ports)
        await deliver_due(self.bot.ports)


@asynccontextmanager
async def town_in(
    directory: Path, *, world: SlackWorld | None = None, **settings: object
) -> AsyncIterator[Town]:
    """Everything started, in Socket Mode, and connected."""
    key = directory / "master.key"
    key.write_text(base64.b64encode(bytes(range(32))).decode())
    key.chmod(0o600)
    async with AsyncExitStack() as stack:
        autotask, slack = AutotaskWorld(), world or SlackWorld()
        await autotask.start(0)
        stack.push_async_callback(autotask.stop)
        slack.mount("/autotask/", autotask.panel_app())
        await slack.start(0)
        stack.push_async_callback(slack.stop)
        found, chat = autotask.announcement(), slack.announcement()
        bot = await stack.enter_async_context(
            build(
                Settings.model_validate(
                    {
                        "slack_bot_token": chat["bot_token"],
                        "slack_app_token": chat["app_token"],
                        "slack_api_url": chat["api_url"],
                        "database_url": new_file(directory / "bot.db"),
                        "autotask_bot_key_file": key,
                        "autotask_zone_url": found["base_url"],
                        "autotask_extra_hosts": found["extra_hosts"],
                        "rejected_confirm_after": 1,
                        "group_wait": 0,
                        **settings,
                    }
                )
            )
        )
        identity = await identify(bot.slack)
        assert identity
        await bot.ports.workspaces.remember(identity.workspace_id, identity.name)
        assert bot.slack.session
        lead = Lead()
        homes = Homes(bot.ports, bot.slack, lead)
        desk = Desk(bot.ports, bot.slack.session, homes, look=partial(look, bot))
        stack.push_async_callback(desk.drain)
        assert bot.settings.slack_app_token
        socket = Socket(bolt.build(desk, bot.slack), bot.settings.slack_app_token)
        await socket.open()
        stack.push_async_callback(socket.close)
        await slack.app_connected()
        http = await stack.enter_async_context(
            httpx.AsyncClient(base_url=chat["page_url"], timeout=10)
        )
        yield Town(slack, autotask, bot, desk, await Player.arrive(http), http, lead)
    assert slack.refusals == []


@pytest.fixture
async def town(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Town]:
    """Logs at DEBUG are kept, so that a test can look for what must not be in them."""
    caplog.set_level(logging.DEBUG, logger="bot")
    async with town_in(tmp_path) as each:
        yield each
