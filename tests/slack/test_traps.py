"""The traps of Bolt and its SDK (seen with slack_bolt 1.30 and slack_sdk 3.47): guard, and test.

Whole frames are logged at DEBUG, what was typed among them
    Guard: `telemetry.set_up` leaves every library at WARNING.
    Test: test_telemetry.py (libraries are quiet at debug), end_to_end/test_serve.py (the story).
An exception right after `ack()` loses the acknowledgement
    Guard: `bolt.build`, `on_error` answers, in place of the one that was lost.
    Test: right after it is acknowledged.
An exception before `ack()` is never acknowledged
    Guard: `bolt.build`, `on_error` answers in the payload's own shape.
    Test: before it is acknowledged; who presses a button that fails.
A socket's address that is used up is tried for ever
    Guard: the watchdog of `socket.Socket` forgets it.
    Test: test_socket.py (a fresh address is asked for).
A refused app token is tried for ever, without a word
    Guard: `socket.check_app_token`, before anything is opened.
    Test: test_socket.py (a refused app token), test_command_line.py (ends with a sentence).
Lazy listeners err in silence, and what they began may be collected as garbage
    Guard: there are none; `Desk.spawn` tells the person, `Desk._track` keeps hold.
    Test: work that fails after the acknowledgement; work under way is kept hold of.
Closing waits for nothing
    Guard: `app._wind_down` and `Desk.drain`.
    Test: the end waits for work and for forms.
Every call opens a connection of its own, and every request asks who the app is
    Guard: `client.open_client`, one session; `bolt.build`, one client with its token.
    Test: test_client.py (one connection serves).
What nobody listens to is not acknowledged, and comes again
    Guard: `bolt.build`, a listener for all events; for the rest, unhandled requests are errors.
    Test: an unknown event; what nobody listens to.
What is delivered twice takes effect twice
    Guard: `once.Once`; over HTTP, `door.SlackDoor` before it.
    Test: delivered twice (four); test_door.py (the same bytes a second time).
An acknowledgement waits for a poll every 10 ms
    Guard: process_before_response.
    Test: no listener polls; test_architecture.py (one listener for each kind of payload).
"""

import asyncio
import gc
import itertools
import json
import logging
import re
import weakref
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot import app as root
from bot.scheduler import Scheduler
from bot.slack import bolt
from bot.slack.channels import Heard
from bot.slack.desk import Answer, Desk, Reply
from bot.slack.once import REMEMBERED, Once
from bot.slack.request import Kind, Request
from bot.slack.views import note_view
from tests.end_to_end.player import Json, words
from tests.slack.conftest import Town

NUMBERS = itertools.count(1)


@pytest.fixture
def app(town: Town) -> AsyncApp:
    """A second one beside the town's, to be handed payloads directly."""
    return bolt.build(town.desk, town.bot.slack)


async def hand(app: AsyncApp, body: Json, **headers: str) -> BoltResponse:
    """As Socket Mode hands it over; 3 seconds, as Slack waits."""
    request = AsyncBoltRequest(mode="socket_mode", body=body, headers={**headers})
    async with asyncio.timeout(3):
        return await app.async_dispatch(request)


def payload(town: Town, type_: str, **more: Any) -> Json:
    """Of Alice's doing."""
    team = {"id": town.slack._cloud.workspace.team_id}
    trigger = {"trigger_id": f"t{next(NUMBERS)}"}
    return {"type": type_, "team": team, "user": {"id": town.alice.me}, **trigger, **more}


def pressed(town: Town, action_id: str, **more: Any) -> Json:
    action = {"type": "button", "action_id": action_id, "block_id": "b", "value": "x"}
    return payload(town, "block_actions", actions=[action], **more)


def event(town: Town, **inner: str) -> Json:
    team = town.slack._cloud.workspace.team_id
    outer = {"type": "event_callback", "team_id": team, "event_id": f"Ev{next(NUMBERS)}"}
    return {**outer, "event": inner}


def of_alice(town: Town, kind: Kind = Kind.SUBMISSION) -> Request:
    return Request(kind, "T1", town.alice.me, town.bot.slack, key="")


def fails(*_: object) -> Any:
    raise RuntimeError("a canary that nobody may read")


async def fails_later(*_: object) -> Any:
    raise RuntimeError("a canary that nobody may read")


def reference(text: str) -> str:
    found = re.search(r"ATX-[0-9A-F]{4}", text)
    assert found, text
    assert "canary" not in text
    return found[0]


def logged(caplog: pytest.LogCaptureFixture, about: str) -> logging.LogRecord:
    """The one record of that reference."""
    (record,) = [each for each in caplog.records if getattr(each, "reference", "") == about]
    return record


async def test_right_after_it_is_acknowledged_an_exception_does_not_lose_that(
    town: Town, app: AsyncApp
) -> None:
    @app.attachment_action("late")
    async def listen(ack: AsyncAck) -> None:
        await ack()
        fails()

    pressed = payload(town, "interactive_message", callback_id="late", actions=[{"name": "x"}])
    assert (await hand(app, pressed)).status == 200


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stories that fail before anything is acknowledged."""
    monkeypatch.setitem(bolt.ANSWERED, "status", fails)
    monkeypatch.setitem(bolt.ACTIONS, "keep", fails)
    monkeypatch.setitem(bolt.SUBMISSIONS, "settings", (fails, ""))
    yield


@pytest.mark.usefixtures("broken")
async def test_before_it_is_acknowledged_an_exception_is_answered_in_the_payload_s_own_shape(
    town: Town, app: AsyncApp, caplog: pytest.LogCaptureFixture
) -> None:
    command = {"command": "/autotask", "text": "status", "user_id": town.alice.me}
    view = {"type": "modal", "callback_id": "settings", "state": {"values": {}}}

    said = await hand(app, command)
    shown = await hand(app, payload(town, "view_submission", view=view))
    heard = await hand(app, pressed(town, "keep"))
    await town.desk.drain()

    (direct,) = await town.alice.direct_messages()
    assert {each.status for each in (said, shown, heard)} == {200}
    assert json.loads(shown.body)["response_action"] == "update"
    for text in (said.body, shown.body, direct["text"]):
        assert logged(caplog, reference(text)).exc_info


@pytest.mark.usefixtures("broken")
async def test_who_presses_a_button_that_fails_is_told_beside_it(town: Town) -> None:
    await town.connect()
    await town.alice.say("/autotask disconnect")
    question = await town.alice.said_to_me("Disconnect *")

    await town.alice.press(question, "keep")

    reference(words(await town.alice.said_to_me("went wrong on our side")))


async def test_work_that_fails_after_the_acknowledgement_is_told_and_logged(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(bolt.TAKEN_UP, "test", (fails_later, "Checking …"))
    await town.alice.say("/autotask test")

    text = words(await town.alice.said_to_me("went wrong on our side"))
    assert logged(caplog, reference(text)).exc_info


async def test_work_under_way_is_kept_hold_of(town: Town) -> None:
    """By itself, asyncio holds a task by a weak reference alone."""
    waiting: list[weakref.ref[asyncio.Future[None]]] = []
    done = []

    async def work() -> None:
        future = asyncio.get_running_loop().create_future()
        waiting.append(weakref.ref(future))
        await future
        done.append(True)

    town.desk.later(work())
    await asyncio.sleep(0)
    gc.collect()

    future = waiting[0]()
    assert future
    future.set_result(None)
    await town.desk.drain()
    assert done


@pytest.mark.parametrize("what", ["work", "form"])
async def test_the_end_waits_for_work_and_for_forms_that_are_being_read(
    town: Town, what: str
) -> None:
    release, ended = asyncio.Event(), []

    async def work() -> None:
        await release.wait()
        ended.append("work")

    async def read() -> Reply:
        await release.wait()
        ended.append("form")
        return Reply(note_view("Title", "Text"))

    if what == "work":
        town.desk.spawn(of_alice(town, Kind.ACTION), work())
    else:
        form = asyncio.create_task(town.desk.submitted(of_alice(town), read(), meanwhile=""))
    for _ in range(3):
        await asyncio.sleep(0)
    scheduler = Scheduler({})
    scheduler.start()
    down = root._wind_down(scheduler, town.desk, AsyncExitStack(), within=root.DRAIN)
    ending = asyncio.create_task(down)
    for _ in range(100):
        await asyncio.sleep(0)
    waited = not ending.done()
    release.set()
    await ending

    assert waited
    assert ended == [what]
    if what == "form":
        assert (await form)["response_action"] == "update"


async def test_an_unknown_event_is_acknowledged(
    town: Town, app: AsyncApp, caplog: pytest.LogCaptureFixture
) -> None:
    """An operator may have subscribed to more than the manifest has."""
    assert (await hand(app, event(town, type="team_join"))).status == 200
    assert "nobody_listens" not in caplog.messages


@pytest.mark.parametrize("type_", ["shortcut", "block_suggestion"])
async def test_what_nobody_listens_to_is_acknowledged_all_the_same(
    town: Town, app: AsyncApp, type_: str, caplog: pytest.LogCaptureFixture
) -> None:
    view = {"type": "modal", "callback_id": "settings"}
    asked = payload(town, type_, callback_id="x", action_id="x", block_id="x", view=view)

    assert (await hand(app, asked)).status == 200
    assert "nobody_listens" in caplog.messages


async def test_delivered_twice_an_event_is_heard_once_and_acknowledged_twice(
    town: Town, app: AsyncApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = []

    async def hear(_: Desk, each: Heard) -> None:
        heard.append(each.channel)

    monkeypatch.setitem(bolt.EVENTS, "channel_archive", hear)
    told = event(town, type="channel_archive", channel="C1")

    first = await hand(app, told)
    again = await hand(app, told, **{"x-slack-retry-num": "1"})
    another = await hand(app, {**told, "event_id": "another"})
    await town.desk.drain()

    assert [each.status for each in (first, again, another)] == [200, 200, 200]
    assert heard == ["C1", "C1"]


async def test_delivered_twice_a_command_is_answered_once_and_alike(
    town: Town, app: AsyncApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def answer(_: Desk, request: Request, name: str) -> Answer:
        asked.append(request.key)
        return Answer(f"Asked {len(asked)} times")

    monkeypatch.setitem(bolt.ANSWERED, "help", answer)
    typed = {"command": "/autotask", "text": "help", "user_id": town.alice.me}

    answers = [(await hand(app, {**typed, "trigger_id": each})).body for each in "112"]

    assert len(asked) == 2
    assert answers[0] == answers[1] != answers[2]


async def test_delivered_twice_a_form_is_read_once_and_answered_alike(
    town: Town, app: AsyncApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []

    async def submit(_: Desk, asked: Request) -> Reply:
        read.append(asked.key)
        return Reply(note_view("Title", f"Read {len(read)} times"))

    monkeypatch.setitem(bolt.SUBMISSIONS, "settings", (submit, ""))
    view = {"type": "modal", "callback_id": "settings", "state": {"values": {}}}
    submission = payload(town, "view_submission", view=view)

    answers = [await hand(app, submission) for _ in range(2)]

    assert read == ["settings"]
    assert answers[0].body == answers[1].body


async def test_submitted_twice_a_form_is_read_once_unless_there_were_errors(
    town: Town, app: AsyncApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each press of its button has a trigger of its own."""
    read: list[str] = []

    async def submit(_: Desk, asked: Request) -> Reply:
        read.append(asked.typed()["n"])
        wrong = {"n": "No."} if asked.typed()["n"] == "wrong" else {}
        return Reply(note_view("Title", f"Read {len(read)} times"), wrong)

    async def press(trigger: str, view_id: str, value: str, hash_: str = "1") -> Any:
        values = {"n": {"value": {"type": "plain_text_input", "value": value}}}
        view: Json = {"id": view_id, "hash": hash_, "type": "modal", "callback_id": "settings"}
        view = {**view, "state": {"values": values}}
        told = {**payload(town, "view_submission", view=view), "trigger_id": trigger}
        return (await hand(app, told)).body

    monkeypatch.setitem(bolt.SUBMISSIONS, "settings", (submit, ""))

    assert await press("1", "V1", "right") == await press("2", "V1", "right")
    assert read == ["right"]
    for count in range(2):
        await press(f"3{count}", "V2", "wrong")
    await press("4", "V2", "right")
    await press("5", "V2", "right", "2")
    assert read == ["right", "wrong", "wrong", "right", "right"]


async def test_delivered_twice_a_button_is_pressed_once(town: Town, app: AsyncApp) -> None:
    press = pressed(town, "keep")

    assert [(await hand(app, press)).status for _ in range(2)] == [200, 200]
    await town.desk.drain()

    assert len(await town.alice.direct_messages()) == 1


async def test_what_was_delivered_is_forgotten_after_a_while() -> None:
    moment = 0.0
    once = Once(monotonic=lambda: moment)
    answers = itertools.count(1)

    async def work() -> Json:
        return {"number": next(answers)}

    assert [await once({"event_id": "E"}, work) for _ in range(2)] == [{"number": 1}] * 2
    moment = REMEMBERED + 1
    assert await once({"event_id": "E"}, work) == {"number": 2}
    assert await once({}, work) != await once({}, work)


async def test_no_listener_polls_for_its_own_acknowledgement(
    town: Town, app: AsyncApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stock Bolt looks every 10 ms whether a listener has called `ack`."""
    naps: list[float] = []
    sleep = asyncio.sleep

    async def nap(seconds: float, result: Any = None) -> Any:
        naps.append(seconds)
        return await sleep(seconds, result)

    monkeypatch.setattr(asyncio, "sleep", nap)
    view = {"type": "modal", "callback_id": "gone", "state": {"values": {}}}
    await hand(app, {"command": "/autotask", "text": "help", "user_id": town.alice.me})
    await hand(app, payload(town, "view_submission", view=view))
    await hand(app, pressed(town, "keep"))
    await hand(app, event(town, type="team_join"))
    await town.desk.drain()

    assert 0.01 not in naps


async def test_a_button_of_an_older_version_says_so(town: Town, app: AsyncApp) -> None:
    await hand(app, pressed(town, "connection.dance"))
    await town.desk.drain()

    (direct,) = await town.alice.direct_messages()
    assert "of an older version" in direct["text"]
    assert "`/autotask status`" in direct["text"]


async def test_a_form_of_an_older_version_says_that_nothing_was_saved(
    town: Town, app: AsyncApp
) -> None:
    view = {"type": "modal", "callback_id": "dance", "state": {"values": {}}}

    reply = json.loads((await hand(app, payload(town, "view_submission", view=view))).body)

    assert "nothing of it was saved" in str(reply["view"])


async def test_where_an_answer_is_too_late_for_its_place_it_comes_directly(town: Town) -> None:
    """A response_url is good for five answers within 30 minutes."""
    gone = f"{town.slack._cloud.hooks.address}nobody"
    asked = Request(Kind.COMMAND, "T1", town.alice.me, town.bot.slack, "", response_url=gone)

    await town.desk.answer(asked, Answer("Here it is."))

    (direct,) = await town.alice.direct_messages()
    assert direct["text"] == "Here it is."
    assert [each["error"] for each in town.slack.refusals] == ["invalid_url"]
    town.slack.refusals.clear()


@pytest.mark.provokes("expired_trigger_id", "invalid_trigger_id")
async def test_a_form_that_slack_lets_nobody_open_any_more_says_what_to_do(
    town: Town, app: AsyncApp, caplog: pytest.LogCaptureFixture
) -> None:
    await hand(app, pressed(town, "connection.connect"))
    await town.desk.drain()

    (direct,) = await town.alice.direct_messages()
    assert "press the button, or type the command, once more" in direct["text"]
    assert logged(caplog, reference(direct["text"])).exc_info
    town.slack.refusals.clear()
