"""The rules for block elements: what they hold, in which blocks and on which surfaces they stand.

Limits: docs.slack.dev, the elements' own pages, and the validators of slack_sdk 3.47. Surfaces:
TightknitAI/slack-block-kit-validator, src/helpers/check-surface-compatibility.ts.
"""

from typing import Any, NamedTuple

from bot.sandbox.slack.composition import (
    CONFIRM,
    DISPATCH,
    FILTER,
    GROUP,
    OPTION,
    PLAIN_OPTION,
)
from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.shapes import (
    PLAIN,
    Check,
    Inspection,
    Shape,
    anything,
    flag,
    items,
    one_of,
    string,
    text,
    whole,
)

MESSAGE, MODAL, HOME = "message", "modal", "home"
EVERYWHERE = frozenset({MESSAGE, MODAL, HOME})

_ACTING = Shape({"type": anything, "action_id": string(255, shortest=1)})
_CHOOSING = _ACTING.also(confirm=CONFIRM, focus_on_load=flag)
_SELECT = _CHOOSING.also(placeholder=text(150, PLAIN))
_STATIC = _SELECT.also(options=items(PLAIN_OPTION, 100), option_groups=items(GROUP, 100))
_TYPING = _ACTING.also(
    placeholder=text(150, PLAIN),
    focus_on_load=flag,
    initial_value=string(3000),
    dispatch_action_config=DISPATCH,
)
_IDS = items(string(255), 100, least=0)
_MANY = {"max_selected_items": whole(1, 100)}


class Rule(NamedTuple):
    """`homes`: section (as accessory), actions, input, context, context_actions, card."""

    shape: Check
    homes: frozenset[str]
    surfaces: frozenset[str] = EVERYWHERE


def _rule(shape: Check, homes: str, surfaces: frozenset[str] = EVERYWHERE) -> Rule:
    return Rule(shape, frozenset(homes.split()), surfaces)


_BUTTON = _ACTING.also(
    text=text(75, PLAIN),
    url=string(3000),
    value=string(2000),
    style=one_of("primary", "danger"),
    confirm=CONFIRM,
    accessibility_label=string(75),
    agent_prompt=string(4000),
    agent_prompt_display=anything,
    visible_to_user_ids=_IDS,
).requiring("text")
_IMAGE = Shape(
    {
        "type": anything,
        "image_url": string(3000),
        "slack_file": anything,
        "alt_text": string(2000, shortest=1),
    }
).requiring("alt_text")
_ALL_THREE = "section actions input"
_MODAL_ONLY = frozenset({MODAL})

ELEMENTS = {
    "button": _rule(_BUTTON, "section actions card"),
    "image": _rule(_IMAGE, "section context"),
    "checkboxes": _rule(
        _CHOOSING.also(options=items(OPTION, 10), initial_options=items(OPTION, 10)).requiring(
            "options"
        ),
        _ALL_THREE,
    ),
    "radio_buttons": _rule(
        _CHOOSING.also(options=items(OPTION, 10), initial_option=OPTION).requiring("options"),
        _ALL_THREE,
    ),
    "overflow": _rule(
        _ACTING.also(
            options=items(PLAIN_OPTION.also(url=string(3000)), 5), confirm=CONFIRM
        ).requiring("options"),
        "section actions",
    ),
    "static_select": _rule(_STATIC.also(initial_option=PLAIN_OPTION), _ALL_THREE),
    "external_select": _rule(
        _SELECT.also(initial_option=PLAIN_OPTION, min_query_length=whole(0, 255)), _ALL_THREE
    ),
    "users_select": _rule(_SELECT.also(initial_user=string(255)), _ALL_THREE),
    "conversations_select": _rule(
        _SELECT.also(
            initial_conversation=string(255),
            default_to_current_conversation=flag,
            response_url_enabled=flag,
            filter=FILTER,
        ),
        _ALL_THREE,
    ),
    "channels_select": _rule(
        _SELECT.also(initial_channel=string(255), response_url_enabled=flag), _ALL_THREE
    ),
    "multi_static_select": _rule(
        _STATIC.also(initial_options=items(PLAIN_OPTION, 100), **_MANY), "section input"
    ),
    "multi_external_select": _rule(
        _SELECT.also(
            initial_options=items(PLAIN_OPTION, 100), min_query_length=whole(0, 255), **_MANY
        ),
        "section input",
    ),
    "multi_users_select": _rule(_SELECT.also(initial_users=_IDS, **_MANY), "section input"),
    "multi_conversations_select": _rule(
        _SELECT.also(
            initial_conversations=_IDS,
            default_to_current_conversation=flag,
            filter=FILTER,
            **_MANY,
        ),
        "section input",
    ),
    "multi_channels_select": _rule(_SELECT.also(initial_channels=_IDS, **_MANY), "section input"),
    "datepicker": _rule(_SELECT.also(initial_date=string(10, shortest=10)), _ALL_THREE),
    "timepicker": _rule(
        _SELECT.also(initial_time=string(5, shortest=5), timezone=string(255)), _ALL_THREE
    ),
    "datetimepicker": _rule(
        _CHOOSING.also(initial_date_time=whole(1_000_000_000, 9_999_999_999)),
        "actions input",
        frozenset({MESSAGE, MODAL}),
    ),
    "plain_text_input": _rule(
        _TYPING.also(multiline=flag, min_length=whole(0, 3000), max_length=whole(1, 3000)), "input"
    ),
    "url_text_input": _rule(_TYPING, "input", _MODAL_ONLY),
    "email_text_input": _rule(_TYPING, "input", _MODAL_ONLY),
    "number_input": _rule(
        _TYPING.also(is_decimal_allowed=flag, min_value=string(30), max_value=string(30)).requiring(
            "is_decimal_allowed"
        ),
        "input",
        _MODAL_ONLY,
    ),
    "file_input": _rule(
        _ACTING.also(filetypes=items(string(20), 100), max_files=whole(1, 10)),
        "input",
        _MODAL_ONLY,
    ),
    "rich_text_input": _rule(
        _TYPING.also(initial_value=anything, min_lines=whole(1, 50), max_lines=whole(1, 50)),
        "input",
        frozenset({MODAL, HOME}),
    ),
    "workflow_button": _rule(
        _ACTING.also(
            text=text(75, PLAIN),
            workflow=anything,
            style=one_of("primary", "danger"),
            accessibility_label=string(75),
        ).requiring("text", "workflow"),
        "section actions",
        frozenset({MESSAGE}),
    ),
    "feedback_buttons": _rule(anything, "context_actions"),
    "icon_button": _rule(anything, "context_actions"),
}


def element(home: str) -> Check:
    """An element that may stand in this kind of block, on the inspected surface."""

    def check(seen: Inspection, place: str, value: Any) -> None:
        if not isinstance(value, dict):
            seen.complain(place, "must provide an object")
            return
        kind = str(value.get("type"))
        rule = ELEMENTS.get(kind)
        if rule is None or home not in rule.homes:
            seen.complain(f"{place}/type", f"unsupported type: {kind}")
        elif seen.surface not in rule.surfaces:
            seen.complain(f"{place}/type", f"{kind} is not supported in a {seen.surface}")
        else:
            before = len(seen.complaints)
            rule.shape(seen, place, value)
            if len(seen.complaints) == before:
                _check_choice(seen, place, value)

    return check


def _check_choice(seen: Inspection, place: str, value: Json) -> None:
    """Exactly one source of options, and what is chosen at first is one of them."""
    if "static_select" in value["type"] and bool(value.get("options")) == bool(
        value.get("option_groups")
    ):
        seen.complain(place, "must define either options or option_groups")
    groups = value.get("option_groups") or [{"options": value.get("options") or []}]
    options = [option for group in groups for option in group.get("options") or ()]
    chosen = value.get("initial_options") or [value.get("initial_option")]
    if options and any(each and each not in options for each in chosen):
        seen.complain(place, "initial_option(s) must be among the options")
