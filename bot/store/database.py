"""The database: one SQLite file, many readers, one writer at a time."""

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.domain.errors import ConfigurationError, StoreUnavailable
from bot.store.migration import MIGRATIONS, upgrade

_SHAPE = "DATABASE_URL looks like sqlite:///autotask-bot.db or sqlite:////data/autotask-bot.db."
_REASONS = {
    sqlite3.SQLITE_BUSY: "The database is locked by another process.",
    sqlite3.SQLITE_READONLY: "The database may be read, but not written.",
    sqlite3.SQLITE_FULL: "The disk that holds the database is full.",
    sqlite3.SQLITE_CANTOPEN: "The database file cannot be opened.",
}


class Database:
    """Transactions on one SQLite file. Raises StoreUnavailable where it is locked, full, read-only
    or away; what else goes wrong is a fault of ours and is raised as it is.

    `patience` is how many seconds a statement or a writer waits for its turn.
    """

    def __init__(self, engine: AsyncEngine, *, patience: float) -> None:
        self._engine = engine
        self._immediate = engine.execution_options(begin_mode="IMMEDIATE")
        self._lock = asyncio.Lock()
        self._patience = patience

    @classmethod
    def open(cls, url: str, *, patience: float = 5.0) -> "Database":
        """The database at `sqlite:///PATH`; the file is created for its owner's eyes only.

        Raises ConfigurationError for other addresses and for a directory that does not exist.
        """
        path = sqlite_path(url)
        _create(path)
        engine = create_async_engine(
            URL.create("sqlite+aiosqlite", database=str(path)),
            hide_parameters=True,
            pool_size=4,
            max_overflow=0,
            pool_timeout=patience,
        )
        _listen(engine, patience)
        return cls(engine, patience=patience)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A consistent view. An open writer does not hold it up."""
        with _edge():
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that nobody else writes beside, so that what it reads stays true."""
        with _edge():
            async with self._turn(), self._immediate.begin() as connection:
                yield connection

    async def migrate(self, *, scripts: Path = MIGRATIONS) -> None:
        """Bring the schema up to date, wholly or not at all. Many may call this at once.

        Raises ConfigurationError where a newer version of the bot has written the schema.
        """
        async with self.write() as connection:
            await connection.run_sync(upgrade, scripts)

    async def checkpoint(self) -> None:
        """Empty the write-ahead log, so that erased values stand in no file. A reader that does not
        end within `patience` prevents it; the next checkpoint makes up for it.
        """
        with _edge():
            async with self._turn(), self._engine.connect() as connection:
                await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Writers queue here: in order, and without SQLite's polling."""
        try:
            async with asyncio.timeout(self._patience):
                await self._lock.acquire()
        except TimeoutError:
            raise StoreUnavailable from None
        try:
            yield
        finally:
            self._lock.release()


def sqlite_path(url: str) -> Path:
    """The file that `url` names. Raises ConfigurationError, which never repeats the address."""
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):  # a port that is no number is a ValueError
        raise ConfigurationError("DATABASE_URL is not an address.", hint=_SHAPE) from None
    if parts.get_backend_name() == "postgresql":
        raise ConfigurationError("PostgreSQL is not supported yet.", hint=_SHAPE)
    if parts.drivername != "sqlite" or parts.database in (None, "", ":memory:"):
        raise ConfigurationError("DATABASE_URL does not name a SQLite file.", hint=_SHAPE)
    return Path(str(parts.database))


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


@contextmanager
def _edge() -> Iterator[None]:
    try:
        yield
    except NoneFree as error:
        raise StoreUnavailable from error
    except DBAPIError as error:
        unavailable = _unavailable(error)
        if unavailable is None:
            raise
        raise unavailable from error


def _unavailable(error: DBAPIError) -> StoreUnavailable | None:
    """What time or the operator can mend. SQLITE_ERROR is a statement that cannot be: ours."""
    code = getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code == sqlite3.SQLITE_ERROR or not isinstance(error.orig, sqlite3.OperationalError):
        return None
    return StoreUnavailable(_REASONS.get(code))
