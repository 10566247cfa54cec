"""What stands behind `/autotask`: a verb, and the name of a connection."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.connection import name_key
from bot.domain.errors import BadInput

VERBS: dict[str, str] = {
    "connect": "connect Autotask, or give a connection new credentials",
    "guide": "the eight steps for creating the API user",
    "status": "how every connection is doing",
    "test": "check a connection right now",
    "edit": "give a connection new credentials; they are tried before the old ones go",
    "history": "what went wrong, why, for how long, and who mended it",
    "audit": "who did what, for those who may manage",
    "alerts": "choose the channel for alerts, and how closely to watch",
    "pause": "stop checking a connection for a while",
    "resume": "watch it again; ends a snooze and maintenance too",
    "maintenance": "plan a time in which alerts are kept back",
    "settings": "name people who may manage connections",
    "disconnect": "erase a connection's credentials and stop watching it",
    "doctor": "what is in order and what is not, with the fix",
    "help": "this list",
}
"""Verb to what it does, in the order of the help."""

_ALIASES = {"": "help", "?": "help", "hilfe": "help", "list": "status", "check": "test"}
_SIGN = re.compile(r"[@$#~*]")
"""What secrets are full of, and no name holds."""
_LONG = 20
_IF_REAL = (
    "What is typed behind a command is visible to Slack and in your history: if it was a real "
    "secret, generate a new one in Autotask. Then type `/autotask connect` alone; a form asks for "
    "the values."
)
_IF_NAME = (
    "If it is the name of a new connection, type `/autotask connect new` and write the name into "
    "the form."
)


@dataclass(frozen=True, slots=True)
class Command:
    """A verb we know, and the rest of the line."""

    verb: str
    name: str


def may_hold_a_secret(text: str, known: Iterable[str] = ()) -> bool:
    """Whether a word of it looks like a secret, and is in none of the names that are `known`."""
    ours = {word for name in known for word in name_key(name).split()}
    return any(
        (_SIGN.search(word) or len(word) >= _LONG) and name_key(word) not in ours
        for word in text.split()
    )


def verb_of(text: str) -> str:
    """The verb that it begins with, known or not; an alias stands for what it means."""
    first = next(iter(text.lower().split()), "")
    return _ALIASES.get(first, first)


def parse(text: str, known: Iterable[str] = ()) -> Command:
    """The command. Raises BadInput for unknown verbs (with the nearest match) and for what may be
    a secret, which is not repeated. `known`: names of connections, which are none."""
    verb = verb_of(text)
    if may_hold_a_secret(text, known):
        may_be_a_name = verb == "connect" and not _SIGN.search(text)
        raise BadInput(
            "That looks like it may hold a secret, so it was not used and is not repeated here.",
            hint=f"{_IF_REAL} {_IF_NAME}" if may_be_a_name else _IF_REAL,
        )
    if verb in VERBS:
        return Command(verb, " ".join(text.split()[1:]))
    near = difflib.get_close_matches(verb, VERBS, n=1, cutoff=0.6)
    meant = f"Did you mean `/autotask {near[0]}`?" if near else "`/autotask help` lists them."
    raise BadInput("I do not know that command.", hint=meant)
