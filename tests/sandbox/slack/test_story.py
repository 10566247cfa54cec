"""The whole way of an app, made with slack_bolt, in Socket Mode and over signed HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.sandbox.slack.apps import clinic
from tests.sandbox.slack.town import Town


@pytest.fixture(params=["socket", "http"])
async def town(request: pytest.FixtureRequest) -> AsyncIterator[Town]:
    async with clinic(request.param) as town:
        yield town
        assert town.world.refusals == []


async def opened_form(town: Town) -> dict[str, Any]:
    channel = await town.alice.channel("general")
    assert await town.alice.do("say", channel=channel, text="/autotask connect") == {"ok": True}
    view: dict[str, Any] = (await town.alice.hears("view_opened"))["view"]
    return view


def values(**typed: str) -> dict[str, Any]:
    return {name: {"value": {"value": text}} for name, text in typed.items()}


async def test_a_command_is_answered_and_opens_a_form(town: Town) -> None:
    async with town.alice.watching():
        view = await opened_form(town)

        said = await town.alice.messages(view["private_metadata"])
        assert [(each["text"], each["ephemeral"]) for each in said] == [("You said connect", True)]
        assert view["values"]["name"] == {"value": {"type": "plain_text_input", "value": None}}
        assert await town.bob.messages(view["private_metadata"]) == []


async def test_errors_stand_on_their_fields_and_the_form_stays(town: Town) -> None:
    async with town.alice.watching():
        view = await opened_form(town)
        entered = values(name="EU", secret="wrong")
        answer = await town.alice.do("submit", view_id=view["id"], values=entered)

        assert answer == {"ok": False, "errors": {"secret": "That is wrong."}}
        assert (await town.alice.stack())[0]["values"]["name"]["value"]["value"] == "EU"


async def test_what_stays_in_an_updated_form_keeps_what_was_typed(town: Town) -> None:
    async with town.alice.watching():
        view = await opened_form(town)
        entered = values(name="EU", secret="unsure")
        answer = await town.alice.do("submit", view_id=view["id"], values=entered)

        assert answer == {"ok": True, "result": "updated"}
        updated = (await town.alice.hears("view_updated"))["view"]
        kept = {block: each["value"]["value"] for block, each in updated["values"].items()}
        assert kept == {"name": "EU", "sure": None}
        assert updated["hash"] != view["hash"]


async def test_a_button_edits_its_message_and_answers_the_person(town: Town) -> None:
    async with town.alice.watching(), town.bob.watching():
        view = await opened_form(town)
        entered = values(name="EU", secret="right")
        done = await town.alice.do("submit", view_id=view["id"], values=entered)
        assert done == {"ok": True, "result": "closed"}
        posted = (await town.bob.hears("message"))["message"]

        place = {"channel": posted["channel"], "ts": posted["ts"]}
        await town.bob.do("press", container=place, block_id="row", action_id="pressed")

        changed = (await town.bob.hears("message_changed"))["message"]
        thanks = await town.bob.hears("message", lambda event: event["message"]["ephemeral"])
        assert (changed["ts"], changed["text"], changed["blocks"]) == (posted["ts"], "Pressed", [])
        assert thanks["message"]["text"] == "Thank you"


async def test_the_home_tab_is_published_when_it_is_opened(town: Town) -> None:
    async with town.alice.watching():
        await town.alice.do("home")

        home = (await town.alice.hears("home"))["view"]
        assert home["blocks"][0]["type"] == "divider"
        assert (await town.alice.get("views"))["home"] == home
        assert (await town.bob.get("views"))["home"] is None
