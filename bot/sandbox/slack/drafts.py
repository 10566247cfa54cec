"""From what an app sent to a message's content, or to a refusal that says what is wrong."""

import json
from typing import Any

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.blocks import inspect_blocks
from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.elements import MESSAGE
from bot.sandbox.slack.identifiers import Identifiers
from bot.sandbox.slack.layout import completed
from bot.sandbox.slack.messages import Draft
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.shapes import Inspection, string

MOST_BLOCKS = 50
MOST_ATTACHMENTS = 100
LONGEST_TEXT = 40_000
"""Longer text is cut, not refused (docs.slack.dev, chat.postMessage)."""
LARGEST_METADATA = 8_000
"""Characters of JSON. Slack says only that there is a limit; nothing of ours comes near."""


def read_draft(arguments: Arguments, ids: Identifiers) -> Draft:
    """Raises Refused: invalid_blocks, invalid_blocks_format, invalid_attachments,
    too_many_attachments, invalid_metadata_format, metadata_too_large.
    """
    return Draft(
        text=arguments.text("text")[:LONGEST_TEXT],
        blocks=_blocks(arguments, ids),
        attachments=_attachments(arguments, ids),
        metadata=_metadata(arguments),
        broadcast=arguments.flag("reply_broadcast"),
    )


def require_content(draft: Draft) -> None:
    """Raises Refused(no_text)."""
    if not (draft.text or draft.blocks or draft.attachments):
        raise Refused("no_text")


def warnings(draft: Draft) -> Json:
    """Part of the answer: a message whose text is empty says nothing to a screen reader."""
    if draft.text:
        return {}
    return {"warning": "missing_text", "response_metadata": {"warnings": ["missing_text"]}}


def _blocks(arguments: Arguments, ids: Identifiers) -> list[Json]:
    try:
        blocks = arguments.document("blocks")
    except ValueError:
        raise Refused("invalid_blocks_format") from None
    if blocks is None:
        return []
    _require_good(blocks, "/blocks", "invalid_blocks")
    return completed(blocks, ids)


def _attachments(arguments: Arguments, ids: Identifiers) -> list[Json]:
    try:
        attachments = arguments.document("attachments") or []
    except ValueError:
        raise Refused("invalid_attachments") from None
    if not isinstance(attachments, list) or not all(isinstance(each, dict) for each in attachments):
        raise Refused("invalid_attachments", messages=["must be an array of objects"])
    if len(attachments) > MOST_ATTACHMENTS:
        raise Refused("too_many_attachments")
    return [_attachment(index, attachment, ids) for index, attachment in enumerate(attachments)]


def _attachment(index: int, attachment: Json, ids: Identifiers) -> Json:
    blocks = attachment.get("blocks") or []
    place = f"/attachments/{index}"
    if not blocks and not any(attachment.get(name) for name in ("text", "fallback", "title")):
        what = f"must define blocks, text, title or fallback [json-pointer:{place}]"
        raise Refused("invalid_attachments", messages=[what])
    _require_good(blocks, f"{place}/blocks", "invalid_attachments")
    numbered = {"id": index + 1, **attachment}
    return {**numbered, "blocks": completed(blocks, ids)} if blocks else numbered


def _require_good(blocks: Any, place: str, error: str) -> None:
    seen = Inspection(MESSAGE)
    inspect_blocks(seen, place, blocks, most=MOST_BLOCKS)
    if seen.complaints:
        raise Refused(error, messages=seen.complaints)


def _metadata(arguments: Arguments) -> Json | None:
    """`event_type` and `event_payload`; an empty object is none (docs.slack.dev, metadata)."""
    try:
        metadata = arguments.document("metadata")
    except ValueError:
        raise Refused("invalid_metadata_format") from None
    if not metadata:
        return None
    if not _is_event(metadata):
        raise Refused("invalid_metadata_format")
    if len(json.dumps(metadata)) > LARGEST_METADATA:
        raise Refused("metadata_too_large")
    return dict(metadata)


def _is_event(metadata: Any) -> bool:
    if not isinstance(metadata, dict) or set(metadata) - {"event_type", "event_payload"}:
        return False
    seen = Inspection(MESSAGE)
    string(255, shortest=1)(seen, "/event_type", metadata.get("event_type"))
    return not seen.complaints and isinstance(metadata.get("event_payload"), dict)
