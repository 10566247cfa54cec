"""What the store needs of a kind of database; `sqlite` and `postgresql` have it."""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import ConfigurationError, StoreUnavailable

SHAPE = (
    "DATABASE_URL looks like sqlite:////data/autotask-bot.db or "
    "postgresql://user:password@host/database."
)


class Backend(Protocol):
    """One database of one kind. Whatever it raises may be shown to `unavailable`."""

    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction that sees one moment of the database and holds no writer up."""

    def write(self, patience: float) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction, committed at the end; it gives up after `patience` seconds of waiting."""

    async def alone(self, transaction: AsyncConnection, place: str) -> None:
        """Wait until no other transaction is at this place; it is ours until the commit."""

    async def time(self, transaction: AsyncConnection) -> datetime:
        """The time that everybody who uses this database agrees on."""

    async def checkpoint(self) -> None:
        """Take what was erased out of the database's files, as far as that can be ordered."""

    async def close(self) -> None:
        """Close every connection."""

    def unavailable(self, error: Exception) -> StoreUnavailable | None:
        """What time or the operator can mend; None of what is a fault of ours."""


def misfit(message: str) -> ConfigurationError:
    """The address is wrong in some way; it may hold a password, so it is never repeated."""
    return ConfigurationError(message, hint=SHAPE)
