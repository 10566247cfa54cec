"""Where there are several connections and none is named, the form asks which is meant."""

import pytest

from bot.slack.choose import MOST_CHOICES
from tests.end_to_end.player import Json, words
from tests.slack.conftest import Town
from tests.slack.test_maintenance import search
from tests.slack.test_status import multiply

COUNTS = pytest.mark.parametrize("count", [2, MOST_CHOICES + 1])


@COUNTS
@pytest.mark.parametrize(
    ("command", "form"),
    [
        ("edit", "New values for *N001*"),
        ("alerts", "be watched?"),
    ],
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


@COUNTS
@pytest.mark.parametrize(
    ("command", "question", "answer"),
    [
        ("pause", "Pause which connection?", "is *Paused*. It is not checked"),
        ("resume", "Watch which connection again?", "It is watched again from now on"),
        ("disconnect", "Disconnect which connection?", "cannot be undone here"),
    ],
)
async def test_the_one_that_is_chosen_in_the_message_takes_the_question_s_place(
    town: Town, command: str, question: str, answer: str, count: int
) -> None:
    await town.connect()
    await multiply(town, range(1, count))
    await town.alice.say(f"/autotask {command}")
    ask = await town.alice.said_to_me(question)

    option = await first(town, ask, "N001")
    await town.alice.press(ask, f"{command}.which", {"selected_option": option})

    assert "N001" in words(await town.alice.said_to_me(answer))
    assert question not in str(await town.alice.messages())


async def test_a_member_is_not_asked(town: Town) -> None:
    await town.connect()
    await multiply(town, range(1, 2))
    bob = await town.player("Bob")
    await bob.say("/autotask edit")

    await bob.view("Only workspace admins")


async def first(town: Town, ask: Json, name: str) -> Json:
    """The first option that begins with this name, listed or searched for."""
    block = ask["blocks"][-1]
    (element,) = block.get("elements") or [block["element"]]
    options = element.get("options")
    if options is None:
        (group,) = await search(town, ask, name)
        options = group["options"]
    return next(dict(each) for each in options if each["text"]["text"].startswith(name))
