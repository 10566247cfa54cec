"""Maintenance of more connections than a menu may list: searched, or all of them."""

import time

import pytest

from bot.slack.choose import MOST_CHOICES
from tests.end_to_end.player import Json, words
from tests.slack.conftest import Town
from tests.slack.test_status import multiply

COUNT = 130


@pytest.fixture
async def form(town: Town) -> Json:
    """The form, where there are so many."""
    await town.connect()
    await multiply(town, range(1, COUNT))
    await town.alice.say("/autotask maintenance")
    return await town.alice.view("kept back")


def field(form: Json) -> Json:
    """The one that asks for connections."""
    named = (each for each in form["blocks"] if each["block_id"].startswith("connection"))
    return dict(next(named))


async def search(town: Town, form: Json, text: str) -> list[Json]:
    """What the menu offers, in groups."""
    asks = field(form)
    where = {"block_id": asks["block_id"], "action_id": asks["element"]["action_id"]}
    order = {"as": town.alice.me, "view_id": form["id"], **where, "text": text}
    return list((await town.http.post("/page/suggest", json=order)).json()["option_groups"])


async def test_nothing_chosen_is_all_of_them_and_the_form_says_so(town: Town, form: Json) -> None:
    assert field(form)["element"]["placeholder"]["text"] == f"All {COUNT} connections"
    assert field(form)["optional"]

    await town.alice.submit(form, end=later(hours=4))

    await town.alice.view(f"Alerts about all {COUNT} connections are kept back")
    assert await kept_back(town) == COUNT


async def test_those_that_are_found_by_a_part_of_their_name_can_be_chosen(
    town: Town, form: Json
) -> None:
    (group,) = await search(town, form, "n12")
    assert [each["text"]["text"][:4] for each in group["options"]] == [
        f"N{number}" for number in range(120, 130)
    ]

    chosen = {"type": "multi_external_select", "selected_options": group["options"][:2]}
    await town.alice.submit(form, connections=chosen, end=later(hours=4))

    shown = words(await town.alice.view("Alerts about"))
    assert "*N120 (" in shown
    assert "*N121 (" in shown
    assert await kept_back(town) == 2


async def test_more_than_can_be_shown_are_counted(town: Town, form: Json) -> None:
    (group,) = await search(town, form, "")

    assert group["label"]["text"] == f"{MOST_CHOICES} of {COUNT}: type more of the name"
    assert len(group["options"]) == MOST_CHOICES


async def test_what_nothing_is_called_finds_nothing(town: Town, form: Json) -> None:
    (group,) = await search(town, form, "nowhere")

    assert group["options"] == []


async def kept_back(town: Town) -> int:
    """How many connections have maintenance before them."""
    overviews = await town.bot.ports.connections.all(await workspace(town))
    return sum(each.watch.maintenance_until is not None for each in overviews)


async def workspace(town: Town) -> str:
    (only,) = await town.bot.ports.workspaces.ids()
    return only


def later(*, hours: int) -> Json:
    return {"type": "datetimepicker", "selected_date_time": int(time.time()) + hours * 3_600}
