"""A gap: a time in which nobody watched, and what people are told of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.connection import Connection
from bot.domain.incident import Alert, Kind
from bot.domain.stamps import stamp


@dataclass(frozen=True, slots=True)
class Gap:
    """From the last time that somebody watched until it went on."""

    id: str
    started_at: datetime
    ended_at: datetime | None
    connection: Connection | None = None
    """None: nobody watched anything."""
    told: bool = False


def over(started_at: datetime, ended_at: datetime) -> str:
    """What is said once somebody watches again."""
    return (
        f"Nobody watched Autotask from {stamp(started_at)} to {stamp(ended_at)}; what happened in "
        "that time is unknown and not counted."
    )


def going_on(started_at: datetime) -> str:
    """What is said while the bot itself is why nobody can tell."""
    return (
        f"Nobody has been watching Autotask since {stamp(started_at)}: the bot cannot, for a "
        "reason of its own. autotask-bot doctor, on its server, names the reason. What happens "
        "until that is mended is unknown and not counted."
    )


def bulletin(connection: Connection, text: str, *, now: datetime, id: str) -> Alert:  # noqa: A002
    """A message of its own to wherever the alerts of `connection` go, about all that is watched
    there."""
    return Alert(id, connection.workspace_id, connection.id, Kind.BULLETIN, text, not_before=now)


def one_per_channel(connections: Sequence[Connection]) -> list[Connection]:
    """For each place where alerts go, the first of those that go there."""
    places: dict[tuple[str, str], Connection] = {}
    for each in connections:
        places.setdefault(place_of(each), each)
    return list(places.values())


def place_of(connection: Connection) -> tuple[str, str]:
    """Where its alerts go first: workspace, and channel or person."""
    return connection.workspace_id, connection.channel or connection.connected_by
