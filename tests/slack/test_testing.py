"""Testing a connection in chat: each step ticked off, in a modal that stays the same one."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.slack import OPTIONAL_SCOPES, SCOPES, SlackWorld
from bot.sandbox.slack.rate import Rate, RateLimit
from tests.end_to_end.player import Json, words
from tests.slack.conftest import Town, town_in


class Drawings(RateLimit):
    """Modals may be drawn anew once a second, and not once more."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock, Rate(per_second=1, burst=1))

    def spend(self, method: str, channel: str) -> None:
        if method == "views.update":
            super().spend(method, channel)


def lines(view: Json) -> list[str]:
    """The steps."""
    return str(view["blocks"][1]["text"]["text"]).splitlines()


async def sign_ins(town: Town) -> int:
    """How many requests for the budget the far side has seen."""
    journal = (await town.http.get("/autotask/state")).json()["requests"]
    return len([each for each in journal if "ThresholdInformation" in str(each)])


async def switch(town: Town, **order: Any) -> None:
    await town.http.post("/page/workspace", json={"as": town.alice.me, **order})


async def test_test_signs_in_once_and_says_what_it_saw_step_by_step(town: Town) -> None:
    await town.connect()
    before = await sign_ins(town)
    await town.alice.say("/autotask test")

    steps = lines(await town.alice.view("works: Autotask answered"))
    assert await sign_ins(town) == before + 1
    assert [re.split("[:,]", each)[0] for each in steps] == [
        "· Name lookup",
        "· Secure connection (TLS)",
        "✓ Sign-in",
        "✓ Hourly budget",
        "✓ Permission to read",
        "✓ Zone",
        "· Alert channel",
    ]
    assert steps[0].endswith(": not looked up, since the address is a number")
    assert all(re.search(r", \d+ ms$", each) for each in steps[2:6])
    assert "America East" in steps[5]
    assert steps[6].endswith(": Slack does not show it to this app")  # without the scope for it


async def test_each_step_is_ticked_off_as_it_is_over_at_the_pace_that_slack_asks_for(
    town: Town,
) -> None:
    await town.connect()
    town.slack._cloud.rate = Drawings(town.slack._cloud.clock)
    await town.alice.panel("zone_fault", zone="all", fault="slow", ms=400)
    await town.alice.say("/autotask test")

    half = lines(await town.alice.view("✓ Sign-in"))
    assert half[-1] == "☐ Alert channel"
    whole = lines(await town.alice.view("works: Autotask answered"))
    assert all(each.startswith("✓") for each in whole[2:-1])
    await town.desk.drain()
    assert town.slack.refusals == []


async def test_a_modal_that_was_closed_meanwhile_is_answered_below_the_command(town: Town) -> None:
    await town.connect()
    await town.alice.panel("zone_fault", zone="all", fault="slow", ms=200)
    await town.alice.say("/autotask test")
    view = await town.alice.view("☐ Sign-in")
    await town.http.post("/page/close", json={"as": town.alice.me, "view_id": view["id"]})

    await town.alice.said_to_me("works: Autotask answered")
    town.slack.refusals.clear()


async def test_what_was_not_reached_says_so(town: Town) -> None:
    await town.connect()
    user = await town.alice.api_user()
    await town.alice.panel("regenerate_secret", username=user["username"])
    await town.alice.say("/autotask test")

    steps = lines(await town.alice.view("credentials refused"))
    assert steps[2].startswith("✗ Sign-in: credentials refused, ")
    assert steps[3:5] == ["· Hourly budget: not reached", "· Permission to read: not reached"]
    assert (await town.alice.api_user())["failures"] == 1


async def test_an_alert_channel_that_takes_nothing_is_found_without_a_message(
    tmp_path: Path,
) -> None:
    world = SlackWorld(scopes=(*SCOPES, *OPTIONAL_SCOPES))
    async with town_in(tmp_path, world=world) as town:
        await town.connect()
        await town.settle()
        said = len(await town.alice.posted())
        await town.alice.say("/autotask test", channel="general")
        good = lines(await town.alice.view("works: Autotask answered"))
        await switch(town, do="archive", channel=town.alice.channels["alerts"])
        await town.alice.say("/autotask test", channel="general")

        bad = lines(await town.alice.view("it is archived"))
        assert good[-1].startswith(f"✓ Alert channel: <#{town.alice.channels['alerts']}>, ")
        assert bad[-1].startswith("✗ Alert channel: it is archived, ")
        assert len(await town.alice.posted()) == said


async def test_test_names_cause_and_next_step_and_offers_the_form(town: Town) -> None:
    await town.connect()
    user = await town.alice.api_user()
    await town.alice.panel("deactivate", username=user["username"])
    await town.alice.say("/autotask test")

    answer = await town.alice.view("credentials refused")
    assert "*Next step:*" in words(answer)
    await town.alice.press(answer, "connection.update")
    await town.alice.view("Update credentials")


async def test_after_four_refusals_test_asks_before_it_may_lock_the_user(town: Town) -> None:
    await town.connect()
    user = await town.alice.api_user()
    await town.alice.panel("regenerate_secret", username=user["username"])
    for _ in range(5):
        await town.alice.say("/autotask test")
        await town.desk.drain()

    answer = await town.alice.view("checks on hold")
    assert (await town.alice.api_user())["failures"] == 4
    assert "Sign in all the same works too" in answer["blocks"][0]["text"]["text"]
    assert "Sign in all the same" in [
        each["text"]["text"] for each in answer["blocks"][-1]["elements"]
    ]
    await town.alice.press(answer, "connection.test_may_lock")
    await town.desk.drain()
    assert (await town.alice.api_user())["failures"] == 5


async def test_with_several_connections_it_asks_which_and_the_test_takes_the_form_s_place(
    town: Town,
) -> None:
    await town.connect()
    await town.connect("EU subsidiary")
    await town.alice.say("/autotask test")
    ask = await town.alice.view("Which connection?")
    (block,) = ask["blocks"]
    option = next(e for e in block["element"]["options"] if "EU" in e["text"]["text"])
    await town.alice.submit(ask, connection={"selected_option": option})

    over = await town.alice.view("works: Autotask answered")
    assert "EU subsidiary" in words(over)
    assert over["id"] == ask["id"]


@pytest.mark.parametrize("button", ["connection.test", "connection.update"])
async def test_a_button_of_a_connection_that_is_gone_says_so(town: Town, button: str) -> None:
    await town.connect()
    user = await town.alice.api_user()
    await town.alice.panel("deactivate", username=user["username"])
    await town.alice.say("/autotask test")
    await town.desk.drain()
    answer = await town.alice.view("credentials refused")
    await town.alice.say("/autotask disconnect")
    await town.alice.press(await town.alice.said_to_me("Disconnect *"), "connection.disconnect")
    await town.alice.said_to_me("is disconnected")

    await town.alice.press(answer, button)
    await town.alice.view("There is no such connection")
