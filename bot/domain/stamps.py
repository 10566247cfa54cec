"""Moments and people inside a sentence, for whoever shows it to put in the reader's own way.

The marks around them are control characters, which no name that comes from outside can hold: so
nobody makes the bot mention somebody by naming a company after them.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from bot.domain.people import CLI

_MARK = re.compile("\x02(?:t(\\d{9,11})|([#@])([A-Z0-9]{1,20}))\x03")


def stamp(at: datetime) -> str:
    """A moment; shown in each reader's own time zone."""
    return f"\x02t{round(at.timestamp())}\x03"


def unmarked(text: str) -> str:
    """What others wrote, without what would be one of our marks, or hides how it reads."""
    return "".join(each for each in text if each.isprintable())


def mention(id_: str) -> str:
    """A person, who is notified, or a channel: by the id, shown by the name."""
    return f"\x02{'@' if is_person(id_) else '#'}{id_}\x03"


def who(user_id: str) -> str:
    """Whoever did it: a person, or the command line."""
    return "the command line" if user_id == CLI else mention(user_id)


def is_person(id_: str) -> bool:
    """Whether the id is a person's and not a channel's."""
    return id_[:1] in ("U", "W")


def spelled(text: str, *, time: Callable[[datetime], str]) -> str:
    """`text` with its marks spelled out, moments by `time`, ids as Slack links them."""

    def spell(found: re.Match[str]) -> str:
        if found[1]:
            return time(datetime.fromtimestamp(int(found[1]), UTC))
        return f"<{found[2]}{found[3]}>"

    return _MARK.sub(spell, text)
