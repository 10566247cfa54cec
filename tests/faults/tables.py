"""What `make faults` measures: the two tables, row by row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tests.faults import faults, latency
from tests.faults.faults import Fault, run
from tests.faults.house import Plan
from tests.faults.latency import Drain, Latency, Progress
from tests.faults.orders import ORDERS
from tests.faults.scene import Result
from tests.faults.zygote import Parent

Cells = Sequence[object]
ENOUGH = 0.9
"""Alerts a second that a backlog to one channel has to drain at."""
SOON = 2.0
"""Seconds in which 99 of 100 have to be told, where Slack is well."""


@dataclass(frozen=True)
class Stage:
    """Where a row is measured."""

    url: str
    """An empty database."""
    directory: Path
    parent: Parent
    seed: int
    progress: Progress


@dataclass(frozen=True)
class Line:
    """What a row of the table says, and what is wrong with it."""

    cells: Cells
    complaints: Sequence[str] = field(default=())


class Row(Protocol):
    """One measurement, so many times."""

    @property
    def times(self) -> int:
        """At full size."""

    @property
    def database(self) -> str:
        """Its kind."""

    def title(self, times: int) -> str:
        """In words."""

    async def measure(self, stage: Stage, times: int) -> Line:
        """So many times."""


@dataclass(frozen=True)
class FaultRow:
    """A fault, and what was lost and repeated by it."""

    name: str
    fault: Fault
    database: str
    times: int
    history: bool = False
    """Whether the bot may look before it sends again: then nothing may be repeated."""

    def title(self, times: int) -> str:
        return f"{self.name}, with look-up" if self.history else self.name

    async def measure(self, stage: Stage, times: int) -> Line:
        plan = Plan(stage.url, seed=stage.seed)
        result = await run(
            self.fault,
            plan,
            stage.parent,
            times=times,
            history=self.history,
            progress=stage.progress,
        )
        complaints = [*result.lost[:10], *result.broken[:10]]
        if not result.told:
            complaints.append("nothing was owed, so that nothing could be lost: run it for longer")
        if result.repeated > result.allowed:
            complaints.append(f"{result.repeated} were repeated, of {result.allowed} that may be")
        return Line(_cells(self.database, result, result.allowed), complaints)


@dataclass(frozen=True)
class NaiveRow:
    """A naive order, which loses alerts: if it does not, the harness is blind."""

    order: str
    times: int = 200
    database: str = "sqlite"

    def title(self, times: int) -> str:
        return f"kill -9: {self.order}"

    async def measure(self, stage: Stage, times: int) -> Line:
        plan = Plan(stage.url, seed=stage.seed)
        result = await run(
            faults.kill,
            plan,
            stage.parent,
            times=times,
            order=self.order,
            progress=stage.progress,
        )
        blind = "nothing was found lost: the harness is blind"
        return Line(_cells(self.database, result, ""), [] if result.lost else [blind])


def _cells(database: str, result: Result, allowed: object) -> Cells:
    lost, seconds = len(result.lost), round(result.seconds)
    return database, result.tried, result.told, lost, result.repeated, allowed, seconds


@dataclass(frozen=True)
class DelayRow:
    """So many connections fail; how long after it the people are told."""

    name: str
    times: int
    within: float = 0.0
    history: bool = True
    limit: float | None = None
    """Seconds for 99 of 100; None: nothing is promised."""
    database: str = "sqlite"

    def title(self, times: int) -> str:
        return f"{times:,} connections fail {self.name}"

    async def measure(self, stage: Stage, times: int) -> Line:
        found: Latency = await latency.from_change_to_message(
            stage.directory,
            stage.parent,
            connections=times,
            channels=times,
            within=self.within,
            history=self.history,
            progress=stage.progress,
        )
        slow = self.limit is not None and found.p99 > self.limit
        seconds = (f"{each:.2f}" for each in (found.p50, found.p99, found.slowest))
        return Line(
            (found.told, *seconds, self.limit or ""),
            [f"99 of 100 took more than {self.limit} s"] if slow else [],
        )


@dataclass(frozen=True)
class BacklogRow:
    """So many alerts to one channel, at Slack's pace."""

    times: int = 1000
    database: str = "sqlite"

    def title(self, times: int) -> str:
        return f"{times:,} alerts to one channel"

    async def measure(self, stage: Stage, times: int) -> Line:
        found: Drain = await latency.backlog(
            stage.directory, stage.parent, number=times, progress=stage.progress
        )
        complaints = [f"{found.early} calls came too early"] if found.early else []
        if found.pace < ENOUGH:
            complaints.append(f"less than {ENOUGH} a second")
        cells = found.told, f"{found.seconds:.1f}", f"{found.pace:.3f}", found.early, ENOUGH
        return Line(cells, complaints)


def _both(name: str, fault: Fault, database: str, times: int) -> list[FaultRow]:
    return [FaultRow(name, fault, database, times, history) for history in (False, True)]


@dataclass(frozen=True)
class Table:
    """Rows of one kind. The first column is wide."""

    header: Sequence[str]
    rows: Sequence[Row]

    def line(self, cells: Cells) -> str:
        """As it is printed."""
        title, *rest = cells
        return f"{title:<49}" + "".join(f"{each!s:>11}" for each in rest) + "\n"


TABLES = (
    Table(
        ("fault", "database", "tried", "alerts", "lost", "repeated", "at most", "seconds"),
        [
            *_both("kill -9", faults.kill, "sqlite", 1000),
            *_both("kill -9", faults.kill, "postgresql", 1000),
            *_both("kill -9, and Slack accepts later", faults.answer_the_dead, "sqlite", 200),
            *_both("kill -9 of one of two", faults.kill_one_of_two, "postgresql", 200),
            *_both("SIGSTOP of the only one", faults.pause_the_only_one, "sqlite", 50),
            *_both("SIGSTOP of one of two", faults.pause, "postgresql", 50),
            *_both("pg_terminate_backend", faults.terminate_backends, "postgresql", 200),
            *_both("Slack accepts, and denies it", faults.lie, "sqlite", 200),
            *map(NaiveRow, ORDERS),
        ],
    ),
    Table(
        ("how soon people are told", "alerts", "median s", "99 % s", "slowest s", "at most"),
        [
            DelayRow("within a minute", 1000, within=60, limit=SOON),
            DelayRow("at once", 100, limit=SOON),
            DelayRow("at once, without look-up", 100, history=False),
            DelayRow("at once", 1000),
        ],
    ),
    Table(
        ("a backlog, at Slack's pace", "alerts", "seconds", "a second", "early", "at least"),
        [BacklogRow()],
    ),
)
