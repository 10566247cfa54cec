"""SQLite: one file, many readers, one writer at a time."""

import asyncio
import fcntl
import os
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.domain.errors import ConfigurationError, StoreUnavailable

_REASONS = {
    sqlite3.SQLITE_BUSY: "The database is locked by another process.",
    sqlite3.SQLITE_READONLY: "The database may be read, but not written.",
    sqlite3.SQLITE_FULL: "The disk that holds the database is full.",
    sqlite3.SQLITE_CANTOPEN: "The database file cannot be opened.",
}


class Sqlite:
    """The file at `path`, created for its owner's eyes only. `patience` is how many seconds a
    statement or a writer waits for its turn.

    Raises ConfigurationError for a directory that does not exist and for another kind of file.
    """

    def __init__(self, path: Path, *, patience: float) -> None:
        _create(path)
        self._engine = create_async_engine(
            URL.create("sqlite+aiosqlite", database=str(path)),
            hide_parameters=True,
            pool_size=4,
            max_overflow=0,
            pool_timeout=patience,
        )
        _listen(self._engine, patience)
        self._immediate = self._engine.execution_options(begin_mode="IMMEDIATE")
        self._lock = asyncio.Lock()
        self._patience = patience

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        async with self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self, patience: float) -> AsyncIterator[AsyncConnection]:
        async with self._turn(patience), self._immediate.begin() as connection:
            yield connection

    async def alone(self, transaction: AsyncConnection, place: str) -> None:
        """Every writer is alone."""

    async def time(self, transaction: AsyncConnection) -> datetime:
        """One machine, one clock."""
        return datetime.fromtimestamp(time.time(), UTC)

    async def checkpoint(self) -> None:
        """Empty the write-ahead log. A reader that does not end within `patience` prevents it; the
        next checkpoint makes up for it.
        """
        async with self._turn(self._patience), self._engine.connect() as connection:
            await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        await self._engine.dispose()

    def unavailable(self, error: Exception) -> StoreUnavailable | None:
        """SQLITE_ERROR is a statement that cannot be: ours."""
        if not isinstance(error, DBAPIError):
            return None
        code = getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code == sqlite3.SQLITE_ERROR or not isinstance(error.orig, sqlite3.OperationalError):
            return None
        return StoreUnavailable(_REASONS.get(code))

    @asynccontextmanager
    async def _turn(self, patience: float) -> AsyncIterator[None]:
        """Writers queue here: in order, and without SQLite's polling."""
        try:
            async with asyncio.timeout(patience):
                await self._lock.acquire()
        except TimeoutError:
            raise StoreUnavailable from None
        try:
            yield
        finally:
            self._lock.release()


def _create(path: Path) -> None:
    """The file, private and with a write-ahead log; SQLite gives its companions the same mode.

    One process at a time: switching to the log does not wait for others, it fails.
    """
    try:
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            fcntl.flock(directory, fcntl.LOCK_EX)
            _touch(path)
        finally:
            os.close(directory)
    except OSError as error:
        raise ConfigurationError(
            f"The database file {path} cannot be created: {error.strerror}.",
            hint="Its directory has to exist and to be writable.",
        ) from error
    except sqlite3.OperationalError:
        pass  # locked or read-only: those who use it will say so
    except sqlite3.DatabaseError as error:
        raise ConfigurationError(f"{path} is no SQLite database.") from error


def _touch(path: Path) -> None:
    with suppress(FileExistsError):
        file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        os.fchmod(file, 0o600)
        os.close(file)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")


def _listen(engine: AsyncEngine, patience: float) -> None:
    """Take transactions out of the driver's hands.

    Left alone, it begins none for DDL and none for reads: migrations would fail by halves, and two
    who read, change and write would lose one change.
    """

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(dbapi: Any, record: Any) -> None:
        dbapi.isolation_level = None
        cursor = dbapi.cursor()
        for setting in (
            f"busy_timeout={round(patience * 1000)}",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "cache_size=-65536",  # KiB
        ):
            cursor.execute(f"PRAGMA {setting}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("begin_mode", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")
