"""Moments and people inside a sentence, for whoever shows it to put in the reader's own way.

The marks around them are control characters, which no name that comes from outside can hold: so
nobody makes the bot mention somebody by naming a company after them.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime

_MARK = re.compile("\x02(?:t(\\d{9,11})|u([A-Z0-9]{1,20}))\x03")


def stamp(at: datetime) -> str:
    """A moment; shown in each reader's own time zone."""
    return f"\x02t{round(at.timestamp())}\x03"


def mention(user_id: str) -> str:
    """A person; whoever is named so is notified."""
    return f"\x02u{user_id}\x03"


def spelled(text: str, *, time: Callable[[datetime], str], person: Callable[[str], str]) -> str:
    """`text` with its marks spelled out."""

    def spell(found: re.Match[str]) -> str:
        if found[1]:
            return time(datetime.fromtimestamp(int(found[1]), UTC))
        return person(found[2])

    return _MARK.sub(spell, text)
