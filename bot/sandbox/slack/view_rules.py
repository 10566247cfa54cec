"""The rules for views as a whole (docs.slack.dev, modals and the view object)."""

import json
from typing import Any

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.blocks import inspect_blocks
from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.elements import HOME, MODAL
from bot.sandbox.slack.layout import all_blocks
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.shapes import PLAIN, Inspection, Shape, anything, flag, string, text

MOST_BLOCKS = 100
LARGEST = 250_000
"""Bytes of JSON."""

_ANY_VIEW = Shape(
    {
        "type": anything,
        "blocks": anything,
        "private_metadata": string(3000),
        "callback_id": string(255),
        "external_id": string(255),
    },
    ("type", "blocks"),
)
_MODAL = _ANY_VIEW.also(
    title=text(24, PLAIN),
    submit=text(24, PLAIN),
    close=text(24, PLAIN),
    clear_on_close=flag,
    notify_on_close=flag,
    submit_disabled=flag,
)
_SHAPES = {MODAL: _MODAL.requiring("title"), HOME: _ANY_VIEW}


def read_view(arguments: Arguments, kind: str) -> Json:
    """The argument `view`. Raises Refused(invalid_arguments, view_too_large)."""
    try:
        view = arguments.document("view")
    except ValueError:
        view = None
    return checked_view(view, kind)


def checked_view(view: Any, kind: str) -> Json:
    """The view as it is, where nothing is wrong with it. Raises Refused like `read_view`."""
    if not isinstance(view, dict):
        raise Refused("invalid_arguments", messages=["must provide an object [json-pointer:/view]"])
    if len(json.dumps(view).encode()) > LARGEST:
        raise Refused("view_too_large")
    seen = Inspection(kind)
    _inspect(seen, view)
    if seen.complaints:
        raise Refused("invalid_arguments", messages=seen.complaints)
    return view


def _inspect(seen: Inspection, view: Json) -> None:
    if view.get("type") != seen.surface:
        seen.complain("/view/type", f"must be {seen.surface}")
        return
    _SHAPES[seen.surface](seen, "/view", view)
    inspect_blocks(seen, "/view/blocks", view.get("blocks", []), most=MOST_BLOCKS)
    has_inputs = not seen.complaints and any(
        block["type"] == "input" for block in all_blocks(view["blocks"])
    )
    if has_inputs and seen.surface == MODAL and not view.get("submit"):
        seen.complain("/view", "missing required field: submit")
