"""A story: a name, and something that people see, drawn by the bot's own functions."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from slack_sdk.models.views import View

from bot.slack.desk import TITLE, Answer, Reply
from bot.slack.message import Message

Json = dict[str, Any]


@dataclass(frozen=True)
class Story:
    """`about`: the nouns that it was drawn from, from which a test reads what is covered."""

    group: str
    name: str
    shown: Message | Answer | View | Reply
    about: tuple[object, ...] = ()
    onto: View | None = None
    """The form that errors are shown on."""
    in_thread: bool = False

    @property
    def title(self) -> str:
        return f"{self.group}: {self.name}"

    @cached_property
    def message(self) -> Json | None:
        """What chat.postMessage or a response_url is given; None where it is a view."""
        match self.shown:
            case Message():
                return self.shown.arguments()
            case Answer():
                return self.shown.body()
            case _:
                return None

    @cached_property
    def views(self) -> list[Json]:
        """The views it is; an answer too, which over the Home tab is a modal."""
        match self.shown:
            case View():
                return [self.shown.to_dict()]
            case Answer():
                return [self.shown.view(TITLE).to_dict()]
            case Reply(view, errors):
                return _views(self.onto if errors and self.onto else view)
            case _:
                return []

    @cached_property
    def errors(self) -> Mapping[str, str]:
        """Sentences by the field they stand at."""
        return self.shown.errors if isinstance(self.shown, Reply) else {}


def _views(view: View | None) -> list[Json]:
    return [view.to_dict()] if view else []


def members_in(thing: object) -> set[StrEnum]:
    """Every member of an enumeration that a noun holds, however deep."""
    if isinstance(thing, StrEnum):
        return {thing}
    if is_dataclass(thing) and not isinstance(thing, type):
        values = [getattr(thing, each.name) for each in fields(thing)]
        return members_in(values)
    if isinstance(thing, list | tuple | set | frozenset):
        return set().union(*map(members_in, thing)) if thing else set()
    return set()
