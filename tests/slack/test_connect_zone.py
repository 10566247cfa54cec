"""The zone is found while the username is typed: little is asked, and no late answer stands."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import cast

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.observation import Observation
from bot.domain.secret import Secret
from bot.slack.connect_typing import MOST_LOOKS
from bot.slack.people import People
from bot.slack.request import Kind, Request
from bot.usecases.ports import Autotask, Zone
from tests.end_to_end.player import Json, eventually, words
from tests.fakes import ZONE_3
from tests.slack.conftest import Town

NOBODY = "z9y8x7w6v5u4t3s@nobody.example"


@dataclass
class Clerk:
    """Autotask behind a counter: what is asked can be seen, and held back."""

    behind: Autotask
    asked: list[Secret] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    says: Zone | None = None
    """Instead of what Autotask says."""

    async def find_zone(self, username: Secret) -> Zone | Observation:
        self.asked.append(username)
        await self.open.wait()
        return self.says or await self.behind.find_zone(username)

    async def has_been_asked(self, times: int) -> None:
        async def look() -> bool:
            return len(self.asked) >= times

        await eventually(look)


@pytest.fixture
def clerk(town: Town) -> Iterator[Clerk]:
    clerk = Clerk(town.bot.ports.autotask)
    clerk.open.set()
    town.desk.ports = replace(town.desk.ports, autotask=cast(Autotask, clerk))
    yield clerk
    clerk.open.set()


async def form(town: Town) -> Json:
    await town.alice.say("/autotask connect")
    return await town.alice.view("API Integration Code")


def seen_in(hash_: str) -> Request:
    """Something typed by who looks at the view with this hash."""
    client = AsyncWebClient()
    return Request(Kind.ACTION, "T1", user_id="U1", client=client, key="", view={"hash": hash_})


def note(view: Json) -> str:
    return "".join(words({"blocks": [b]}) for b in view["blocks"] if b["block_id"] == "zone")


def typed(view: Json, name: str) -> str | None:
    (state,) = view["values"][name].values()
    return str(state["value"]) if state["value"] else None


async def test_the_zone_stands_below_the_username_and_all_that_was_typed_stays(town: Town) -> None:
    right = await town.alice.good_values()
    await town.alice.type(await form(town), **right)

    view = await town.alice.view("Found its zone")
    assert "America East" in note(view)
    assert {name: typed(view, name) for name in right} == right


async def test_what_the_zone_is_asked_with_is_the_username_alone(
    town: Town, clerk: Clerk, caplog: pytest.LogCaptureFixture
) -> None:
    right = await town.alice.good_values()
    await town.alice.type(await form(town), **right)
    await town.alice.view("Found its zone")

    assert clerk.asked == [Secret(right["username"])]
    state = (await town.http.get("/autotask/state")).json()
    (path,) = {each["path"] for each in state["requests"]}
    assert path.endswith("zoneInformation")
    assert [name for name, value in right.items() if value in caplog.text] == []


async def test_nothing_is_drawn_to_another_field_by_the_answer(town: Town) -> None:
    view = await form(town)
    assert "focus_on_load': True" in words(view)
    await town.alice.type(view, **await town.alice.good_values())

    assert "focus_on_load': True" not in words(await town.alice.view("Found its zone"))


async def test_a_username_that_nobody_has_is_told_at_once(town: Town) -> None:
    await town.alice.type(await form(town), username=NOBODY)

    await town.alice.view("does not know this username")


async def test_a_url_of_another_zone_is_told_at_once(town: Town) -> None:
    view = await form(town)
    await town.alice.type(view, url="https://webservices99.autotask.net")
    await town.alice.type(view, username=(await town.alice.good_values())["username"])

    await town.alice.view("Leave REST API URL empty")


async def test_the_note_goes_when_the_username_is_no_longer_one(town: Town) -> None:
    view = await form(town)
    await town.alice.type(view, username=NOBODY)
    await town.alice.view("does not know this username")
    await town.alice.type(view, username="z9y8")
    await town.desk.drain()

    assert note(await town.alice.view()) == ""


async def test_another_value_in_the_field_is_told_and_sent_nowhere(
    town: Town, clerk: Clerk
) -> None:
    right = await town.alice.good_values()
    view = await form(town)
    await town.alice.type(view, username=right["secret"])
    shown = await town.alice.view("looks like the Password")
    await town.alice.type(view, username=right["integration_code"])
    await town.alice.view("looks like the Tracking Identifier")

    assert clerk.asked == []
    assert right["secret"] not in note(shown)


async def test_the_secret_is_not_looked_up_though_it_looks_like_an_address(
    town: Town, clerk: Clerk
) -> None:
    view = await form(town)
    await town.alice.type(view, secret="s3cret@some.example", username="s3cret@some.example")
    await town.desk.drain()

    assert clerk.asked == []


async def test_a_person_s_own_login_is_told_before_it_is_sent(town: Town, clerk: Clerk) -> None:
    clerk.says = Zone(ZONE_3, "America East")
    await town.alice.type(await form(town), username="ann@lakeside.example")

    said = note(await town.alice.view("Found its zone"))
    assert "webservices3.autotask.net" in said
    assert "person's own login" in said


async def test_a_late_answer_does_not_stand_where_something_newer_was_typed(
    town: Town, clerk: Clerk
) -> None:
    clerk.open.clear()
    view = await form(town)
    await town.alice.type(view, username=NOBODY)
    await clerk.has_been_asked(1)
    for part in ("a", "ab", "abc"):
        await town.alice.type(view, username=part)
    right = (await town.alice.good_values())["username"]
    await town.alice.type(view, username=right)
    clerk.open.set()

    shown = await town.alice.view("Found its zone")
    assert "does not know" not in words(shown)
    assert clerk.asked == [Secret(NOBODY), Secret(right)]


async def test_only_the_newest_answer_is_drawn(town: Town, clerk: Clerk) -> None:
    """Two things typed while the first look-up takes its time: the form is drawn anew once."""
    clerk.open.clear()
    view = await form(town)
    await town.alice.type(view, username=NOBODY)
    await clerk.has_been_asked(1)
    await town.alice.type(view, username="z9y8")
    clerk.open.set()
    await town.desk.drain()

    assert (await town.alice.view())["hash"] == view["hash"]


async def test_an_answer_that_crossed_newer_typing_does_not_shut_out_the_next(town: Town) -> None:
    """What is typed while an answer is on its way names the view that the answer replaces."""
    view = await form(town)
    await town.alice.type(view, username=NOBODY)
    after = await town.alice.view("does not know this username")
    await town.desk.drain()
    open_form = town.desk.typing.form(view["id"])

    assert open_form.hash_for(seen_in(view["hash"])) == after["hash"]
    assert open_form.hash_for(seen_in(after["hash"])) == after["hash"]
    assert open_form.hash_for(seen_in("another")) == "another"


async def test_a_late_answer_does_not_take_the_errors_away(town: Town, clerk: Clerk) -> None:
    clerk.open.clear()
    view = await form(town)
    right = await town.alice.good_values()
    await town.alice.type(view, username=right["username"])
    await clerk.has_been_asked(1)
    reply = await town.alice.submit(view, **{**right, "secret": "käse"})
    clerk.open.set()
    await town.desk.drain()

    assert "plain letters" in reply["errors"]["secret"]
    assert (await town.alice.view())["hash"] == view["hash"]


async def test_a_late_answer_does_not_take_the_result_s_place(town: Town, clerk: Clerk) -> None:
    """Here another process has it, which knows nothing of the submission: Slack's hash decides."""
    clerk.open.clear()
    view = await form(town)
    await town.alice.type(view, username=NOBODY)
    await clerk.has_been_asked(1)
    right, swapped = await town.alice.good_values(), "my-integration"
    late = town.desk.typing.form(view["id"]).newest
    await town.alice.submit(view, **{**right, "integration_code": swapped})
    town.desk.typing.form(view["id"]).newest = late
    clerk.open.set()
    await town.desk.drain()

    await town.alice.view("Send as they are")
    assert [each["error"] for each in town.slack.refusals] == ["hash_conflict"]
    town.slack.refusals.clear()


async def test_who_closes_the_form_is_not_told_of_the_zone(town: Town, clerk: Clerk) -> None:
    clerk.open.clear()
    view = await form(town)
    await town.alice.type(view, username=NOBODY)
    await clerk.has_been_asked(1)
    await town.http.post("/page/close", json={"as": town.alice.me, "view_id": view["id"]})
    clerk.open.set()
    await town.desk.drain()

    assert await town.alice.direct_messages() == []
    town.slack.refusals.clear()


async def test_nobody_is_told_that_slack_did_not_answer_while_they_typed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_answer(self: AsyncWebClient, **_: object) -> None:
        raise TimeoutError

    view = await form(town)
    monkeypatch.setattr(AsyncWebClient, "views_update", no_answer)
    await town.alice.type(view, username=NOBODY)
    await town.desk.drain()

    assert await town.alice.direct_messages() == []


async def test_few_look_ups_in_a_minute_are_made_for_one_person(town: Town, clerk: Clerk) -> None:
    view = await form(town)
    for number in range(MOST_LOOKS + 3):
        await town.alice.type(view, username=f"z9y8x7w6v5u4t{number:02}@nobody.example")
        await town.desk.drain()

    assert len(clerk.asked) == MOST_LOOKS


async def test_who_may_not_connect_has_nothing_looked_up(town: Town, clerk: Clerk) -> None:
    view = await form(town)
    await town.http.post("/page/workspace", json={"do": "demote", "user": town.alice.me})
    town.desk.people = People()
    await town.alice.type(view, username=NOBODY)
    await town.desk.drain()

    assert clerk.asked == []
    assert await town.alice.direct_messages() == []
