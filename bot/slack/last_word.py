"""What is answered where a listener failed, or where nobody listens."""

import logging
from typing import Any

from slack_bolt.error import BoltUnhandledRequestError

from bot.slack.desk import Answer, Desk
from bot.slack.excuse import excuse
from bot.slack.request import Kind, Request
from bot.slack.views import note_view

log = logging.getLogger(__name__)


def last_word(desk: Desk, body: dict[str, Any], error: Exception) -> dict[str, Any]:
    """Whatever slipped through is told with a reference, and logged: in the shape that this kind of
    payload is answered in; to who pressed a button, aside."""
    if isinstance(error, BoltUnhandledRequestError):
        log.warning("nobody_listens", extra={"kind": str(body.get("type"))})
        return {}
    text = excuse(error)
    if body.get("type") == "view_submission":
        view = note_view("Not done", text)
        return {"response_action": "update", "view": view.to_dict()}
    if body.get("type") == "block_actions":
        user, where = body.get("user") or {}, str(body.get("response_url") or "")
        pressed = Request(
            Kind.ACTION, "", str(user.get("id")), desk.homes.client, key="", response_url=where
        )
        desk.later(desk.answer(pressed, Answer(text)))
    return Answer(text).body() if "command" in body else {}
