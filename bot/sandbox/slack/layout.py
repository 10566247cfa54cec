"""Where the interactive elements stand in a list of blocks."""

import copy
from collections.abc import Iterator
from typing import NamedTuple

from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.identifiers import Identifiers

PASSIVE = frozenset({"image"})
"""What stands where elements stand, yet does nothing."""


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
        if block["type"] == "container":
            yield from all_blocks(block["child_blocks"])
        elif block["type"] == "carousel":
            yield from all_blocks(block["elements"])


def elements_in(block: Json) -> list[Json]:
    """The interactive elements of one block."""
    match block["type"]:
        case "actions" | "context_actions":
            found = block["elements"]
        case "card":
            found = block.get("actions") or []
        case "input":
            found = [block["element"]]
        case "section":
            found = [block["accessory"]] if block.get("accessory") else []
        case _:
            found = []
    return [each for each in found if each["type"] not in PASSIVE]


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
