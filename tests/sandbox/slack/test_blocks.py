"""The rules for blocks: what Slack refuses, refused here with the place named."""

from typing import Any

import pytest

from tests.sandbox.slack.apps import button, modal, plain, row, typed
from tests.sandbox.slack.town import Town

Json = dict[str, Any]


def option(value: str = "a", **more: Any) -> Json:
    return {"text": plain(value), "value": value, **more}


def select(**properties: Any) -> Json:
    return {"type": "static_select", "action_id": "s", "options": [option()], **properties}


def many(**properties: Any) -> Json:
    return {"type": "multi_static_select", "action_id": "m", **properties}


def entry(element: Json) -> Json:
    return {"type": "input", "block_id": "i", "label": plain("I"), "element": element}


CONFIRM = {name: plain("x") for name in ("title", "text", "confirm", "deny")}
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "*Hello*"}}
ALERT = {"type": "alert", "text": {"type": "mrkdwn", "text": "Careful"}, "level": "warning"}
CARD = {"type": "card", "title": plain("Card"), "actions": [button()]}

IN_MESSAGES = [
    ({"type": "nonsense"}, "/blocks/0/type"),
    (ALERT, "alert is not supported in a message"),
    ({"type": "section"}, "must define either text or fields"),
    ({**SECTION, "text": plain("x" * 3001)}, "must be less than 3001 characters"),
    ({**SECTION, "text": plain("")}, "must be more than 0 characters"),
    ({**SECTION, "fields": [plain("f")] * 11}, "no more than 10 items allowed"),
    ({**SECTION, "fields": [plain("f" * 2001)]}, "/blocks/0/fields/0/text"),
    ({**SECTION, "color": "red"}, "invalid additional property: color"),
    ({**SECTION, "block_id": "b" * 256}, "/blocks/0/block_id"),
    ({**SECTION, "accessory": typed("t")["element"]}, "unsupported type: plain_text_input"),
    ({"type": "section", "text": {**SECTION["text"], "emoji": True}}, "additional property: emoji"),  # type: ignore[dict-item]
    ({"type": "context", "elements": [plain("x" * 3001)]}, "must be less than 3001 characters"),
    ({"type": "context", "elements": []}, "no fewer than 1 items allowed"),
    (row({"type": "external_select", "initial_option": option("a" * 76)}), "/initial_option/text"),
    (row({"type": "external_select", "min_query_length": -1}), "must be a whole number"),
    (row({"type": "overflow", "action_id": "o", "options": [option("a" * 76)]}), "/options/0/text"),
    (row(button(accessibility_label="x" * 76)), "/elements/0/accessibility_label"),
    (row(button(confirm=CONFIRM | {"text": plain("x" * 301)})), "/confirm/text/text"),
    ({"type": "header", "text": plain("x" * 151)}, "must be less than 151 characters"),
    ({"type": "header", "text": SECTION["text"]}, "unsupported type: mrkdwn"),
    ({"type": "image", "image_url": "https://i.example/a.png"}, "missing required field: alt_text"),
    ({"type": "context", "elements": [plain("c")] * 11}, "no more than 10 items allowed"),
    (row(*[button(f"b{n}") for n in range(26)]), "no more than 25 items allowed"),
    (row(button(), button()), "action_id pressed already exists"),
    (row(button(text=plain("x" * 76))), "/blocks/0/elements/0/text/text"),
    (row(button(value="x" * 2001)), "/blocks/0/elements/0/value"),
    (row(button(style="loud")), "must be a valid enum value"),
    (row(button(confirm={"title": plain("Sure?")})), "missing required field: text"),
    (row(select(options=[option()] * 101)), "no more than 100 items allowed"),
    (row(select(option_groups=[])), "no fewer than 1 items allowed"),
    (row({"type": "static_select", "action_id": "s"}), "must define either options"),
    (row(select(initial_option=option("b"))), "must be among the options"),
    (row(select(options=[option("a" * 76)])), "/options/0/text/text"),
    (row({"type": "overflow", "action_id": "o", "options": [option()] * 6}), "no more than 5"),
    (entry({"type": "url_text_input", "action_id": "u"}), "not supported in a message"),
    ({"type": "markdown", "text": "x" * 12_001}, "must be less than 12001 characters"),
    ({"type": "table", "rows": [[{"type": "raw_text", "text": "c"}] * 21]}, "no more than 20"),
    ({"type": "container", "child_blocks": [{"type": "container"}]}, "unsupported type: container"),
    ({"type": "carousel", "elements": [CARD] * 11}, "no more than 10 items allowed"),
    ("a string", "must provide an object"),
]


@pytest.mark.parametrize(("block", "complaint"), IN_MESSAGES)
async def test_a_message_with_a_bad_block_is_refused(
    town: Town, block: Json, complaint: str
) -> None:
    answer = await town.call("chat.postMessage", channel="#general", text="Hi", blocks=[block])

    assert answer["error"] == "invalid_blocks"
    messages = answer["response_metadata"]["messages"]
    assert any(complaint in message for message in messages), messages
    assert all(message.startswith("[ERROR] ") for message in messages)


@pytest.mark.parametrize(
    ("blocks", "complaint"),
    [
        ([SECTION] * 51, "no more than 50 items allowed"),
        ([row(block_id="x", *[button()])] * 2, "block_id x already exists"),  # noqa: B026
        ([{"type": "markdown", "text": "x" * 7000}] * 2, "markdown must be less than 12001"),
        ([{"type": "table", "rows": [[{"type": "raw_text", "text": "c"}]]}] * 2, "no more than 1"),
    ],
)
async def test_a_message_is_looked_at_as_a_whole(
    town: Town, blocks: list[Json], complaint: str
) -> None:
    answer = await town.call("chat.postMessage", channel="#general", text="Hi", blocks=blocks)

    assert complaint in str(answer["errors"])


async def test_blocks_in_attachments_go_by_the_same_rules(town: Town) -> None:
    attachments = [{"color": "#ff0000", "blocks": [ALERT]}]
    message = {"channel": "#general", "text": "Hi"}

    answer = await town.call("chat.postMessage", **message, attachments=attachments)

    assert answer["error"] == "invalid_attachments"
    assert "/attachments/0/blocks/0/type" in answer["errors"][0]


async def test_good_blocks_of_many_kinds_are_taken_and_given_their_ids(town: Town) -> None:
    blocks = [
        {**SECTION, "accessory": select(initial_option=option())},
        {"type": "header", "text": plain("Header")},
        {"type": "divider"},
        {"type": "context", "elements": [SECTION["text"]]},
        {"type": "container", "title": plain("Box"), "child_blocks": [SECTION, CARD]},
        {"type": "carousel", "elements": [CARD]},
        row({"type": "datetimepicker"}, {"type": "conversations_select"}),
    ]

    answer = await town.call("chat.postMessage", channel="#general", text="Hi", blocks=blocks)

    assert answer["ok"], answer
    assert all(block["block_id"] for block in answer["message"]["blocks"])
    assert all(each["action_id"] for each in answer["message"]["blocks"][-1]["elements"])


IN_MODALS = [
    (modal(typed("a"), submit=None), "missing required field: submit"),
    (modal(typed("a"), typed("a")), "block_id a already exists"),
    (modal(typed("a"), title=plain("x" * 25)), "must be less than 25 characters"),
    (modal(typed("a"), submit=plain("x" * 25)), "/view/submit/text"),
    (modal(typed("a"), title=None), "missing required field: title"),
    (modal(typed("a"), callback_id="x" * 256), "/view/callback_id"),
    (modal(typed("a"), private_metadata="x" * 3001), "/view/private_metadata"),
    (modal(typed("a"), colour="red"), "invalid additional property: colour"),
    (modal(*[SECTION] * 101), "no more than 100 items allowed"),
    (modal({"type": "markdown", "text": "m"}), "markdown is not supported in a modal"),
    (modal(typed("a", focus_on_load=True), typed("b", focus_on_load=True)), "focus_on_load"),
    (modal(typed("a", max_length=3001)), "whole number from 1 to 3000"),
    (modal(typed("a", placeholder=plain("x" * 151))), "/view/blocks/0/element/placeholder/text"),
    (modal(entry({"type": "number_input"})), "missing required field: is_decimal_allowed"),
    (modal({**typed("a"), "label": plain("x" * 2001)}), "/view/blocks/0/label/text"),
    (modal({**typed("a"), "hint": plain("x" * 2001)}), "/view/blocks/0/hint/text"),
    (modal(entry(many(options=[option(str(n)) for n in range(101)]))), "no more than 100 items"),
    (modal(entry(many(options=[option("x" * 76)]))), "/element/options/0/text/text"),
    (modal(entry(many(options=[option("v" * 151)]))), "/element/options/0"),
    (modal({**ALERT, "text": plain("x" * 3001)}), "/view/blocks/0/text/text"),
    ({"type": "home", "blocks": []}, "must be modal"),
    ("a string", "must provide an object"),
]


@pytest.mark.parametrize(("view", "complaint"), IN_MODALS)
async def test_a_bad_modal_is_refused(town: Town, view: Any, complaint: str) -> None:
    answer = await town.call("views.open", trigger_id=town.trigger(), view=view)

    assert answer["error"] == "invalid_arguments"
    assert complaint in str(answer["response_metadata"]["messages"])


async def test_a_modal_of_more_than_250_kilobytes_is_refused(town: Town) -> None:
    big = [{"type": "section", "text": plain("x" * 2999)} for _ in range(90)]

    answer = await town.call("views.open", trigger_id=town.trigger(), view=modal(*big))

    assert answer["error"] == "view_too_large"


@pytest.mark.parametrize(
    ("view", "complaint"),
    [
        ({"type": "home", "blocks": [SECTION] * 101}, "no more than 100 items allowed"),
        ({"type": "home", "blocks": [ALERT]}, "alert is not supported in a home"),
        ({"type": "home", "blocks": [], "submit": plain("Go")}, "additional property: submit"),
        ({"type": "home", "blocks": [row({"type": "datetimepicker"})]}, "not supported in a home"),
        (modal(typed("a")), "must be home"),
    ],
)
async def test_a_bad_home_tab_is_refused(town: Town, view: Json, complaint: str) -> None:
    answer = await town.call("views.publish", user_id=town.alice.id, view=view)

    assert complaint in str(answer["errors"])


async def test_an_alert_belongs_into_a_modal(town: Town) -> None:
    view = modal(ALERT, typed("a"))

    assert (await town.call("views.open", trigger_id=town.trigger(), view=view))["ok"]
    assert town.world.refusals == []
