"""A menu that the app fills while a person types into it."""

import asyncio
from typing import Any

import pytest

from tests.sandbox.slack.apps import modal, plain
from tests.sandbox.slack.test_delivery import plugged
from tests.sandbox.slack.test_views import kept
from tests.sandbox.slack.town import DEADLINE, Town

Json = dict[str, Any]
WHERE = {"block_id": "which", "action_id": "value"}


def options(count: int, text: str = "Option") -> list[Json]:
    return [{"text": plain(f"{text} {n}"), "value": f"{n}"} for n in range(count)]


def search(**properties: Any) -> Json:
    """A modal with such a menu, and nothing else."""
    element = {"type": "multi_external_select", "action_id": "value", **properties}
    return modal({"type": "input", "block_id": "which", "label": plain("I"), "element": element})


async def sought(town: Town, view: Json, text: str, offer: Json) -> tuple[Json, Json]:
    """What the page is answered where the app offers this, and what the app was asked."""
    order = {"view_id": view["id"], **WHERE, "text": text}
    async with plugged(town) as line:
        asking = asyncio.create_task(town.alice.do("suggest", **order))
        envelope = await line.receive_json(timeout=DEADLINE)
        await line.send_json({"envelope_id": envelope["envelope_id"], "payload": offer})
        return await asking, envelope["payload"]


async def test_the_app_is_asked_for_what_was_typed_and_what_it_offers_can_be_chosen(
    town: Town,
) -> None:
    view = await town.view(search(min_query_length=0))

    answer, asked = await sought(town, view, "opt", {"options": options(100)})

    assert answer == {"ok": True, "option_groups": [{"label": None, "options": options(100)}]}
    assert (asked["type"], asked["value"]) == ("block_suggestion", "opt")
    assert (asked["block_id"], asked["action_id"]) == ("which", "value")
    assert asked["view"]["id"] == asked["container"]["view_id"] == view["id"]
    assert "trigger_id" not in asked
    for value, error in (("99", None), ("100", "100 is not among the options.")):
        chosen = {"selected_options": [{"value": value}]}
        typed = await town.alice.do("type", view_id=view["id"], **WHERE, value=chosen)
        assert typed.get("error") == error
    assert kept((await town.alice.stack())[0]) == {"which.value": options(100)[99:]}


@pytest.mark.parametrize(
    ("offer", "complaint"),
    [
        ({"options": options(101)}, "no more than 100 items allowed [json-pointer:/options]"),
        ({"options": options(1, "x" * 75)}, "must be less than 76 characters"),
        ({"options": [{"text": plain("x"), "value": "v" * 151}]}, "/options/0/value"),
        ({"options": [{"text": {"type": "mrkdwn", "text": "x"}, "value": "v"}]}, "mrkdwn"),
        ({"options": "a string"}, "must be an array"),
        ({"option_groups": [{"label": plain("x" * 76), "options": options(1)}]}, "/0/label/text"),
        ({"option_groups": [{"label": plain("x"), "options": options(101)}]}, "/0/options"),
        ({"option_groups": [{"options": options(1)}]}, "missing required field: label"),
        ({"option_groups": [], "options": []}, "either options or option_groups"),
        ({}, "either options or option_groups"),
        ({"text": "Hello"}, "invalid additional property: text"),
    ],
)
async def test_a_bad_offer_shows_nothing_and_is_noted(
    town: Town, offer: Json, complaint: str
) -> None:
    view = await town.view(search())

    answer, _ = await sought(town, view, "option", offer)

    assert answer == {"ok": True, "option_groups": []}
    (refusal,) = town.world.refusals
    assert (refusal["method"], refusal["error"]) == ("block_suggestion", "invalid_options")
    assert complaint in refusal["detail"]


async def test_too_short_a_text_does_not_reach_the_app(town: Town) -> None:
    view = await town.view(search())

    answer = await town.alice.do("suggest", view_id=view["id"], **WHERE, text="ab")

    assert answer == {"ok": True, "option_groups": []}
    assert town.world.refusals == []


async def test_where_nobody_answers_nothing_is_found(town: Town) -> None:
    view = await town.view(search())

    answer = await town.alice.do("suggest", view_id=view["id"], **WHERE, text="option")

    assert answer == {"ok": True, "option_groups": []}


async def test_no_other_menu_is_searched(town: Town) -> None:
    view = await town.view(search(type="multi_static_select", options=options(1)))

    answer = await town.alice.do("suggest", view_id=view["id"], **WHERE, text="option")

    assert answer == {"ok": False, "error": "Only a menu that the app fills is searched."}
