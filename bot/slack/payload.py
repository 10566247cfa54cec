"""The shape of what Slack sends, kind by kind (docs.slack.dev: slash commands, interaction
payloads, the Events API). What has another shape is not for the stories, nor for Bolt, which looks
into a payload before it knows what it is.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

Json = dict[str, Any]
Check = Callable[[object], bool]

MOST_FIELDS = 100
"""Of a form; a slash command has about fifteen."""


def parse(body: bytes, content_type: str) -> Json | None:
    """The payload: an object of a kind that Slack sends this way, with the fields that its kind
    needs, each of its type; None for anything else."""
    try:
        payload, kind, kinds = _unpack(body.decode(), content_type)
        return payload if isinstance(payload, dict) and kinds[kind](payload) else None
    except (ValueError, LookupError, TypeError, RecursionError):
        return None


def _unpack(text: str, content_type: str) -> tuple[Any, str, Mapping[str, Check]]:
    """The payload, its kind, and which kinds come this way: events as JSON, what people do to a
    message or a view as JSON in a form's one field, a command as a form."""
    if content_type.partition(";")[0].strip().lower() == "application/json":
        payload = json.loads(text)
        return payload, payload["type"], _EVENTS
    pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    form = dict(pairs)
    if len(form) < len(pairs):
        raise ValueError
    if "payload" in form:
        payload = json.loads(form["payload"])
        return payload, payload["type"], _INTERACTIONS
    return form, "command" if "command" in form else "ssl_check", _FORMS


def _fields(needed: Mapping[str, Check], allowed: Mapping[str, Check] | None = None) -> Check:
    """An object with these; others may be missing, or null, and the rest is nobody's business."""

    def check(value: object) -> bool:
        return (
            isinstance(value, dict)
            and all(name in value and right(value[name]) for name, right in needed.items())
            and all(
                right(value[name])
                for name, right in (allowed or {}).items()
                if value.get(name) is not None
            )
        )

    return check


def _like(pattern: str) -> Check:
    compiled = re.compile(pattern, re.ASCII | re.DOTALL)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


def _either(*checks: Check) -> Check:
    return lambda value: any(check(value) for check in checks)


def _list(check: Check, *, least: int = 0) -> Check:
    return lambda value: (
        isinstance(value, list) and len(value) >= least and all(check(each) for each in value)
    )


def _map(check: Check) -> Check:
    return lambda value: isinstance(value, dict) and all(check(each) for each in value.values())


def _whole(value: object) -> bool:
    return isinstance(value, int)


def _null(value: object) -> bool:
    return value is None


_TEXT = _like(".*")
_URL = _like(r"https?://[a-zA-Z0-9.-]+(:[0-9]{1,5})?/[!-~]*")
_TEAM = _like("T[A-Z0-9]{1,31}")
_GRID = _like("E[A-Z0-9]{1,31}")
_USER = _like("[UW][A-Z0-9]{1,31}")
_CHANNEL = _like("[CDG][A-Z0-9]{1,31}")
_TENANT = _either(_TEAM, _GRID)
_ANY_OBJECT = _fields({})

_OPTION = _fields({"value": _TEXT})
_CHOSEN: Mapping[str, Check] = {
    "type": _TEXT,
    "value": _TEXT,
    "selected_conversation": _TEXT,
    "selected_channel": _TEXT,
    "selected_user": _TEXT,
    "selected_users": _list(_USER),
    "selected_date_time": _whole,
    "selected_option": _OPTION,
    "selected_options": _list(_OPTION),
}
_STATE = _fields({}, {"values": _map(_map(_fields({}, _CHOSEN)))})
_VIEW = _fields(
    {"id": _TEXT, "type": _TEXT},
    {
        "callback_id": _TEXT,
        "private_metadata": _TEXT,
        "hash": _TEXT,
        "state": _STATE,
        "team_id": _TENANT,
        "app_installed_team_id": _TENANT,
    },
)
_PERSON = _fields({"id": _USER}, {"team_id": _TENANT})
_PLACE = _fields({"id": _CHANNEL})
_ORGANISATION = _fields({"id": _GRID})
_MESSAGE = _fields({}, {"ts": _TEXT, "thread_ts": _TEXT})

_ACTOR: Mapping[str, Check] = {
    "user": _PERSON,
    # An app that is installed for a whole organisation hears of no one workspace.
    "team": _either(_null, _fields({"id": _TENANT}, {"enterprise_id": _GRID})),
}
_AROUND: Mapping[str, Check] = {
    "enterprise": _ORGANISATION,
    "trigger_id": _TEXT,
    "response_url": _URL,
    "response_urls": _list(_fields({"response_url": _URL})),
    "channel": _PLACE,
    "container": _ANY_OBJECT,
    "message": _MESSAGE,
    "state": _STATE,
    "view": _VIEW,
    "callback_id": _TEXT,
    "command": _null,
}
_FOREIGN = ("type", "event", "authorizations", *_ACTOR, *_AROUND)


def _interaction(**needed: Check) -> Check:
    return _fields({**_ACTOR, **needed}, _AROUND)


_EVENT = _fields(
    {"type": _TEXT},
    {
        "user": _either(_USER, _PERSON),
        "channel": _either(_CHANNEL, _PLACE),
        "channel_type": _TEXT,
        "tab": _TEXT,
        "team": _either(_TENANT, _fields({"id": _TENANT})),
        "enterprise": _either(_GRID, _ORGANISATION),
        "item": _ANY_OBJECT,
        "message": _MESSAGE,
        "previous_message": _MESSAGE,
        "assistant_thread": _ANY_OBJECT,
        "function_data": _ANY_OBJECT,
        "view": _ANY_OBJECT,
        "tokens": _ANY_OBJECT,
    },
)
_AUTHORIZATION = _fields({}, {"team_id": _TENANT, "enterprise_id": _GRID, "user_id": _USER})

_FORMS: Mapping[str, Check] = {
    "command": _fields(
        {"command": _like("/.+"), "team_id": _TEAM, "user_id": _USER},
        dict.fromkeys(_FOREIGN, _null)
        | {
            "command": _TEXT,
            "text": _TEXT,
            "channel_id": _CHANNEL,
            "enterprise_id": _GRID,
            "trigger_id": _TEXT,
            "response_url": _URL,
        },
    ),
    "ssl_check": _fields({"ssl_check": _TEXT}, dict.fromkeys(_FOREIGN, _null)),
}
"""What other kinds are known by is not among these: Bolt would take them for those."""
_EVENTS: Mapping[str, Check] = {
    "url_verification": _fields({"challenge": _TEXT}, {"command": _null}),
    "app_rate_limited": _fields({"team_id": _TENANT}, {"command": _null}),
    "event_callback": _fields(
        {"event": _EVENT, "event_id": _TEXT},
        {
            "team_id": _TENANT,
            "enterprise_id": _GRID,
            "event_time": _whole,
            "authorizations": _list(_AUTHORIZATION),
            "command": _null,
        },
    ),
}
_INTERACTIONS: Mapping[str, Check] = {
    "block_actions": _interaction(
        actions=_list(_fields({"action_id": _TEXT, "type": _TEXT}, _CHOSEN), least=1)
    ),
    "view_submission": _interaction(view=_VIEW),
    "view_closed": _interaction(view=_VIEW),
    "block_suggestion": _interaction(action_id=_TEXT, block_id=_TEXT, value=_TEXT),
    "shortcut": _interaction(callback_id=_TEXT),
    "message_action": _interaction(callback_id=_TEXT, channel=_PLACE, message=_MESSAGE),
    "interactive_message": _interaction(callback_id=_TEXT, actions=_list(_ANY_OBJECT, least=1)),
    "dialog_submission": _interaction(callback_id=_TEXT, submission=_ANY_OBJECT),
    "dialog_suggestion": _interaction(callback_id=_TEXT, name=_TEXT, value=_TEXT),
    "dialog_cancellation": _interaction(callback_id=_TEXT),
}
"""Those that no story waits for are acknowledged, and noted."""
