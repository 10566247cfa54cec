"""What is answered to commands, buttons and forms, by the doers themselves, over a real database.

A `Listening` desk takes down every answer to a person, instead of sending it to Slack.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import BotError
from bot.domain.observation import Tenant
from bot.domain.people import Person
from bot.slack.desk import Answer, Desk, Reply
from bot.slack.homes import Homes
from bot.slack.people import People
from bot.slack.request import Kind, Request
from bot.usecases.ports import Zone
from tests.fakes import FINE, ZONE_3
from tests.slack.stories.cast import ALICE, BOB, NOW, Cast
from tests.slack.stories.story import Json, Story
from tests.usecases.conftest import House, built

Shown = Answer | View | Reply
ADMIN = Person(ALICE, "T1", "Alice", admin=True, tz="Europe/Berlin")
MEMBER, GUEST = Person(BOB, "T1", "Bob"), Person(BOB, "T1", "Gus", guest=True)
STRANGER = Person(BOB, "T1", "Stan", stranger=True)


@dataclass
class Known(People):
    """Slack says of whoever asks that it is this person."""

    person: Person = ADMIN
    others: dict[str, Person] = field(default_factory=dict)

    async def who(self, request: Request, *, fresh: bool = False) -> Person:
        return self.others.get(request.user_id, self.person)

    async def admins(self, request: Request) -> Sequence[str]:
        return [ALICE]


@dataclass(slots=True)
class Listening(Desk):
    """Takes down what a person is told, with what forbids it said in the answer's place."""

    heard: list[Shown] = field(default_factory=list)

    async def answer(self, request: Request, answer: Answer, *, replace: bool = False) -> None:
        self.heard.append(answer)

    async def answer_with(self, request: Request, work: Callable[[], Awaitable[Answer]]) -> None:
        self.heard.append(await work())

    async def begin(self, request: Request, view: View) -> str:
        self.heard.append(view)
        return "V1"

    async def show(self, request: Request, view_id: str, view: View, *, otherwise: str) -> None:
        self.heard.append(view)

    async def open(self, request: Request, title: str, draw: Callable[[], Awaitable[View]]) -> None:
        self.heard.append(await draw())


@dataclass
class Counter:
    """A desk over a house, and somebody who asks at it."""

    house: House
    desk: Listening
    known: Known

    async def told(self, doing: Awaitable[object]) -> Shown:
        """What the person is told in the end."""
        try:
            result = await doing
        except BotError as error:
            return Answer(await self.desk.excuse(asked(), error))
        return result if isinstance(result, Answer | View | Reply) else self.desk.heard[-1]

    async def story(self, group: str, name: str, doing: Awaitable[object]) -> Story:
        return Story(group, name, await self.told(doing))

    @property
    def form(self) -> View:
        """The form that was opened last."""
        return next(each for each in reversed(self.desk.heard) if isinstance(each, View))

    async def id_of(self, name: str = "Autotask") -> str:
        return (await self.house.overview(name)).connection.id


def nobody() -> AsyncWebClient:
    """A Slack that is away: whatever asks it anything is told so at once."""
    return AsyncWebClient(base_url="http://127.0.0.1:9/", retry_handlers=[])


def asked(kind: Kind = Kind.COMMAND, **more: Any) -> Request:
    """By whoever is known, in #ops."""
    client = nobody()
    given = {"user_id": ALICE, "key": "", "channel_id": "C0OPS", **more}
    return Request(kind, "T1", client=client, **given)


def submitted(metadata: str = "{}", **typed: Json) -> Request:
    """A form with these states in its fields."""
    values = {name: {"value": state} for name, state in typed.items()}
    view = {"id": "V1", "private_metadata": metadata, "state": {"values": values}}
    return asked(Kind.SUBMISSION, view=view)


@asynccontextmanager
async def counter(cast: Cast, url: str) -> AsyncIterator[Counter]:
    async with built(url) as house, aiohttp.ClientSession() as session:
        house.clock.time = NOW
        house.autotask.answer = replace(FINE, tenant=Tenant(company=cast.company))
        house.autotask.zone = Zone(ZONE_3, cast.zone)
        client, known = nobody(), Known()
        desk = Listening(house.ports, session, Homes(house.ports, client), known)
        yield Counter(house, desk, known)
        await desk.drain()
