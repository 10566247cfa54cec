"""Where there are several connections and none is named, the form asks which is meant."""

import pytest

from bot.slack.choose import MOST_CHOICES
from tests.end_to_end.player import Json, words
from tests.slack.conftest import Town
from tests.slack.test_maintenance import search
from tests.slack.test_status import multiply


@pytest.mark.parametrize("count", [2, MOST_CHOICES + 1])
@pytest.mark.parametrize(
    ("command", "form"), [("edit", "New values for *N001*"), ("alerts", "be watched?")]
)
async def test_the_one_that_is_chosen_is_shown_in_the_form(
    town: Town, command: str, form: str, count: int
) -> None:
    await town.connect()
    await multiply(town, range(1, count))
    await town.alice.say(f"/autotask {command}")
    ask = await town.alice.view("Which connection?")

    option = await first(town, ask, "N001")
    await town.alice.submit(ask, connection={"selected_option": option})

    assert "N001" in words(await town.alice.view(form))


async def test_a_member_is_not_asked(town: Town) -> None:
    await town.connect()
    await multiply(town, range(1, 2))
    bob = await town.player("Bob")
    await bob.say("/autotask edit")

    await bob.view("Only workspace admins")


async def first(town: Town, ask: Json, name: str) -> Json:
    """The first option that begins with this name, listed or searched for."""
    (block,) = ask["blocks"]
    options = block["element"].get("options")
    if options is None:
        (group,) = await search(town, ask, name)
        options = group["options"]
    return next(dict(each) for each in options if each["text"]["text"].startswith(name))
