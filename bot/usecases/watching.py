"""What it takes to watch the watcher: ports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.connection import Connection
from bot.domain.gap import Gap
from bot.domain.incident import Alert


@dataclass(frozen=True, slots=True)
class Node:
    """A process that serves, and its last sign of life."""

    id: str
    started_at: datetime
    seen_at: datetime
    lag: float
    """The longest that its event loop was held up before that, in seconds."""


class Nodes(Protocol):
    """The signs of life of all that serve on this database."""

    async def beat(self, node: Node, *, gap_after: timedelta | None, gap_id: str) -> Gap | None:
        """Write `node`. Where the newest sign of life of any node is longer ago than `gap_after`, a
        gap is opened in the same transaction: nothing that was seen before it counts for the time
        inside it. Told twice of one gap, the second gets None."""

    async def newest(self) -> Node | None:
        """The node with the newest sign of life."""

    async def lateness(self, *, now: datetime) -> float:
        """For how many seconds the longest overdue check has been due, begun or not: one that is
        begun again and again is never made."""

    async def undelivered(self, *, now: datetime) -> float:
        """For how many seconds the oldest alert that may go now has been let lie, while nothing
        else was delivered either."""


class Schedule(Protocol):
    """When checks are due, all together."""

    async def spread(self, *, now: datetime, within: timedelta) -> int:
        """Spread what is overdue evenly over the time from now on, the longest overdue first;
        returns how many that were. Whoever does it again afterwards finds nothing overdue."""

    async def realign(self, *, now: datetime, jump: timedelta) -> int:
        """After the time of day was set: what waits for a time that is now too far away, checks,
        claims, alerts, channels, reminders and snoozes, waits as long as was meant, and what has
        been, refused sign-ins among it, lies no later than now. Returns how many checks were
        pulled back."""


class Gaps(Protocol):
    """The times in which nobody watched."""

    async def untold(self) -> Sequence[Gap]:
        """Those of everything that people were not told of yet."""

    async def audience(self, *, before: datetime) -> Sequence[Connection]:
        """All that were connected before then, by name."""

    async def blind(self, *, since: datetime) -> Sequence[tuple[Connection, datetime]]:
        """Connections whose every check since then was inconclusive, and their last conclusive
        one; without those whose gap is open already."""

    async def open(self, gaps: Sequence[Gap], alerts: Sequence[Alert]) -> None:
        """Keep these gaps of single connections and owe the alerts; those that are kept already,
        by somebody else, owe none."""

    async def open_ones(self) -> Sequence[tuple[Gap, datetime | None]]:
        """The gaps of single connections that have not ended, each with the first conclusive check
        since it began."""

    async def open_since(self, workspace_id: str) -> datetime | None:
        """Since when nobody can tell how a connection of this workspace is; None: of all of them
        somebody can."""

    async def close(self, gaps: Sequence[Gap], alerts: Sequence[Alert]) -> bool:
        """Keep the end of these gaps, as told, and owe the alerts, in one transaction; False (and
        nothing written) where somebody else has."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What one look at Slack has shown."""

    answered: bool
    """Whether it does what it is asked, or says why not."""
    refused: str = ""
    """Why it takes nothing from the app."""
    time: datetime | None = None
    """What Slack's own clock says, where it says so."""


class Witness(Protocol):
    """Somebody outside, by whom the bot knows how it is itself."""

    async def look(self) -> Glance:
        """Ask now. Never raises for what networks do."""


class Heartbeat(Protocol):
    """The operator's dead man's switch."""

    async def ping(self) -> bool:
        """Say that all is watched; whether that was heard. Never raises for what networks do."""
