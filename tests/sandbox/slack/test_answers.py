"""Answers at a response_url, with a command's acknowledgement, and to a submission."""

import asyncio
from typing import Any

import pytest

from tests.sandbox.slack.apps import button, modal, respond, row, typed
from tests.sandbox.slack.test_delivery import plugged
from tests.sandbox.slack.town import DEADLINE, Town

Json = dict[str, Any]


async def commanded(town: Town, channel: str, **reply: Any) -> Json:
    """The payload of a command that was acknowledged with `reply`."""
    async with plugged(town) as line:
        order = {"channel": channel, "text": "/autotask status"}
        saying = asyncio.create_task(town.alice.do("say", **order))
        envelope = await line.receive_json(timeout=DEADLINE)
        await line.send_json({"envelope_id": envelope["envelope_id"], "payload": reply})
        await saying
    payload: Json = envelope["payload"]
    return payload


async def submitted(town: Town, view: Json, reply: Json) -> Json:
    """What the page is answered when the app acknowledges a submission with `reply`."""
    view_id = (await town.view(view))["id"]
    async with plugged(town) as line:
        submitting = asyncio.create_task(town.alice.do("submit", view_id=view_id))
        envelope = await line.receive_json(timeout=DEADLINE)
        await line.send_json({"envelope_id": envelope["envelope_id"], "payload": reply})
        return await submitting


async def test_an_answer_is_ephemeral_unless_it_is_for_the_channel(town: Town) -> None:
    general = await town.alice.channel("general")
    url = (await commanded(town, general))["response_url"]

    await respond(town.session, url, text="To you")
    await respond(town.session, url, text="To all", response_type="in_channel")

    assert [each["text"] for each in await town.alice.messages(general)] == ["To you", "To all"]
    assert [each["text"] for each in await town.bob.messages(general)] == ["To all"]


async def test_an_answer_may_replace_or_delete_the_first(town: Town) -> None:
    ops = await town.alice.channel("ops")
    url = (await commanded(town, ops, text="Checking…"))["response_url"]

    await respond(town.session, url, text="Done", replace_original=True)
    assert [each["text"] for each in await town.alice.messages(ops)] == ["Done"]
    await respond(town.session, url, delete_original=True)
    assert await town.alice.messages(ops) == []
    assert town.world.refusals == []


async def test_a_response_url_is_good_for_five_answers(town: Town) -> None:
    url = (await commanded(town, await town.alice.channel("general")))["response_url"]

    answers = [await respond(town.session, url, text="Hello") for _ in range(6)]

    assert answers[:5] == [(200, "ok")] * 5
    assert answers[5] == (404, '{"ok": false, "error": "used_url"}')


async def test_a_response_url_is_good_for_half_an_hour(town: Town) -> None:
    url = (await commanded(town, await town.alice.channel("general")))["response_url"]
    town.clock.now += 1800

    status, body = await respond(town.session, url, text="Hello")

    assert (status, "expired_url" in body) == (404, True)
    assert (await respond(town.session, url + "x", text="Hello"))[0] == 404


async def test_a_bad_answer_is_refused(town: Town) -> None:
    url = (await commanded(town, await town.alice.channel("general")))["response_url"]

    assert await respond(town.session, url, blocks=[{"type": "alert"}]) == (400, "invalid_blocks")
    assert await respond(town.session, url) == (400, "no_text")
    assert [each["error"] for each in town.world.refusals] == ["invalid_blocks", "no_text"]


async def test_a_bad_acknowledgement_is_said_to_the_person(town: Town) -> None:
    async with town.alice.watching():
        await commanded(town, await town.alice.channel("general"), blocks=[{"type": "alert"}])

        assert "invalid_command_response" in (await town.alice.hears("failed"))["text"]


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ({"response_action": "clear"}, {"ok": True, "result": "cleared"}),
        (
            {"response_action": "push", "view": modal(typed("b"))},
            {"ok": True, "result": "pushed"},
        ),
        (
            {"response_action": "errors", "errors": {"a": "No."}},
            {"ok": False, "errors": {"a": "No."}},
        ),
    ],
)
async def test_a_submission_is_answered_with_an_action(
    town: Town, reply: Json, answer: Json
) -> None:
    assert await submitted(town, modal(typed("a", initial_value="x")), reply) == answer


@pytest.mark.parametrize(
    "reply",
    [
        {"response_action": "dance"},
        {"response_action": "errors", "errors": {"row": "Not an input."}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": {"type": "modal"}},
    ],
)
async def test_nonsense_is_trouble_for_the_person_and_remembered(town: Town, reply: Json) -> None:
    view = modal(typed("a", initial_value="x"), row(button()))

    answer = await submitted(town, view, reply)

    assert answer == {"ok": False, "error": "We had some trouble connecting. Try again?"}
    assert [each["method"] for each in town.world.refusals] == ["view_submission"]


async def test_a_chosen_conversation_gets_a_response_url_of_its_own(town: Town) -> None:
    general = await town.alice.channel("general")
    element = {
        "type": "conversations_select",
        "action_id": "value",
        "initial_conversation": general,
        "response_url_enabled": True,
    }
    view = await town.view(modal({**typed("to"), "element": element}))
    async with plugged(town) as line:
        submitting = asyncio.create_task(town.alice.do("submit", view_id=view["id"]))
        envelope = await line.receive_json(timeout=DEADLINE)
        await line.send_json({"envelope_id": envelope["envelope_id"]})
        assert await submitting == {"ok": True, "result": "closed"}

    (url,) = envelope["payload"]["response_urls"]
    assert (url["block_id"], url["channel_id"]) == ("to", general)
    answered = await respond(
        town.session, url["response_url"], text="Hi", response_type="in_channel"
    )
    assert answered == (200, "ok")
