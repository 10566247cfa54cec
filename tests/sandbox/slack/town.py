"""A make-believe Slack on loopback, with people at its page."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackWorld

Json = dict[str, Any]
DEADLINE = 3.0


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Visitor:
    """Somebody at the page. `events` is filled by the stream while `watching`."""

    def __init__(self, session: aiohttp.ClientSession, page_url: str, person_id: str) -> None:
        self._session = session
        self._page = f"{page_url}page/"
        self.id = person_id
        self.events: list[Json] = []
        self._heard = asyncio.Condition()

    async def get(self, what: str, **query: str) -> Any:
        async with self._session.get(self._page + what, params={"as": self.id, **query}) as answer:
            return await answer.json()

    async def do(self, what: str, **order: Any) -> Json:
        body = {"as": self.id, **order}
        async with self._session.post(self._page + what, json=body) as answer:
            done: Json = await answer.json()
            return done

    async def channel(self, name: str) -> str:
        channels = (await self.get("state"))["channels"]
        return next(str(each["id"]) for each in channels if each["name"] == name)

    async def messages(self, channel: str) -> list[Json]:
        found: list[Json] = (await self.get("messages", channel=channel))["messages"]
        return found

    async def stack(self) -> list[Json]:
        found: list[Json] = (await self.get("views"))["stack"]
        return found

    @asynccontextmanager
    async def watching(self) -> AsyncIterator["Visitor"]:
        async with self._session.get(f"{self._page}events", params={"as": self.id}) as stream:
            assert await stream.content.readline() == b": hello\n"
            reading = asyncio.create_task(self._read(stream))
            try:
                yield self
            finally:
                reading.cancel()

    async def hears(self, kind: str, among: Callable[[Json], bool] = lambda _: True) -> Json:
        """The first event of this type, waited for."""
        async with asyncio.timeout(DEADLINE), self._heard:
            while True:
                for event in self.events:
                    if event["type"] == kind and among(event):
                        return event
                await self._heard.wait()

    async def _read(self, stream: aiohttp.ClientResponse) -> None:
        async for line in stream.content:
            if line.startswith(b"data: "):
                async with self._heard:
                    self.events.append(json.loads(line[6:]))
                    self._heard.notify_all()


class Town:
    """A running world, its cast, and a client with the bot's token."""

    def __init__(self, world: SlackWorld, session: aiohttp.ClientSession, clock: Clock) -> None:
        self.world = world
        self.session = session
        self.clock = clock
        self.at = world.announcement()
        self.client = AsyncWebClient(
            self.at["bot_token"], base_url=self.at["api_url"], session=session
        )
        people = world._cloud.workspace.people.values()
        self.alice, self.bob, self.gail, self.stan = (
            Visitor(session, self.at["page_url"], person.id)
            for person in people
            if person.role != "bot"
        )

    async def call(self, method: str, token: str = "", **arguments: Any) -> Json:
        """One Web API call, its answer as it is."""
        headers = {"Authorization": f"Bearer {token or self.at['bot_token']}"}
        url = self.at["api_url"] + method
        async with self.session.post(url, json=arguments, headers=headers) as answer:
            body: Json = await answer.json()
            return body

    async def view(self, view: Json, channel: str | None = None) -> Json:
        """A modal opened in front of Alice, who looked at `channel`."""
        answer = await self.call("views.open", trigger_id=self.trigger(channel), view=view)
        assert answer["ok"], answer
        opened_view: Json = answer["view"]
        return opened_view

    def trigger(self, channel: str | None = None) -> str:
        """A fresh trigger id, as if Alice had just acted."""
        cloud = self.world._cloud
        return cloud.triggers.issue(cloud.workspace.person(self.alice.id), channel)


@asynccontextmanager
async def opened(*, clock: Clock | None = None, **options: Any) -> AsyncIterator[Town]:
    clock = clock or Clock()
    options.setdefault("rng", random.Random(7))  # noqa: S311 - the same dice each time
    world = SlackWorld(clock=clock, **options)
    await world.start(0)
    try:
        async with aiohttp.ClientSession() as session:
            yield Town(world, session, clock)
    finally:
        await world.stop()
