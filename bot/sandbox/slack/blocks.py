"""The rules for blocks: what they hold, and on which surfaces they are legal.

Surfaces: docs.slack.dev/blocks.json as kept in TightknitAI/slack-block-kit-validator; where a
surface is listed but reported not to render, this strict world refuses. Limits: the blocks' own
pages, and the validators of slack_sdk 3.47.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.elements import EVERYWHERE, HOME, MESSAGE, MODAL, element
from bot.sandbox.slack.layout import all_blocks, elements_in
from bot.sandbox.slack.shapes import (
    MRKDWN,
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
    variant,
)

MOST_MARKDOWN = 12_000
"""Characters in all markdown blocks of one payload."""


class Rule(NamedTuple):
    shape: Check
    surfaces: frozenset[str] = EVERYWHERE


def _block(required: str = "", **properties: Check) -> Shape:
    ids: dict[str, Check] = {"type": anything, "block_id": string(255, shortest=1)}
    return Shape({**ids, **properties}, tuple(required.split()))


def _either(shape: Shape, *names: str) -> Check:
    """The shape, with at least one of these properties."""

    def check(seen: Inspection, place: str, value: Any) -> None:
        shape(seen, place, value)
        if isinstance(value, dict) and not any(value.get(name) for name in names):
            seen.complain(place, f"must define either {' or '.join(names)}")

    return check


def _nested(*kinds: str) -> Check:
    """A block inside a block; the table is complete by the time this is asked."""

    def check(seen: Inspection, place: str, value: Any) -> None:
        allowed = kinds or tuple(kind for kind in BLOCKS if kind != "container")
        variant({kind: BLOCKS[kind].shape for kind in allowed})(seen, place, value)

    return check


_IMAGE_SOURCE = {"image_url": string(3000), "slack_file": anything}
_CONTEXT_ITEM = variant(
    {
        PLAIN: text(3000, PLAIN),
        MRKDWN: text(3000, MRKDWN),
        "image": element("context"),
    }
)
_CELL = variant(dict.fromkeys(("raw_text", "raw_number", "rich_text", MRKDWN), anything))
_RICH = variant(
    dict.fromkeys(
        (
            "rich_text_section",
            "rich_text_list",
            "rich_text_preformatted",
            "rich_text_quote",
        ),
        anything,
    )
)
_ONLY_MESSAGE = frozenset({MESSAGE})

BLOCKS = {
    "section": Rule(
        _either(
            _block(
                text=text(3000),
                fields=items(text(2000), 10),
                accessory=element("section"),
                expand=flag,
            ),
            "text",
            "fields",
        )
    ),
    "header": Rule(_block("text", text=text(150, PLAIN))),
    "divider": Rule(_block()),
    "image": Rule(
        _either(
            _block(
                "alt_text",
                alt_text=string(2000, shortest=1),
                title=text(2000, PLAIN),
                **_IMAGE_SOURCE,
            ),
            *_IMAGE_SOURCE,
        )
    ),
    "context": Rule(_block("elements", elements=items(_CONTEXT_ITEM, 10))),
    "actions": Rule(_block("elements", elements=items(element("actions"), 25))),
    "input": Rule(
        _block(
            "label element",
            label=text(2000, PLAIN),
            element=element("input"),
            hint=text(2000, PLAIN),
            optional=flag,
            dispatch_action=flag,
        )
    ),
    "rich_text": Rule(_block("elements", elements=items(_RICH, 100))),
    "video": Rule(
        _block(
            "alt_text title thumbnail_url video_url",
            alt_text=string(2000, shortest=1),
            title=text(200, PLAIN),
            title_url=string(3000),
            thumbnail_url=string(3000),
            video_url=string(3000),
            description=text(200, PLAIN),
            provider_icon_url=string(3000),
            provider_name=string(50),
            author_name=string(50),
        )
    ),
    "alert": Rule(
        _block(
            "text",
            text=text(3000),
            level=one_of("default", "info", "warning", "error", "success"),
        ),
        frozenset({MODAL}),
    ),
    "card": Rule(
        _block(
            title=text(150),
            subtitle=text(150),
            body=text(200),
            hero_image=anything,
            icon=anything,
            actions=items(element("card"), 5),
        ),
        frozenset({MESSAGE, HOME}),
    ),
    "carousel": Rule(
        _block("elements", elements=items(_nested("card"), 10)), frozenset({MESSAGE, HOME})
    ),
    "container": Rule(
        _block(
            "child_blocks",
            title=text(150, PLAIN),
            rich_text_title=anything,
            subtitle=text(150, PLAIN),
            child_blocks=items(_nested(), 10),
            width=one_of("narrow", "standard", "wide", "full"),
            icon=anything,
            is_collapsible=flag,
            default_collapsed=flag,
            has_header_divider=flag,
        ),
        _ONLY_MESSAGE,
    ),
    "markdown": Rule(_block("text", text=string(MOST_MARKDOWN, shortest=1)), _ONLY_MESSAGE),
    "table": Rule(
        _block("rows", rows=items(items(_CELL, 20), 100), column_settings=items(anything, 20)),
        _ONLY_MESSAGE,
    ),
    "context_actions": Rule(
        _block("elements", elements=items(element("context_actions"), 5)), _ONLY_MESSAGE
    ),
    "data_table": Rule(anything, _ONLY_MESSAGE),
    "data_visualization": Rule(anything, _ONLY_MESSAGE),
    "plan": Rule(anything, _ONLY_MESSAGE),
    "task_card": Rule(anything, _ONLY_MESSAGE),
}
MOST_OF_A_KIND = {"table": 1, "data_visualization": 2}
"""In one message."""


def inspect_blocks(seen: Inspection, place: str, blocks: Any, *, most: int) -> None:
    """Complain about everything that Slack would refuse in this list of blocks."""
    items(_top_level, most, least=0)(seen, place, blocks)
    if not seen.complaints:  # only a list of well-formed blocks can be looked at as a whole
        _inspect_ids(seen, place, blocks)
        _inspect_amounts(seen, place, blocks)


def _top_level(seen: Inspection, place: str, value: Any) -> None:
    if not isinstance(value, dict):
        seen.complain(place, "must provide an object")
        return
    kind = str(value.get("type"))
    rule = BLOCKS.get(kind)
    if rule is None:
        seen.complain(f"{place}/type", f"unsupported type: {kind}")
    elif seen.surface not in rule.surfaces:
        seen.complain(f"{place}/type", f"{kind} is not supported in a {seen.surface}")
    else:
        rule.shape(seen, place, value)


def _inspect_ids(seen: Inspection, place: str, blocks: list[Json]) -> None:
    known = list(all_blocks(blocks))
    for again in _repeated(block.get("block_id") for block in known):
        seen.complain(place, f"block_id {again} already exists")
    for block in known:
        for again in _repeated(each.get("action_id") for each in elements_in(block)):
            seen.complain(place, f"action_id {again} already exists in its block")


def _inspect_amounts(seen: Inspection, place: str, blocks: list[Json]) -> None:
    elements = [each for block in all_blocks(blocks) for each in elements_in(block)]
    if sum(bool(each.get("focus_on_load")) for each in elements) > 1:
        seen.complain(place, "only one element can have focus_on_load")
    for kind, most in MOST_OF_A_KIND.items():
        if sum(block["type"] == kind for block in blocks) > most:
            seen.complain(place, f"no more than {most} {kind} blocks allowed")
    if sum(len(each["text"]) for each in blocks if each["type"] == "markdown") > MOST_MARKDOWN:
        seen.complain(place, f"markdown must be less than {MOST_MARKDOWN + 1} characters in all")


def _repeated(names: Iterable[str | None]) -> list[str]:
    return [name for name, times in Counter(names).items() if name and times > 1]
