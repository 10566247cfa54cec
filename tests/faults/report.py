"""`make faults`: every fault at full size, one row each as it ends, and exit code 1 for any loss.

python -m tests.faults.report [--size 0.1] [--seed 1]
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.faults import faults
from tests.faults.faults import Progress
from tests.faults.house import Plan
from tests.faults.orders import ORDERS
from tests.faults.scene import Result
from tests.postgresql import PostgresqlServer, a_server

Fault = Callable[..., Awaitable[Result]]
HEADER = ("fault", "database", "tried", "alerts", "lost", "repeated", "seconds")
LINE = "{:<44} {:<10} {:>6} {:>7} {:>5} {:>8} {:>8}\n"


@dataclass(frozen=True)
class Row:
    """One line of the table: so many times this fault, on that kind of database."""

    fault: Fault
    database: str
    times: int
    naive: bool = False
    """A naive order, which loses alerts: if it does not, the harness is blind."""
    once: bool = False
    """Whether nothing may be repeated either."""


ROWS = (
    Row(faults.kill, "sqlite", 1000),
    Row(faults.kill, "postgresql", 1000),
    Row(partial(faults.kill, history=True), "sqlite", 1000, once=True),
    Row(partial(faults.kill, history=True), "postgresql", 1000, once=True),
    Row(faults.kill_one_of_two, "postgresql", 200),
    Row(faults.pause, "sqlite", 50),
    Row(faults.pause, "postgresql", 50),
    Row(faults.terminate_backends, "postgresql", 200),
    *(Row(partial(faults.kill, order=each), "sqlite", 200, naive=True) for each in ORDERS),
)


def main() -> int:
    """1 where the product has lost something, or a naive order has not."""
    asked = _arguments()
    sys.stdout.write(LINE.format(*HEADER))
    bad = False
    with ExitStack() as stack:
        server: PostgresqlServer | None = None
        for row in ROWS:
            directory = stack.enter_context(tempfile.TemporaryDirectory())
            url = f"sqlite:///{directory}/bot.db"
            if row.database == "postgresql":
                server = server or stack.enter_context(_server())
                url = server.create()
            result = asyncio.run(_run(row, Plan(url, seed=asked.seed), directory, asked.size))
            bad |= _tell(row, result)
    return int(bad)


@contextmanager
def _server() -> Iterator[PostgresqlServer]:
    """The one that TEST_DATABASE_URL names, else one of our own."""
    if address := os.environ.get("TEST_DATABASE_URL"):
        server = PostgresqlServer(address)
        yield server
        server.drop()
        return
    with a_server() as address:
        yield PostgresqlServer(address, ours=True)


async def _run(row: Row, plan: Plan, directory: str, size: float) -> Result:
    times = max(1, round(row.times * size))
    return await row.fault(plan, Path(directory), times=times, progress=_progress(times))


def _progress(times: int) -> Progress:
    """A line that is written over, on a terminal alone."""

    def show(number: int) -> None:
        if sys.stdout.isatty():
            sys.stdout.write(f"  {number} of {times}\r")
            sys.stdout.flush()

    return show


def _tell(row: Row, result: Result) -> bool:
    """Print the row; whether it is a bad one."""
    lost = len(result.lost)
    sys.stdout.write(
        LINE.format(
            result.fault,
            result.database,
            result.tried,
            result.told,
            lost,
            result.repeated,
            f"{result.seconds:.0f}",
        )
    )
    for each in _complaints(row, result):
        sys.stdout.write(f"  {each}\n")
    sys.stdout.flush()
    repeated = row.once and result.repeated > 0
    return repeated or bool(result.broken) or (lost > 0) is not row.naive


def _complaints(row: Row, result: Result) -> Iterator[str]:
    if not row.naive:
        yield from result.lost[:10]
    elif not result.lost:
        yield "nothing was found lost: the harness is blind"
    yield from result.broken[:10]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=float, default=1.0, help="share of the full size")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
