"""PostgreSQL: many readers, many writers, and a server that may go away at any moment."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import asyncpg
from sqlalchemy import event, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.domain.errors import StoreUnavailable
from bot.store import postgresql_faults as faults
from bot.store.backend import misfit

POOL = 8
"""Connections of one process; a server takes 100 unless it is told otherwise."""


class Postgresql:
    """The database at a libpq address, which is contacted only when it is needed.

    A transaction gets `patience` seconds, waiting and all; then its connection is thrown away
    without a word to the server, which may be frozen, and StoreUnavailable is raised.
    """

    def __init__(self, url: str, *, patience: float) -> None:
        self._address = "postgresql://" + url.partition("://")[2]
        self._patience = patience
        self._engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=self._connect,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=POOL,
            max_overflow=0,
            pool_timeout=patience,
        )
        self._snapshot = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        event.listen(self._engine.sync_engine, "close", _hang_up)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        async with (
            asyncio.timeout(self._patience),
            self._snapshot.connect() as connection,
            _at_most_so_long(connection),
        ):
            yield connection

    @asynccontextmanager
    async def write(self, patience: float) -> AsyncIterator[AsyncConnection]:
        async with (
            asyncio.timeout(patience),
            self._engine.connect() as connection,
            _at_most_so_long(connection),
        ):
            if patience > self._patience:
                await _allow(connection, patience)
            yield connection
            await connection.commit()

    async def alone(self, transaction: AsyncConnection, place: str) -> None:
        await transaction.execute(select(func.pg_advisory_xact_lock(_number(place))))

    async def time(self, transaction: AsyncConnection) -> datetime:
        """Of this moment, not of the transaction's beginning: it may have waited since."""
        now: datetime = (await transaction.execute(select(func.clock_timestamp()))).scalar_one()
        return now

    async def checkpoint(self) -> None:
        """Vacuum and the recycling of the log are the server's business."""

    async def close(self) -> None:
        await self._engine.dispose()
        await asyncio.sleep(0)  # the sockets close in the loop's next round

    def unavailable(self, error: Exception) -> StoreUnavailable | None:
        if isinstance(error, TimeoutError):
            return StoreUnavailable("The database does not answer in time.")
        return faults.unavailable(error) if isinstance(error, DBAPIError) else None

    async def _connect(self) -> Any:
        """The driver reads the address itself: it knows what libpq does, such as `sslmode`."""
        try:
            return await asyncpg.connect(
                self._address, server_settings=_settings(self._patience), timeout=self._patience
            )
        except (asyncpg.exceptions.ClientConfigurationError, ValueError):
            raise misfit("DATABASE_URL is not an address that PostgreSQL takes.") from None
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise faults.unreachable(error) from error


def _settings(patience: float) -> dict[str, str]:
    """What the server shall do on its side when ours has gone: free the locks of a transaction
    that nobody will end. Its own time-out for locks is the shorter one, since it names the cause.
    """
    milliseconds = round(patience * 1000)
    return {
        "application_name": "autotask-bot",
        "lock_timeout": str(round(milliseconds * 0.8)),
        "statement_timeout": str(milliseconds),
        "idle_in_transaction_session_timeout": str(milliseconds),
    }


async def _allow(connection: AsyncConnection, patience: float) -> None:
    for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
        await connection.exec_driver_sql(f"SET LOCAL {name} = {round(patience * 1000)}")


@asynccontextmanager
async def _at_most_so_long(connection: AsyncConnection) -> AsyncIterator[None]:
    """End the transaction here, where a time-out can still reach the ROLLBACK: what closes the
    connection later is shielded from it.

    Where time is up already, no ROLLBACK is tried, since it might never be answered: the connection
    is thrown away. SQLAlchemy does so itself where it was waiting for the server.
    """
    try:
        yield
    except asyncio.CancelledError:
        await connection.invalidate()
        raise
    except BaseException as error:
        if isinstance(error, DBAPIError) and faults.belongs_elsewhere(error):
            await connection.invalidate()  # the primary is another server now: look for it anew
        await connection.rollback()
        raise
    await connection.rollback()


def _hang_up(connection: Any, record: Any) -> None:
    """Every close is abrupt, so that none waits for a frozen server; one that lives takes it for
    the end of the session."""
    connection.driver_connection.terminate()


def _number(place: str) -> int:
    """The lock's number, which is 64 bits wide: the same in every process and version."""
    digest = hashlib.blake2b(f"autotask-bot {place}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
