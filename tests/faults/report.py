"""`make faults`: every fault at full size, and how soon people are told; one row each as it ends.

python -m tests.faults.report [--size 0.1] [--seed 1] [--only WORD]
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.faults.latency import Progress
from tests.faults.tables import TABLES, Row, Stage, Table
from tests.faults.zygote import a_parent
from tests.postgresql import PostgresqlServer, a_server

RARELY = 60.0
"""Seconds between signs of progress, where they cannot be written over one another."""


def main() -> int:
    """1 where something was lost, or repeated more often than it may be, or late; or where a naive
    order has lost nothing."""
    asked = _arguments()
    bad = False
    with ExitStack() as stack:
        databases = _Databases(stack)
        for table in TABLES:
            rows = [each for each in table.rows if asked.only in each.title(each.times)]
            if rows:
                sys.stdout.write(table.line(table.header))
            for row in rows:
                bad |= _measure(table, row, databases, asked)
    return int(bad)


def _measure(table: Table, row: Row, databases: "_Databases", asked: argparse.Namespace) -> bool:
    """Print the row; whether it is a bad one."""
    times = max(1, round(row.times * asked.size))
    title = row.title(times)
    with tempfile.TemporaryDirectory() as name, a_parent() as parent:
        directory = Path(name)
        url = databases.another(row.database, directory)
        stage = Stage(url, directory, parent, asked.seed, _progress(title, times))
        line = asyncio.run(row.measure(stage, times))
    sys.stdout.write(table.line((title, *line.cells)))
    for each in line.complaints:
        sys.stdout.write(f"  {each}\n")
    sys.stdout.flush()
    return bool(line.complaints)


class _Databases:
    """Empty ones. PostgreSQL is started when it is needed."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._server: PostgresqlServer | None = None

    def another(self, kind: str, directory: Path) -> str:
        if kind == "sqlite":
            return f"sqlite:///{directory}/bot.db"
        self._server = self._server or self._stack.enter_context(_a_server())
        return self._server.create()


@contextmanager
def _a_server() -> Iterator[PostgresqlServer]:
    """The one that TEST_DATABASE_URL names, else one of our own."""
    if address := os.environ.get("TEST_DATABASE_URL"):
        server = PostgresqlServer(address)
        yield server
        server.drop()
        return
    with a_server() as address:
        yield PostgresqlServer(address, ours=True)


def _progress(title: str, times: int) -> Progress:
    """On a terminal, a line that is written over; elsewhere, one now and then, beside the table."""
    terminal = sys.stdout.isatty()
    shown_at = time.monotonic()

    def show(number: int) -> None:
        nonlocal shown_at
        if terminal:
            sys.stdout.write(f"  {number} of {times}\r")
            sys.stdout.flush()
        elif time.monotonic() - shown_at > RARELY:
            shown_at = time.monotonic()
            sys.stderr.write(f"  {title}: {number} of {times}\n")

    return show


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=float, default=1.0, help="share of the full size")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="a part of the titles of the rows wanted")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
