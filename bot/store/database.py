"""The database that DATABASE_URL names: a SQLite file, or PostgreSQL."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import StoreUnavailable
from bot.domain.secret import Secret
from bot.store.backend import Backend, misfit
from bot.store.migration import MIGRATIONS, upgrade
from bot.store.postgresql import Postgresql
from bot.store.rows import Now, moment
from bot.store.sqlite import Sqlite

MIGRATING = 60.0
"""Seconds that a migration may wait for another process's, and take."""

Address = Secret | str
"""DATABASE_URL, whose password only the database is told, or an address without one."""
Time = Callable[[AsyncConnection], Awaitable[datetime]]
"""The present, inside a transaction."""


class Database:
    """Transactions on one database. Raises StoreUnavailable where it is locked, full, read-only or
    away; what else goes wrong is a fault of ours and is raised as it is.
    """

    def __init__(self, backend: Backend, *, patience: float) -> None:
        self._backend = backend
        self._patience = patience

    @classmethod
    def open(cls, url: Address, *, patience: float = 5.0) -> "Database":
        """The database at `sqlite:///PATH`, a file that is created for its owner's eyes only, or at
        `postgresql://USER:PASSWORD@HOST/NAME`, which is not contacted yet.

        `patience` is how many seconds a statement or a writer waits for its turn, and a whole
        transaction for a server. Raises ConfigurationError for other addresses and for a directory
        that does not exist.
        """
        path = sqlite_path(url)
        backend: Backend = (
            Sqlite(path, patience=patience) if path else Postgresql(_text(url), patience=patience)
        )
        return cls(backend, patience=patience)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A consistent view. An open writer does not hold it up."""
        with self._edge():
            async with self._backend.read() as connection:
                yield connection

    @asynccontextmanager
    async def write(self, *, patience: float | None = None) -> AsyncIterator[AsyncConnection]:
        """A transaction, committed at the end.

        SQLite has one writer at a time. On PostgreSQL others write beside it: whatever is read and
        must stay true until the commit is read `with_for_update()` (which SQLite ignores), or
        after `alone`.
        """
        with self._edge():
            async with self._backend.write(patience or self._patience) as connection:
                yield connection

    async def alone(self, transaction: AsyncConnection, place: str) -> None:
        """Wait until no other transaction is at this place; it is ours until the commit.

        Raises StoreUnavailable after `patience`.
        """
        await self._backend.alone(transaction, place)

    def clock(self, now: Now | None) -> Time:
        """The time in which leases and dues are counted: `now` where the caller holds the clock,
        else the database's own, so that replicas whose clocks differ agree.
        """
        if now is None:
            return self._backend.time

        async def given(transaction: AsyncConnection) -> datetime:
            return moment(now())

        return given

    async def migrate(self, *, scripts: Path = MIGRATIONS) -> None:
        """Bring the schema up to date, wholly or not at all. Many may call this at once.

        Raises ConfigurationError where a newer version of the bot has written the schema.
        """
        async with self.write(patience=MIGRATING) as connection:
            await self.alone(connection, "migration")
            await connection.run_sync(upgrade, scripts)

    async def checkpoint(self) -> None:
        """Take what was erased out of SQLite's write-ahead log. PostgreSQL's own housekeeping
        (vacuum, and the recycling of its log) cannot be ordered like that."""
        with self._edge():
            await self._backend.checkpoint()

    async def close(self) -> None:
        """Close every connection."""
        await self._backend.close()

    @contextmanager
    def _edge(self) -> Iterator[None]:
        try:
            yield
        except NoneFree as error:
            raise StoreUnavailable from error
        except Exception as error:
            unavailable = self._backend.unavailable(error)
            if unavailable is None:
                raise
            raise unavailable from error


def sqlite_path(url: Address) -> Path | None:
    """The file that `url` names, None where it names a server. Raises ConfigurationError, which
    never repeats the address."""
    parts = _parts(_text(url))
    if parts.drivername in ("postgresql", "postgresql+asyncpg"):
        if not parts.database:
            raise misfit("DATABASE_URL names no database on its PostgreSQL server.")
        return None
    if parts.drivername != "sqlite" or parts.database in (None, "", ":memory:"):
        raise misfit("DATABASE_URL names neither a SQLite file nor a PostgreSQL database.")
    return Path(str(parts.database))


def _text(url: Address) -> str:
    return url.reveal() if isinstance(url, Secret) else url


def _parts(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):  # a port that is no number is a ValueError
        raise misfit("DATABASE_URL is not an address.") from None
