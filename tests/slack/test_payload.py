"""What Slack sends is let in, kind by kind; what has another shape is not."""

import json
from copy import deepcopy
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.slack.payload import MOST_FIELDS, parse
from tests.slack.knocks import COMMANDS, EVENTS, FORM, INTERACTIONS, JSON, Json, written

COMMAND, EVENT = COMMANDS[0], EVENTS[0]
PRESSED = next(each for each in INTERACTIONS if each["type"] == "block_actions")
SUBMITTED = next(each for each in INTERACTIONS if each["type"] == "view_submission")
ABSENT: Any = object()

EVERY = {
    f"{each.get('type', 'command')} {number}": each
    for number, each in enumerate((*COMMANDS, *EVENTS, *INTERACTIONS))
}


@pytest.mark.parametrize("payload", EVERY.values(), ids=EVERY)
def test_each_kind_is_let_in_whole(payload: Json) -> None:
    content_type, body = written(payload, payload)

    assert parse(body, content_type) == payload


def changed(payload: Json, path: str, value: Any) -> Json:
    """A copy with another value there, or without it."""
    copy = deepcopy(payload)
    node: Any = copy
    *way, last = [int(each) if each.isdigit() else each for each in path.split(".")]
    for each in way:
        node = node[each]
    if value is ABSENT:
        del node[last]
    else:
        node[last] = value
    return copy


def way_in(payload: Json, like: Json) -> Json | None:
    content_type, body = written(payload, like)
    return parse(body, content_type)


NEEDED = {
    "command": "command team_id user_id",
    "event_callback": "event event_id event.type",
    "url_verification": "type challenge",
    "app_rate_limited": "type team_id",
    "block_actions": "type user team user.id team.id actions actions.0.action_id actions.0.type",
    "view_submission": "type user team view view.id view.type",
    "view_closed": "type user team view view.id view.type",
    "block_suggestion": "type user team action_id block_id value",
    "shortcut": "type user team callback_id",
    "message_action": "type user team callback_id channel message channel.id",
    "interactive_message": "type user team callback_id actions",
    "dialog_submission": "type user team callback_id submission",
    "dialog_suggestion": "type user team callback_id name value",
    "dialog_cancellation": "type user team callback_id",
}
BY_KIND = {each.get("type", "command"): each for each in (*COMMANDS, *EVENTS, *INTERACTIONS)}


def test_every_kind_is_in_the_list() -> None:
    assert NEEDED.keys() == BY_KIND.keys()


@pytest.mark.parametrize(
    ("kind", "path"), [(kind, path) for kind, paths in NEEDED.items() for path in paths.split()]
)
def test_what_a_kind_needs_must_be_there_and_of_its_type(kind: str, path: str) -> None:
    payload = BY_KIND[kind]
    wrong = [ABSENT] if kind == "command" else [ABSENT, 7, [], True]
    assert [each for each in wrong if way_in(changed(payload, path, each), payload)] == []


def tries(payload: Json, path: str, *values: Any) -> list[tuple[Json, str, Any]]:
    return [(payload, path, each) for each in values]


STATE = "view.state.values"
REFUSED: list[tuple[Json, str, Any]] = [
    *tries(COMMAND, "team_id", "t1", "E1", "T", "T1 ", "T" + "1" * 32, "TÉ1"),
    *tries(COMMAND, "user_id", "u1", "T1", "U", "U1\n", "U-1"),
    *tries(COMMAND, "channel_id", "", "X1", "c1"),
    *tries(COMMAND, "command", "", "/", "autotask"),
    (COMMAND, "enterprise_id", "T1"),
    (COMMAND, "response_url", "javascript:1"),
    *[(COMMAND, name, "x") for name in ("type", "event", "authorizations", "user", "team", "view")],
    *tries(EVENT, "event.user", "u1", 7, {}, {"id": "x"}),
    *tries(EVENT, "event.channel", "x", 7, {}, {"id": "x"}),
    *tries(EVENT, "event.team", "x", {}, {"id": "x"}),
    *tries(EVENT, "event.enterprise", "T1", {}, {"id": "T1"}),
    *[(EVENT, f"event.{name}", 7) for name in ("channel_type", "tab", "type")],
    *[
        (EVENT, f"event.{name}", "x")
        for name in ("item", "message", "previous_message", "assistant_thread", "function_data")
    ],
    *[(EVENT, f"event.{name}", "x") for name in ("view", "tokens")],
    (EVENT, "team_id", "x"),
    (EVENT, "enterprise_id", "T1"),
    (EVENT, "event_time", "1"),
    *tries(EVENT, "authorizations", "x", {}, [7], [{"team_id": "x"}]),
    (EVENT, "authorizations.0.enterprise_id", "T1"),
    (EVENT, "authorizations.0.user_id", "T1"),
    *[(each, "command", "/autotask") for each in (*EVENTS, PRESSED, SUBMITTED)],
    (PRESSED, "enterprise", {"id": "T1"}),
    *tries(PRESSED, "team", "T1", {}, {"id": "U1"}),
    (PRESSED, "team.enterprise_id", "T1"),
    (PRESSED, "user.team_id", "U1"),
    *[(PRESSED, name, 7) for name in ("trigger_id", "callback_id", "container", "message")],
    *tries(PRESSED, "response_url", 7, "x", "https:///", "ftp://x/", "http://a b/"),
    (PRESSED, "channel", {"id": "x"}),
    (PRESSED, "message", {"ts": 7}),
    (PRESSED, "message", {"thread_ts": 7}),
    *tries(PRESSED, "state", 7, {"values": 7}, {"values": {"b": 7}}),
    (PRESSED, "view", 7),
    *[(PRESSED, f"actions.0.{name}", 7) for name in ("value", "selected_user", "selected_channel")],
    *tries(PRESSED, "actions.0.selected_option", 7, {}, {"value": 7}),
    *[(SUBMITTED, f"view.{name}", 7) for name in ("callback_id", "private_metadata", "hash")],
    *[(SUBMITTED, f"view.{name}", "x") for name in ("team_id", "app_installed_team_id", "state")],
    *tries(SUBMITTED, "response_urls", 7, [7], [{}], [{"response_url": 7}]),
    (SUBMITTED, STATE, []),
    (SUBMITTED, f"{STATE}.secret", []),
    (SUBMITTED, f"{STATE}.secret.value", []),
    (SUBMITTED, f"{STATE}.secret.value.type", 7),
    (SUBMITTED, f"{STATE}.secret.value.value", ["x"]),
    (SUBMITTED, f"{STATE}.channel.value.selected_conversation", 7),
    (SUBMITTED, f"{STATE}.channel.value.selected_channel", 7),
    (SUBMITTED, f"{STATE}.people.value.selected_users", ["x"]),
    (SUBMITTED, f"{STATE}.at.value.selected_date_time", "1"),
    (SUBMITTED, f"{STATE}.one.value.selected_option", {}),
    (SUBMITTED, f"{STATE}.some.value.selected_options", [{}]),
    *tries(INTERACTIONS[-4], "actions", [], ["x"], {}),
]


@pytest.mark.parametrize(("payload", "path", "value"), REFUSED)
def test_a_shape_that_slack_does_not_send_is_refused(payload: Json, path: str, value: Any) -> None:
    assert way_in(changed(payload, path, value), payload) is None


@pytest.mark.parametrize(
    ("payload", "path", "value"),
    [
        (PRESSED, "team", None),
        (PRESSED, "team", {"id": "E1", "enterprise_id": "E1"}),
        (PRESSED, "enterprise", {"id": "E1"}),
        (PRESSED, "user", {"id": "W1"}),
        (PRESSED, "view", None),
        (PRESSED, "response_url", "https://hooks.slack.com/actions/T1/1/x?y=%20"),
        (PRESSED, "something_new", [{"of": "Slack's"}]),
        (EVENT, "event.user", {"id": "U1", "profile": {}}),
        (EVENT, "event.channel", {"id": "G1", "name": "x"}),
        (EVENT, "enterprise_id", "E1"),
        (EVENT, "team_id", None),
        (EVENT, "event.type", "a_new_one"),
        (COMMAND, "text", ""),
        (COMMAND, "channel_id", "D1"),
        (SUBMITTED, f"{STATE}.secret.value.value", None),
        (SUBMITTED, f"{STATE}.some.value.selected_options", []),
    ],
)
def test_what_slack_may_leave_out_or_add_is_let_in(payload: Json, path: str, value: Any) -> None:
    after = changed(payload, path, value)

    assert way_in(after, payload) == after


def test_slack_s_look_at_the_certificate_is_let_in() -> None:
    assert parse(b"ssl_check=1&token=x", FORM) == {"ssl_check": "1", "token": "x"}
    assert parse(b"token=x", FORM) is None


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_the_content_type_may_be_written_in_other_ways(content_type: str) -> None:
    assert parse(json.dumps(EVENT).encode(), content_type) == EVENT


def test_each_kind_comes_by_its_own_way() -> None:
    """Bolt would guess from the bytes, and might read something else than what was checked."""
    assert parse(json.dumps(PRESSED).encode(), JSON) is None
    assert parse(json.dumps(COMMAND).encode(), JSON) is None
    assert parse(json.dumps(EVENT).encode(), FORM) is None
    assert parse(urlencode({"payload": json.dumps(EVENT)}).encode(), FORM) is None
    assert parse(urlencode({"payload": json.dumps(COMMAND)}).encode(), FORM) is None


def test_a_field_that_comes_twice_is_refused() -> None:
    body = urlencode({"payload": json.dumps(PRESSED)})

    assert parse(body.encode(), FORM)
    assert parse(f"{body}&{body}".encode(), FORM) is None


def test_a_form_has_no_more_fields_than_it_may() -> None:
    def form(fields: int) -> bytes:
        more = {f"x{number}": "" for number in range(fields - len(COMMAND))}
        return urlencode({**COMMAND, **more}).encode()

    assert parse(form(MOST_FIELDS), FORM)
    assert parse(form(MOST_FIELDS + 1), FORM) is None


@pytest.mark.parametrize("text", ["", "[]", "1", "null", '"x"', "{", "[" * 50_000, '{"type": []}'])
def test_what_is_no_object_of_a_known_kind_is_refused(text: str) -> None:
    assert parse(text.encode(), JSON) is None
    assert parse(urlencode({"payload": text}).encode(), FORM) is None


def test_bytes_that_are_no_text_are_refused() -> None:
    assert parse(b"\xff\xfe", FORM) is None
    assert parse(b"\xff\xfe", JSON) is None
