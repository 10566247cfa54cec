"""One request from Slack, parsed: who asks, from where, about what."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.views import NOTE, unnumbered

_PLAIN_VALUES = (
    "value",
    "selected_conversation",
    "selected_channel",
    "selected_user",
    "selected_users",
    "selected_date_time",
)


class Kind(StrEnum):
    """The kinds of payload that people cause."""

    COMMAND = "command"
    ACTION = "action"
    SUBMISSION = "submission"
    SHORTCUT = "shortcut"
    SUGGESTION = "suggestion"
    """Somebody types into a menu that is searched."""
    HOME = "home"
    """Somebody has opened the Home tab."""


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """`workspace_id` comes from the verified installation, never from the payload."""

    kind: Kind
    workspace_id: str
    user_id: str
    client: AsyncWebClient
    key: str
    """The command's text, the action's id, or the view's callback id."""
    channel_id: str = ""
    trigger_id: str = ""
    response_url: str = ""
    value: str = ""
    """What a button or a choice stands for: an opaque id, and the choice behind a colon; what was
    typed into a menu."""
    view: Mapping[str, Any] | None = None

    @property
    def at_home(self) -> bool:
        """Whether it was pressed on the Home tab."""
        return (self.view or {}).get("type") == "home"

    @property
    def in_note(self) -> bool:
        """Whether it was pressed in a modal that only says something."""
        return self.kind is Kind.ACTION and (self.view or {}).get("callback_id") == NOTE

    @property
    def metadata(self) -> dict[str, Any]:
        """What the view carries along. It passes through the client: ids only, checked again."""
        text = (self.view or {}).get("private_metadata") or "{}"
        found = json.loads(text)
        return found if isinstance(found, dict) else {}

    def typed(self) -> dict[str, Any]:
        """The form's values by field name, whichever kind of input holds them."""
        values = ((self.view or {}).get("state") or {}).get("values") or {}
        return {name: _value(next(iter(block.values()), {})) for name, block in values.items()}


def command(body: Mapping[str, Any], workspace_id: str, client: AsyncWebClient) -> Request:
    """From a slash command's form fields."""
    return Request(
        Kind.COMMAND,
        workspace_id,
        user_id=str(body.get("user_id", "")),
        client=client,
        key=str(body.get("text") or ""),
        channel_id=str(body.get("channel_id", "")),
        trigger_id=str(body.get("trigger_id", "")),
        response_url=str(body.get("response_url", "")),
    )


def action(body: Mapping[str, Any], workspace_id: str, client: AsyncWebClient) -> Request:
    """From a block_actions payload: the first action; Slack sends one. An entry of an overflow menu
    stands for an action of its own: its value is that action's id, a colon, and its value."""
    pressed = (body.get("actions") or [{}])[0]
    user = body.get("user") or {}
    key = unnumbered(str(pressed.get("action_id", "")))
    value = str(pressed.get("value") or (pressed.get("selected_option") or {}).get("value", ""))
    if pressed.get("type") == "overflow":
        key, _, value = value.partition(":")
    return Request(
        Kind.ACTION,
        workspace_id,
        user_id=str(user.get("id", "")),
        client=client,
        key=key,
        channel_id=str((body.get("channel") or {}).get("id", "")),
        trigger_id=str(body.get("trigger_id", "")),
        response_url=str(body.get("response_url", "")),
        value=value,
        view=body.get("view"),
    )


def shortcut(body: Mapping[str, Any], workspace_id: str, client: AsyncWebClient) -> Request:
    """From a shortcut's payload, which names no channel and takes no answer."""
    user = body.get("user") or {}
    return Request(
        Kind.SHORTCUT,
        workspace_id,
        user_id=str(user.get("id", "")),
        client=client,
        key=str(body.get("callback_id", "")),
        trigger_id=str(body.get("trigger_id", "")),
    )


def suggestion(body: Mapping[str, Any], workspace_id: str, client: AsyncWebClient) -> Request:
    """From a block_suggestion payload."""
    user = body.get("user") or {}
    return Request(
        Kind.SUGGESTION,
        workspace_id,
        user_id=str(user.get("id", "")),
        client=client,
        key=str(body.get("action_id", "")),
        value=str(body.get("value") or ""),
        view=body.get("view"),
    )


def submission(body: Mapping[str, Any], workspace_id: str, client: AsyncWebClient) -> Request:
    """From a view_submission payload, or a view_closed one."""
    user, view = body.get("user") or {}, body.get("view") or {}
    return Request(
        Kind.SUBMISSION,
        workspace_id,
        user_id=str(user.get("id", "")),
        client=client,
        key=str(view.get("callback_id", "")),
        trigger_id=str(body.get("trigger_id", "")),
        view=view,
    )


def _value(state: Mapping[str, Any]) -> Any:
    """An input's value by its kind: text, conversation, people, a moment (seconds since 1970), one
    choice, several choices."""
    for name in _PLAIN_VALUES:
        if name in state:
            return state[name]
    if "selected_options" in state:
        return [option["value"] for option in state["selected_options"] or []]
    option = state.get("selected_option")
    return option["value"] if option else None
