"""Pieces that several views share."""

import re

from slack_sdk.models.blocks import (
    Block,
    ConversationFilter,
    ConversationSelectElement,
    InputBlock,
    InputInteractiveElement,
    SectionBlock,
)
from slack_sdk.models.views import View

from bot.slack.text import portions

VALUE = "value"
_NUMBER = re.compile(r"\.\d+\Z", re.ASCII)
NOTE = "note"
"""The callback_id of a modal that only says something: the next answer may take its place."""


def numbered(action_id: str, number: int) -> str:
    """The id of an element that is another one in each round; the first is 0."""
    return f"{action_id}.{number}" if number else action_id


def unnumbered(action_id: str) -> str:
    """Which action it is, in whichever round."""
    return _NUMBER.sub("", action_id)


def note_view(title: str, text: str, *more: Block) -> View:
    """A modal that only says something, however long."""
    blocks = [*(SectionBlock(text=each) for each in portions(text)), *more]
    return View(type="modal", callback_id=NOTE, title=title, close="Close", blocks=blocks)


def form_input(
    name: str,
    label: str,
    element: InputInteractiveElement,
    *,
    hint: str | None = None,
    optional: bool = False,
) -> InputBlock:
    """A form field: its block_id is the field's name, which errors and values go by."""
    element.action_id = element.action_id or VALUE
    return InputBlock(block_id=name, label=label, element=element, hint=hint, optional=optional)


def channel_picker(current: str | None, *, start_here: bool = False) -> ConversationSelectElement:
    """Slack's own picker: it lists what the person sees, private channels too, and asks no scope.

    Shared channels are left out: other organisations would read along. Where there is no current
    one, it starts empty, or with the channel that the person looks at.
    """
    return ConversationSelectElement(
        initial_conversation=current,
        default_to_current_conversation=(start_here and current is None) or None,
        filter=ConversationFilter(
            include=["public", "private"],
            exclude_bot_users=True,
            exclude_external_shared_channels=True,
        ),
    )
