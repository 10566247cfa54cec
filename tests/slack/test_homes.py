"""Whose Home tab is kept up to date, how soon, and how often at most."""

import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.errors import StoreUnavailable
from bot.slack import bolt
from bot.slack.channels import Heard
from bot.slack.desk import Desk
from bot.slack.homes import LATELY, LOOK, PACE, PAUSE, STALE, Homes
from bot.store.outbox import OutboxTable
from bot.usecases.destinations import lost
from bot.usecases.pause import pause
from tests.usecases.conftest import ALICE, BOB, House, built


class Tabs(AsyncWebClient):
    """Everybody's Home tab, as Slack keeps it: a hash that is not the present one loses."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: dict[str, str] = {}
        self.hashes: dict[str, str] = {}
        self.drawn: list[str] = []
        self.refusals: list[tuple[str, dict[str, str]]] = []

    async def users_info(self, **arguments: Any) -> Any:
        return {"user": {"id": arguments["user"], "team_id": "T1", "is_admin": True}}

    async def views_publish(self, **arguments: Any) -> Any:
        user, view = arguments["user_id"], arguments["view"]
        assert isinstance(view, View)
        expected = arguments.get("hash", self.hashes.get(user))
        if self.refusals or expected != self.hashes.get(user):
            error, headers = self.refusals.pop() if self.refusals else ("hash_conflict", {})
            refused: Exception = SlackApiError(  # type: ignore[no-untyped-call]
                error, self._answer({"ok": False, "error": error}, headers)
            )
            raise refused
        self.drawn.append(user)
        self.shown[user], self.hashes[user] = str(view.to_dict()), f"{len(self.drawn)}"
        return self._answer({"ok": True, "view": {"hash": self.hashes[user]}}, {})

    def _answer(self, data: dict[str, Any], headers: dict[str, str]) -> AsyncSlackResponse:
        return AsyncSlackResponse(
            client=self,
            http_verb="POST",
            api_url="",
            req_args={},
            data=data,
            headers=headers,
            status_code=200,
        )


@dataclass
class Scene:
    """A house with one connection, and one process that looks after Home tabs."""

    house: House
    tabs: Tabs = field(default_factory=Tabs)
    seconds: float = 1_000.0

    def __post_init__(self) -> None:
        self.homes = self.process()

    def process(self) -> Homes:
        return Homes(self.house.ports, self.tabs, lambda: self.seconds)

    async def later(self, seconds: float) -> list[str]:
        """Who was drawn, with a tick every half second."""
        before = len(self.tabs.drawn)
        for _ in range(round(seconds * 2)):
            self.seconds += 0.5
            await self.homes.refresh()
        return self.tabs.drawn[before:]

    async def change(self) -> None:
        connection = (await self.house.overview()).connection
        await pause(self.house.ports, ALICE, connection.id)


@pytest.fixture
async def scene(store_url: str) -> AsyncIterator[Scene]:
    async with built(store_url) as house:
        await house.connect()
        yield Scene(house)


async def test_what_changes_anywhere_is_drawn_at_the_next_look_and_once(scene: Scene) -> None:
    await scene.homes.open(ALICE)
    await scene.homes.open(BOB)
    assert await scene.later(LOOK + 1) == []

    await scene.change()

    assert sorted(await scene.later(LOOK)) == ["U1", "U2"]
    assert "1 connection, paused" in scene.tabs.shown["U2"]
    assert await scene.later(LOOK * 3) == []


async def test_after_a_deed_it_is_looked_at_as_soon_as_the_pace_allows(scene: Scene) -> None:
    await scene.homes.open(ALICE)
    await scene.change()
    scene.homes.touch("T1")
    scene.homes.touch("T2")

    assert await scene.later(PACE - 0.5) == []
    assert await scene.later(0.5) == ["U1"]


async def test_however_often_it_is_opened_it_is_drawn_at_most_once_in_two_seconds(
    scene: Scene,
) -> None:
    for _ in range(8):
        await scene.homes.open(ALICE)
        await scene.change()
        await scene.later(0.5)

    assert len(scene.tabs.drawn) <= 4 / PACE + 1
    await scene.later(PACE)
    assert "paused" in scene.tabs.shown["U1"]


async def test_the_small_print_alone_is_drawn_again_once_a_minute(scene: Scene) -> None:
    await scene.homes.open(ALICE)
    drawn = 0
    for _ in range(round(STALE * 2 / LOOK)):
        scene.house.clock.pass_(minutes=5)
        await scene.house.check()
        drawn += len(await scene.later(LOOK))

    assert drawn == 2


async def test_whoever_has_not_looked_for_long_is_forgotten_until_they_do(scene: Scene) -> None:
    await scene.homes.open(ALICE)
    scene.seconds += LATELY
    await scene.change()
    assert await scene.later(LOOK * 2) == []

    await scene.homes.open(ALICE)

    assert "paused" in scene.tabs.shown["U1"]


async def test_what_another_process_has_drawn_since_is_left_to_it(scene: Scene) -> None:
    await scene.homes.open(ALICE)
    other = scene.process()
    scene.seconds += PACE
    await other.open(ALICE)
    await scene.change()

    assert await scene.later(LOOK * 2) == []
    await other.refresh()
    assert "paused" in scene.tabs.shown["U1"]


async def test_whoever_opens_it_sees_the_present_whatever_another_process_has_drawn(
    scene: Scene,
) -> None:
    await scene.homes.open(ALICE)
    scene.seconds += PACE
    await scene.process().open(ALICE)
    scene.seconds += PACE

    await scene.homes.open(ALICE)

    assert scene.tabs.drawn == ["U1"] * 3


async def test_a_failure_is_logged_and_made_up_for(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    await scene.homes.open(ALICE)
    await scene.change()
    scene.tabs.refusals = [("ratelimited", {"Retry-After": "7"}), ("internal_error", {})]
    with caplog.at_level(logging.WARNING):
        assert await scene.later(LOOK + PAUSE - 0.5) == []
        assert await scene.later(1) == []
        scene.homes.touch("T1")
        await scene.homes.open(ALICE)
        assert await scene.later(6) == []
        assert await scene.later(0.5) == ["U1"]

    assert [each.reason for each in caplog.records if each.msg == "home_not_published"] == [  # type: ignore[attr-defined]
        "internal_error",
        "ratelimited",
    ]


class Away(OutboxTable):
    """Its database does not answer."""

    async def died_in(self, workspace_id: str) -> Sequence[tuple[str, int]]:
        raise StoreUnavailable


async def test_a_database_that_is_away_is_waited_for(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    ports = scene.house.ports
    await scene.homes.open(ALICE)
    await scene.change()
    scene.homes._ports = replace(ports, outbox=Away(scene.house.database))
    assert await scene.later(LOOK) == []
    assert "home_failed" in caplog.messages

    scene.homes._ports = ports

    assert await scene.later(PAUSE) == ["U1"]


async def opened(scene: Scene, *happened: tuple[str, str]) -> None:
    """Alice opens this tab in this workspace; then that."""
    async with aiohttp.ClientSession() as session:
        desk = Desk(scene.house.ports, session, scene.homes)
        for tab, team in happened:
            event = {"type": "app_home_opened", "user": "U1", "tab": tab}
            bolt._hear(desk, Heard("T1", "U0", {"team_id": team, "event": event}))
        await desk.drain()


async def test_while_slack_does_not_say_who_opened_it_that_is_shown_and_then_the_tab(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_answer(self: Tabs, **_: Any) -> None:
        raise TimeoutError

    with monkeypatch.context() as away:
        away.setattr(Tabs, "users_info", no_answer)
        await opened(scene, ("home", "T1"))
        assert "Try again in a moment. (Reference ATX-" in scene.tabs.shown["U1"]
        assert await scene.later(PAUSE * 2) == []

    assert await scene.later(PAUSE) == ["U1"]
    assert "1 connection, active" in scene.tabs.shown["U1"]


async def test_who_opens_it_while_the_database_is_away_is_told(scene: Scene) -> None:
    ports = scene.house.ports
    scene.homes._ports = replace(ports, outbox=Away(scene.house.database))
    await scene.homes.open(ALICE)
    assert "(Reference ATX-" in scene.tabs.shown["U1"]

    scene.homes._ports = ports

    assert await scene.later(PAUSE) == ["U1"]


async def test_only_the_home_tab_is_drawn_and_only_in_its_own_workspace(scene: Scene) -> None:
    await opened(scene, ("messages", "T1"), ("home", "T9"), ("home", "T1"))

    assert scene.tabs.drawn == ["U1"]


async def test_a_broken_place_shows_though_nobody_has_pressed_anything(scene: Scene) -> None:
    await scene.homes.open(BOB)
    await lost(scene.house.ports, "T1", "C1", "is_archived")

    assert await scene.later(LOOK) == ["U2"]
    assert "*I cannot post in <#C1>*" in scene.tabs.shown["U2"]
