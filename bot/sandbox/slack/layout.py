"""Where the interactive elements stand in a list of blocks."""

import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

from bot.sandbox.slack.identifiers import Identifiers

Json = dict[str, Any]

PASSIVE = frozenset({"image", "mrkdwn", "plain_text"})
"""What stands among elements, yet does nothing."""


class Placed(NamedTuple):
    """An element, and the block that it stands in."""

    block: Json
    element: Json

    @property
    def is_input(self) -> bool:
        return bool(self.block["type"] == "input")

    @property
    def key(self) -> tuple[str, str]:
        return self.block["block_id"], self.element["action_id"]


def all_blocks(blocks: list[Json]) -> Iterator[Json]:
    """Every block, those inside containers and carousels too."""
    for block in blocks:
        yield block
        yield from all_blocks(block.get("child_blocks") or [])
        if block.get("type") == "carousel":
            yield from all_blocks(block.get("elements") or [])


def elements_in(block: Json) -> list[Json]:
    """The interactive elements of one block: as input, as accessory, in a row, or as actions."""
    row = block.get("elements") if block.get("type") in ("actions", "context_actions") else None
    lone = [block.get("element"), block.get("accessory")]
    found = [*lone, *(row or ()), *(block.get("actions") or ())]
    return [each for each in found if each and each.get("type") not in PASSIVE]


def placed(blocks: list[Json]) -> list[Placed]:
    """Every interactive element with its block, in reading order."""
    return [Placed(block, each) for block in all_blocks(blocks) for each in elements_in(block)]


def completed(blocks: list[Json], ids: Identifiers) -> list[Json]:
    """A copy in which every block and every element has its id, drawn where none was given."""
    copied = copy.deepcopy(blocks)
    for block in all_blocks(copied):
        block["block_id"] = block.get("block_id") or ids.word()
        for element in elements_in(block):
            element["action_id"] = element.get("action_id") or ids.word()
    return copied
