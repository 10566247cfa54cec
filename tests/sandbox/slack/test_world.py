"""The world as a whole: it starts, carries others, and leaves nothing behind."""

import asyncio
import random

import pytest
from aiohttp import ClientSession, web
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient

from bot.sandbox.slack import SlackWorld
from tests.sandbox.slack.apps import listening
from tests.sandbox.slack.town import DEADLINE, Json, opened


async def test_a_taken_port_is_said_and_another_one_serves() -> None:
    async with opened() as town:
        taken = int(town.at["page_url"].split(":")[2].strip("/"))
        other = SlackWorld()
        other.mount("/more/", web.Application())
        with pytest.raises(OSError, match="in use"):
            await other.start(taken)

        await other.start(0)
        assert other.announcement()["page_url"] != town.at["page_url"]
        await other.stop()


async def test_another_application_is_served_below_its_prefix() -> None:
    async def hello(request: web.Request) -> web.Response:
        return web.Response(text="hello")

    app = web.Application()
    app.router.add_get("/state", hello)
    world = SlackWorld()
    world.mount("/autotask/", app)
    await world.start(0)
    async with (
        ClientSession() as session,
        session.get(world.announcement()["page_url"] + "autotask/state") as answer,
    ):
        assert await answer.text() == "hello"
    await world.stop()


async def test_the_same_seed_draws_the_same_world() -> None:
    first, again = (SlackWorld(rng=random.Random(1)) for _ in range(2))  # noqa: S311 - dice

    assert first.announcement()["bot_token"] == again.announcement()["bot_token"]


async def test_stopping_leaves_nothing_pending() -> None:
    before = asyncio.all_tasks()
    world = SlackWorld(retry_delays=(60.0,))
    await world.start(0)
    at = world.announcement()
    session = ClientSession()
    headers = {"Authorization": f"Bearer {at['app_token']}"}
    async with session.post(f"{at['api_url']}apps.connections.open", headers=headers) as answer:
        line = await session.ws_connect((await answer.json())["url"])
    person = next(iter(world._cloud.workspace.people))
    stream = await session.get(f"{at['page_url']}page/events", params={"as": person})
    await session.post(f"{at['page_url']}page/home", json={"as": person})
    await session.post(f"{at['page_url']}page/workspace", json={"do": "disconnect_socket"})

    await asyncio.wait_for(world.stop(), DEADLINE)

    assert (await stream.content.read()).startswith(b": hello")
    await line.close()
    await session.close()
    assert asyncio.all_tasks() == before


async def test_an_app_asked_to_reconnect_comes_back() -> None:
    greeted = asyncio.Event()

    async def note(client: AsyncBaseSocketModeClient, message: Json, raw: str | None) -> None:
        if message["type"] == "hello":
            greeted.set()

    async with opened() as town, listening(town, AsyncApp(client=town.client)) as handler:
        handler.client.message_listeners.append(note)
        await town.alice.do("workspace", do="disconnect_socket")

        await asyncio.wait_for(greeted.wait(), DEADLINE)
        assert (await town.alice.get("state"))["app"]["connected"]
