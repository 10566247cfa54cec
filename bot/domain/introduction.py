"""The first words where alerts will go: what will appear there, and who has set it up."""

from datetime import datetime

from bot.domain.connection import Connection
from bot.domain.gap import bulletin
from bot.domain.incident import Alert, notice
from bot.domain.stamps import unmarked, who


def hello(connection: Connection, *, by: str, now: datetime, id: str) -> Alert:  # noqa: A002
    """After `by` has connected it."""
    text = f"Connected. Its alerts will appear here. Set up by {who(by)}."
    return notice(connection, text, now=now, id=id)


def trial(connection: Connection, *, by: str, now: datetime, id: str) -> Alert:  # noqa: A002
    """Before `by` sends its alerts here. Whoever reads no further knows that it is none."""
    about = unmarked(connection.title)
    text = f"TEST, nothing is wrong: alerts about *{about}* will appear here. Set up by {who(by)}."
    return bulletin(connection, text, now=now, id=id)
