"""What stands behind `/autotask`: a verb, and the name of a connection."""

import difflib
import re
from dataclasses import dataclass

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
_LIKE_A_SECRET = re.compile(r"[@$#~*]|^\S{20,}$")


@dataclass(frozen=True, slots=True)
class Command:
    """A verb we know, and the rest of the line."""

    verb: str
    name: str


def parse(text: str) -> Command:
    """The command. Raises BadInput for unknown verbs (with the nearest match) and for what may be
    a secret, which is not repeated."""
    words = text.split()
    if any(_LIKE_A_SECRET.search(word) for word in words):
        raise BadInput(
            "That looks like it may hold a secret, so it was not used and is not repeated here.",
            hint="What is typed behind a command is visible to Slack and in your history: if it "
            "was a real secret, generate a new one in Autotask. Then type `/autotask connect` "
            "alone; a form asks for the values.",
        )
    verb = _ALIASES.get(words[0].lower(), words[0].lower()) if words else "help"
    if verb in VERBS:
        return Command(verb, " ".join(words[1:]))
    near = difflib.get_close_matches(verb, VERBS, n=1, cutoff=0.6)
    meant = f"Did you mean `/autotask {near[0]}`?" if near else "`/autotask help` lists them."
    raise BadInput("I do not know that command.", hint=meant)
