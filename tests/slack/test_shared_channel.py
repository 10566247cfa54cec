"""A channel in which people of another organisation read: alerts name customers, so none goes there
unless somebody has chosen it."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.sending import Welcome
from bot.sandbox.slack import SlackWorld
from bot.sandbox.slack.installation import OPTIONAL_SCOPES, SCOPES
from bot.slack.messenger import SlackMessenger
from tests.end_to_end.player import Json, words
from tests.slack.conftest import Town, town_in


@pytest.fixture
async def seeing(tmp_path: Path) -> AsyncIterator[Town]:
    """A town in which the app may look at channels."""
    world = SlackWorld(scopes=(*SCOPES, *OPTIONAL_SCOPES))
    async with town_in(tmp_path, world=world) as town:
        yield town


async def connect(town: Town, channel: str, picked: str | None = None) -> str:
    """The answer to the form, opened in that channel, with that one in its picker."""
    await town.alice.say("/autotask connect", channel=channel)
    form = await town.alice.view("API Integration Code")
    values = await town.alice.good_values()
    await town.alice.submit(form, **values, channel=picker(town, picked))
    return words(await town.alice.view("is *Active*"))


def picker(town: Town, channel: str | None) -> Json:
    chosen = town.alice.channels[channel] if channel else None
    return {"type": "conversations_select", "selected_conversation": chosen}


async def said_by_the_bot(town: Town, channel: str) -> list[str]:
    """To everybody there."""
    return [words(each) for each in await town.alice.messages(channel) if not each["ephemeral"]]


async def test_an_empty_picker_in_a_shared_channel_means_a_direct_message(seeing: Town) -> None:
    answer = await connect(seeing, "partners")

    assert f"Alerts go to <@{seeing.alice.me}> in a direct message" in answer
    partners = seeing.alice.channels["partners"]
    assert f"<#{partners}> is shared with another organisation" in answer
    assert await said_by_the_bot(seeing, "partners") == []


async def test_an_empty_picker_in_a_channel_of_our_own_means_that_channel(seeing: Town) -> None:
    answer = await connect(seeing, "alerts")

    assert f"Alerts go to <#{seeing.alice.channels['alerts']}>." in answer
    assert "organisation" not in answer


async def test_where_the_app_may_not_look_an_empty_picker_means_a_direct_message(
    town: Town,
) -> None:
    answer = await connect(town, "partners")

    assert f"Alerts go to <@{town.alice.me}> in a direct message" in answer
    assert "I cannot see whether" in answer
    assert await said_by_the_bot(town, "partners") == []


async def test_where_the_app_may_not_look_the_channel_shown_in_the_picker_is_chosen(
    town: Town,
) -> None:
    answer = await connect(town, "alerts", picked="alerts")

    assert f"Alerts go to <#{town.alice.channels['alerts']}>." in answer


async def test_a_shared_channel_that_was_only_preselected_is_nobody_s_choice(seeing: Town) -> None:
    """Should Slack's picker start with it though it leaves shared channels out."""
    answer = await connect(seeing, "partners", picked="partners")

    assert "is shared with another organisation" in answer
    assert await said_by_the_bot(seeing, "partners") == []


async def test_a_shared_channel_that_was_picked_elsewhere_is_taken_with_a_warning(
    seeing: Town,
) -> None:
    answer = await connect(seeing, "alerts", picked="partners")

    assert f"Alerts go to <#{seeing.alice.channels['partners']}>." in answer
    assert "People of another organisation read there" in answer


async def test_the_form_of_alerts_warns_of_a_shared_channel(seeing: Town) -> None:
    await seeing.connect()
    await seeing.alice.say("/autotask alerts")
    form = await seeing.alice.view("be watched?")
    await seeing.alice.submit(form, channel=picker(seeing, "partners"))

    shown = words(await seeing.alice.view("posted a test message"))
    assert "People of another organisation read there" in shown


async def test_the_form_of_alerts_leaves_a_direct_message_alone_unless_a_channel_is_chosen(
    town: Town,
) -> None:
    await connect(town, "partners")
    await town.alice.say("/autotask alerts", channel="alerts")
    form = await town.alice.view("be watched?")
    assert "default_to_current_conversation" not in words(form)
    await town.alice.submit(form)

    await town.alice.view(f"Saved. Alerts go to <@{town.alice.me}> in a direct message, as before.")
    assert await said_by_the_bot(town, "alerts") == []


class Showing(AsyncWebClient):
    """Shows one channel."""

    def __init__(self, **channel: bool) -> None:
        super().__init__()
        self.channel = channel

    async def auth_test(self, **_: Any) -> Any:
        return Headed()

    async def conversations_info(self, **_: Any) -> Any:
        return {"channel": self.channel}


class Headed:
    headers: Mapping[str, str] = {"x-oauth-scopes": "channels:read"}


@pytest.mark.parametrize(
    ("channel", "shared"),
    [
        ({"is_shared": False, "is_ext_shared": False}, False),
        ({"is_shared": True, "is_ext_shared": True}, True),
        ({"is_shared": True, "is_org_shared": True}, False),
        ({"is_shared": True, "is_org_shared": True, "is_ext_shared": True}, True),
        ({"is_shared": True}, True),
        ({"is_pending_ext_shared": True}, True),
    ],
)
async def test_who_is_invited_counts_as_there_and_one_s_own_enterprise_does_not(
    channel: dict[str, bool], *, shared: bool
) -> None:
    assert await SlackMessenger(Showing(**channel)).look("C1") == Welcome(shared=shared)
