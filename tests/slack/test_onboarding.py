"""New in a workspace: whoever installed the app is told the three steps, once."""

from dataclasses import replace

import pytest

from bot.slack.onboarding import arrive
from bot.slack.socket import Identity
from tests.end_to_end.player import words
from tests.slack.conftest import Town

NEW = Identity("T0NEW", "Lakeside & Co")


async def test_the_operator_is_told_the_three_steps_once(town: Town) -> None:
    ports = replace(town.bot.ports, operator=town.alice.me)
    for _ in range(3):
        await arrive(ports, town.bot.slack, NEW)

    (hello,) = await town.alice.direct_messages()
    assert "I am installed in Lakeside &amp; Co." in hello["text"]
    assert "/autotask connect" in hello["text"]
    assert "☐  *3. Choose where alerts go.*" in words(hello)


async def test_its_buttons_lead_on(town: Town) -> None:
    await arrive(replace(town.bot.ports, operator=town.alice.me), town.bot.slack, NEW)
    (hello,) = await town.alice.direct_messages()

    await town.alice.press(hello, "connection.connect")
    await town.alice.view("API Integration Code")


async def test_without_an_operator_nobody_is_bothered(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    await arrive(town.bot.ports, town.bot.slack, NEW)

    assert "nobody_to_welcome" in caplog.messages
    assert await town.alice.direct_messages() == []


async def test_what_slack_does_not_take_is_logged_and_the_start_goes_on(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    await arrive(replace(town.bot.ports, operator="U0NOBODY"), town.bot.slack, NEW)

    assert "not_welcomed" in caplog.messages
    assert "T0NEW" in await town.bot.ports.workspaces.ids()
    town.slack.refusals.clear()
