"""The vocabulary in which the rules for blocks are written.

Complaints have Slack's wording and JSON pointers, as seen in answers quoted in yonicd/slackreprex
#3, adobe/spacecat-api-service #194 and grafana/oncall pull request 702.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Inspection:
    """One payload under inspection, for one surface: message, modal or home."""

    surface: str
    complaints: list[str] = field(default_factory=list)

    def complain(self, place: str, what: str) -> None:
        self.complaints.append(f"{what} [json-pointer:{place}]")


Check = Callable[[Inspection, str, Any], None]
PLAIN, MRKDWN = "plain_text", "mrkdwn"


@dataclass(frozen=True)
class Shape:
    """An object with known properties and nothing else. Null counts as left out."""

    properties: Mapping[str, Check]
    required: tuple[str, ...] = ()

    def __call__(self, seen: Inspection, place: str, value: Any) -> None:
        if not isinstance(value, dict):
            seen.complain(place, "must provide an object")
            return
        for name in self.required:
            if value.get(name) is None:
                seen.complain(place, f"missing required field: {name}")
        for name, inner in value.items():
            if name not in self.properties:
                seen.complain(place, f"invalid additional property: {name}")
            elif inner is not None:
                self.properties[name](seen, f"{place}/{name}", inner)

    def also(self, **properties: Check) -> "Shape":
        """The same with more properties."""
        return Shape({**self.properties, **properties}, self.required)

    def requiring(self, *names: str) -> "Shape":
        """The same where these may not be left out."""
        return Shape(self.properties, (*self.required, *names))


def string(longest: int, *, shortest: int = 0) -> Check:
    def check(seen: Inspection, place: str, value: Any) -> None:
        if not isinstance(value, str):
            seen.complain(place, "must be a string")
        elif len(value) > longest:
            seen.complain(place, f"must be less than {longest + 1} characters")
        elif len(value) < shortest:
            seen.complain(place, f"must be more than {shortest - 1} characters")

    return check


def flag(seen: Inspection, place: str, value: Any) -> None:
    if not isinstance(value, bool):
        seen.complain(place, "must be a boolean")


def whole(least: int, most: int) -> Check:
    def check(seen: Inspection, place: str, value: Any) -> None:
        if not isinstance(value, int) or not least <= value <= most:
            seen.complain(place, f"must be a whole number from {least} to {most}")

    return check


def one_of(*values: str) -> Check:
    def check(seen: Inspection, place: str, value: Any) -> None:
        if value not in values:
            seen.complain(place, "must be a valid enum value")

    return check


def items(each: Check, most: int, *, least: int = 1) -> Check:
    def check(seen: Inspection, place: str, value: Any) -> None:
        if not isinstance(value, list):
            seen.complain(place, "must be an array")
            return
        if len(value) > most:
            seen.complain(place, f"no more than {most} items allowed")
        if len(value) < least:
            seen.complain(place, f"no fewer than {least} items allowed")
        for index, item in enumerate(value):
            each(seen, f"{place}/{index}", item)

    return check


def anything(seen: Inspection, place: str, value: Any) -> None:
    """Where the rules are not known well enough to refuse."""


def text(longest: int, *kinds: str) -> Check:
    """A text object of one of these kinds; both by default. Never empty."""
    words = Shape({"type": anything, "text": string(longest, shortest=1)}, ("text",))
    known = {PLAIN: words.also(emoji=flag), MRKDWN: words.also(verbatim=flag)}
    return variant({kind: known[kind] for kind in kinds or known})


def variant(shapes: Mapping[str, Check]) -> Check:
    """An object whose `type` says which shape it has."""

    def check(seen: Inspection, place: str, value: Any) -> None:
        if not isinstance(value, dict):
            seen.complain(place, "must provide an object")
            return
        shape = shapes.get(str(value.get("type")))
        if shape is None:
            seen.complain(f"{place}/type", f"unsupported type: {value.get('type')}")
        else:
            shape(seen, place, value)

    return check
