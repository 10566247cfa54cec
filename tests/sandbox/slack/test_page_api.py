"""What the page sees and does."""

import asyncio

import pytest

from tests.sandbox.slack.apps import button, modal, row, typed
from tests.sandbox.slack.test_delivery import plugged
from tests.sandbox.slack.town import DEADLINE, Town, Visitor, opened


async def names(visitor: Visitor) -> list[str]:
    return [each["name"] for each in (await visitor.get("state"))["channels"]]


async def test_everybody_sees_the_channels_they_may(town: Town) -> None:
    assert await names(town.alice) == ["general", "alerts", "ops", "partners"]
    assert await names(town.gail) == ["general"]
    assert await names(town.stan) == ["partners"]
    roles = {each["role"] for each in (await town.bob.get("state"))["people"]}
    assert roles == {"admin", "member", "guest", "stranger", "bot"}


async def test_the_app_and_its_commands_are_shown() -> None:
    command = {"command": "/other", "description": "Another", "usage_hint": "on | off"}
    async with opened(commands=[command]) as town, plugged(town):
        app = (await town.alice.get("state"))["app"]

        assert (app["commands"], app["connected"]) == ([command], True)


async def test_a_stranger_to_the_page_is_told_so(town: Town) -> None:
    nobody = Visitor(town.session, town.at["page_url"], "U0")

    answer = await nobody.get("state")

    assert answer == {"ok": False, "error": "There is nobody with the id U0 here."}


async def test_what_people_say_reaches_the_others_and_no_one_else(town: Town) -> None:
    ops = await town.alice.channel("ops")
    async with town.bob.watching(), town.gail.watching():
        await town.alice.do("say", channel=ops, text="1 < 2 & <!channel>")
        general = await town.alice.channel("general")
        await town.alice.do("say", channel=general, text="Hello")

        heard = (await town.bob.hears("message"))["message"]
        assert heard["text"] == "1 &lt; 2 &amp; &lt;!channel&gt;"
        assert (await town.gail.hears("message"))["message"]["text"] == "Hello"
        assert [each["type"] for each in town.gail.events] == ["message"]


@pytest.mark.parametrize(
    ("text", "thread", "error"),
    [
        ("/nothing", None, "/nothing is not a valid command"),
        ("/autotask status", "1.2", "/autotask is not supported in threads"),
        ("  ", None, "There is nothing to send."),
    ],
)
async def test_what_cannot_be_said_is_refused(
    town: Town, text: str, thread: str | None, error: str
) -> None:
    general = await town.alice.channel("general")

    answer = await town.alice.do("say", channel=general, text=text, thread_ts=thread)

    assert answer == {"ok": False, "error": error}


async def test_nobody_acts_in_a_channel_they_do_not_see(town: Town) -> None:
    ops = await town.alice.channel("ops")

    answer = await town.gail.do("say", channel=ops, text="Hello")

    assert answer == {"ok": False, "error": "There is no such channel here."}


async def test_names_become_ids_in_commands_that_ask_for_it() -> None:
    command = {"command": "/tell", "should_escape": True}
    async with opened(commands=[command]) as town, plugged(town) as line:
        general = await town.alice.channel("general")
        order = {"channel": general, "text": "/tell @bob in #general & @nobody"}
        saying = asyncio.create_task(town.alice.do("say", **order))
        envelope = await line.receive_json(timeout=DEADLINE)
        await line.send_json({"envelope_id": envelope["envelope_id"]})
        await saying

    expected = f"<@{town.bob.id}|bob> in <#{general}|general> &amp; @nobody"
    assert envelope["payload"]["text"] == expected


async def test_views_are_told_as_they_come_and_go(town: Town) -> None:
    async with town.alice.watching():
        view = await town.view(modal(typed("a")))
        over = modal(typed("b"))
        top = (await town.client.views_push(trigger_id=town.trigger(), view=over))["view"]
        await town.alice.do("close", view_id=view["id"])

        closed = await town.alice.hears("views_closed")
        assert closed["views"] == [view["id"], top["id"]]
        kinds = [each["type"] for each in town.alice.events]
        assert kinds == ["view_opened", "view_pushed", "views_closed"]


async def test_switches_are_told_to_every_page(town: Town) -> None:
    async with town.bob.watching():
        await town.alice.do("workspace", do="promote", user=town.bob.id)

        await town.bob.hears("state")
        people = (await town.bob.get("state"))["people"]
        assert next(each["role"] for each in people if each["id"] == town.bob.id) == "admin"


async def test_a_deleted_channel_is_gone(town: Town) -> None:
    alerts = await town.alice.channel("alerts")
    await town.alice.do("workspace", do="delete_channel", channel=alerts)

    assert "alerts" not in await names(town.alice)
    answer = await town.call("chat.postMessage", channel=alerts, text="Hello")
    assert answer["error"] == "channel_not_found"


async def test_an_unknown_switch_or_button_is_refused(town: Town) -> None:
    assert "no switch" in (await town.alice.do("workspace", do="dance"))["error"]
    posted = await town.call(
        "chat.postMessage", channel="#general", text="Hi", blocks=[row(button())]
    )
    place = {"container": {"channel": posted["channel"], "ts": posted["ts"]}}

    unknown = await town.alice.do("press", **place, block_id="row", action_id="other")
    assert unknown == {"ok": False, "error": "There is no element row / other here."}


async def test_typing_is_dispatched_where_the_block_asks_for_it(town: Town) -> None:
    view = modal({**typed("name"), "dispatch_action": True}, typed("quiet"))
    view_id = (await town.view(view))["id"]
    where = {"view_id": view_id, "action_id": "value", "value": {"value": "EU"}}
    async with plugged(town) as line:
        assert await town.alice.do("type", **where, block_id="quiet") == {"ok": True}
        typing = asyncio.create_task(town.alice.do("type", **where, block_id="name"))
        envelope = await line.receive_json(timeout=DEADLINE)
        await line.send_json({"envelope_id": envelope["envelope_id"]})
        await typing

    (action,) = envelope["payload"]["actions"]
    assert (action["block_id"], action["value"]) == ("name", "EU")


@pytest.mark.parametrize("path", ["../world.py", "%2e%2e/world.py", "none.js", "page"])
async def test_only_the_pages_own_files_are_served(town: Town, path: str) -> None:
    async with town.session.get(town.at["page_url"] + path) as answer:
        assert answer.status == 404


async def test_the_page_is_served_fresh_and_as_utf_8(town: Town) -> None:
    async with town.session.get(town.at["page_url"]) as answer:
        assert answer.status in (200, 404)
        assert answer.charset == "utf-8"
        assert answer.status == 404 or answer.headers["Cache-Control"] == "no-store"
