"""The moments inside a worker at which its process may end, without a word."""

import os
import signal
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, event

from bot.store.database import Database
from bot.store.postgresql import Postgresql
from bot.store.sqlite import Sqlite

LABELS = {
    "INSERT INTO alerts": "telling",
    "SELECT alerts.seq": "claiming",
    "UPDATE alerts": "settling",
    "INSERT INTO login_bookings": "booking",
}
"""What a transaction is about, by the statement that shows it."""


@dataclass
class Doom:
    """SIGKILL to this very process when `moment` has come for the nth time."""

    moment: str
    nth: int = 1

    def comes(self, moment: str) -> None:
        """Say that a moment is here."""
        if moment == self.moment:
            self.nth -= 1
            if self.nth == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def await_doom(database: Database, doom: Doom) -> None:
    """Tell `doom` of every statement that matters, and of the commits of their transactions: just
    before, and just after.
    """
    engine = cast(Sqlite | Postgresql, database._backend)._engine.sync_engine

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.info.pop("about", None)
        connection.info.pop("committed", None)

    @event.listens_for(engine, "before_cursor_execute")
    def execute(connection: Connection, cursor: Any, statement: str, *rest: Any) -> None:
        about = _about(statement)
        if about:
            connection.info["about"] = about
            doom.comes(f"statement {about}")

    @event.listens_for(engine, "commit")
    def commit(connection: Connection) -> None:
        about = connection.info.get("about")
        if about:
            doom.comes(f"before commit {about}")
            connection.info["committed"] = about

    @event.listens_for(engine, "checkin")
    def checkin(dbapi: Any, record: Any) -> None:
        about = record.info.pop("committed", None) if record else None
        if about:
            doom.comes(f"after commit {about}")


def _about(statement: str) -> str | None:
    start = " ".join(statement[:60].split())
    return next((label for begin, label in LABELS.items() if start.startswith(begin)), None)
