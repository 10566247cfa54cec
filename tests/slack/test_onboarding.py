"""New in a workspace: one person is told the three steps, once."""

from dataclasses import replace

import pytest

from bot.slack.onboarding import arrive
from bot.slack.socket import Identity
from tests.end_to_end.player import words
from tests.slack.conftest import Town

NEW = Identity("T0NEW", "Lakeside & Co")


async def forget(town: Town) -> Identity:
    """As though the bot had never been in the town's workspace."""
    (known,) = await town.bot.ports.workspaces.ids()
    await town.bot.ports.workspaces.forget(known)
    return Identity(known, "Lakeside & Co")


def operated(town: Town, operator: str) -> None:
    town.desk.ports = replace(town.bot.ports, operator=operator)


async def test_the_operator_is_told_the_three_steps_once(town: Town) -> None:
    operated(town, town.alice.me)
    for _ in range(3):
        await arrive(town.desk, NEW)

    (hello,) = await town.alice.direct_messages()
    assert "I am installed in Lakeside &amp; Co." in hello["text"]
    assert "/autotask connect" in hello["text"]
    assert "☐  *3. Choose where alerts go.*" in words(hello)


async def test_its_buttons_lead_on(town: Town) -> None:
    operated(town, town.alice.me)
    await arrive(town.desk, NEW)
    (hello,) = await town.alice.direct_messages()

    await town.alice.press(hello, "connection.connect")
    await town.alice.view("API Integration Code")


async def test_without_an_operator_the_first_admin_who_opens_the_home_tab_is_told_once(
    town: Town,
) -> None:
    await arrive(town.desk, await forget(town))
    bob = await town.player("Bob")
    await bob.open_home("Only workspace admins")
    for _ in range(2):
        await town.alice.open_home("Nothing is watched yet")
        await town.desk.drain()

    (hello,) = await town.alice.direct_messages()
    assert "I am installed in Lakeside &amp; Co." in hello["text"]
    assert await bob.direct_messages() == []


async def test_where_it_has_been_before_nobody_is_bothered(town: Town) -> None:
    (known,) = await town.bot.ports.workspaces.ids()
    await arrive(town.desk, Identity(known, "Lakeside & Co"))

    await town.alice.open_home("Nothing is watched yet")
    await town.desk.drain()
    assert await town.alice.direct_messages() == []


async def test_what_slack_does_not_take_is_logged_and_the_start_goes_on(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    operated(town, "U0NOBODY")
    await arrive(town.desk, NEW)

    assert "not_welcomed" in caplog.messages
    assert "T0NEW" in await town.bot.ports.workspaces.ids()
    town.slack.refusals.clear()
