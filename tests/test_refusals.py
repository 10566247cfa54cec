"""The check that runs beside every other test: would it notice?"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.secret import Secret
from bot.sandbox.slack import SlackWorld
from bot.slack.client import open_client
from tests.refusals import nothing_is_refused

Json = dict[str, Any]

TEXT = {"type": "plain_text", "text": "x"}
INPUT = {
    "type": "input",
    "block_id": "a",
    "label": TEXT,
    "element": {"type": "plain_text_input", "action_id": "value"},
}
ALERT = {"type": "alert", "text": {"type": "mrkdwn", "text": "Careful"}, "level": "warning"}
LONG = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": TEXT, "submit": TEXT, "blocks": list(blocks), **more}


@pytest.fixture
async def world() -> AsyncIterator[SlackWorld]:
    each = SlackWorld(scopes=("commands", "chat:write", "chat:write.public"))
    await each.start(0)
    yield each
    await each.stop()


@pytest.fixture
async def client(world: SlackWorld) -> AsyncIterator[AsyncWebClient]:
    """The bot's own."""
    at = world.announcement()
    async with open_client(Secret(at["bot_token"]), api_url=at["api_url"]) as each:
        yield each


BAD: list[tuple[str, str, Json]] = [
    ("duplicate ids", "views.open", {"trigger_id": "1", "view": modal(INPUT, INPUT)}),
    ("no submit", "views.open", {"trigger_id": "1", "view": modal(INPUT, submit=None)}),
    ("wrong surface", "chat.postMessage", {"channel": "#general", "text": "x", "blocks": [ALERT]}),
    ("over-long", "chat.postMessage", {"channel": "#general", "text": "x", "blocks": [LONG]}),
    ("a trigger of nobody's", "views.open", {"trigger_id": "1", "view": modal(INPUT)}),
    ("missing scope", "users.info", {"user": "U1"}),
    ("no such method", "chat.shout", {}),
]


@pytest.mark.parametrize(("what", "method", "arguments"), BAD, ids=[each[0] for each in BAD])
@pytest.mark.provokes(
    "invalid_arguments", "invalid_blocks", "invalid_trigger_id", "missing_scope", "unknown_method"
)
async def test_a_call_that_slack_never_takes_is_noticed(
    client: AsyncWebClient, what: str, method: str, arguments: Json
) -> None:
    with (
        pytest.raises(AssertionError, match=method.replace(".", r"\.")),
        nothing_is_refused(),
        pytest.raises(SlackApiError),
    ):
        await client.api_call(method, json=arguments)


async def test_a_channel_that_is_closed_is_nobody_s_mistake(client: AsyncWebClient) -> None:
    with nothing_is_refused(), pytest.raises(SlackApiError, match="channel_not_found"):
        await client.chat_postMessage(channel="C0", text="x")


@pytest.mark.provokes("missing_scope")
async def test_what_a_test_provokes_is_its_own_business(client: AsyncWebClient) -> None:
    with nothing_is_refused("missing_scope"), pytest.raises(SlackApiError, match="missing_scope"):
        await client.users_info(user="U1")
