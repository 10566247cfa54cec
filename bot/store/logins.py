"""Refused sign-ins in a row, and those under way."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Executable, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.observation import FailedLogins
from bot.store.database import Database
from bot.store.schema import failed_logins as books
from bot.store.schema import login_bookings as bookings
from bot.store.upsert import upsert

FORGOTTEN = timedelta(seconds=60)
"""After so long nobody is coming back to settle: a check ends within half of it."""


class LoginTable:
    """The port `Logins`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def so_far(self, username_digest: str, *, at: datetime) -> FailedLogins:
        async with self._database.read() as view:
            return await _read(view, username_digest, at)

    async def begin(
        self, username_digest: str, *, expected: FailedLogins, at: datetime
    ) -> str | None:
        booking = secrets.token_hex(16)
        new = insert(bookings).values(id=booking, username_digest=username_digest, at=at)
        async with self._database.write() as transaction:
            await self._alone(transaction, username_digest)
            if await _read(transaction, username_digest, at) != expected:
                return None
            await transaction.execute(new)
        return booking

    async def settle(self, booking: str, *, refusals: int | None) -> None:
        """As the port has it; an acceptance clears the forgotten bookings too."""
        done = delete(bookings).where(bookings.c.id == booking)
        async with self._database.write() as transaction:
            returned = done.returning(bookings.c.username_digest, bookings.c.at)
            settled = (await transaction.execute(returned)).one_or_none()
            if settled is None:
                return
            digest, at = settled
            await self._alone(transaction, digest)
            if refusals == 0:
                await transaction.execute(delete(books).where(books.c.username_digest == digest))
                await transaction.execute(delete(bookings).where(*_forgotten(digest, at)))
            elif refusals:
                await transaction.execute(_add(transaction, digest, refusals, at))

    async def _alone(self, transaction: AsyncConnection, digest: str) -> None:
        """Nobody else writes in this username's books meanwhile, even where it has none yet: of two
        who begin at once, the second one sees that they have changed.
        """
        await self._database.alone(transaction, f"books of {digest}")


async def _read(view: AsyncConnection, digest: str, at: datetime) -> FailedLogins:
    """What is forgotten under way counts as refused: a crash must not lose it."""
    known = select(books.c.in_a_row, books.c.last_at).where(books.c.username_digest == digest)
    book = (await view.execute(known)).one_or_none()
    under_way = select(bookings.c.at).where(bookings.c.username_digest == digest)
    begun: Sequence[datetime] = (await view.scalars(under_way)).all()
    lost = [each for each in begun if each <= at - FORGOTTEN]
    return FailedLogins(
        in_a_row=(book.in_a_row if book else 0) + len(lost),
        last=max([*lost, *([book.last_at] if book else [])], default=None),
        pending=len(begun) - len(lost),
    )


def _forgotten(digest: str, at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (bookings.c.username_digest == digest, bookings.c.at <= at - FORGOTTEN)


def _add(transaction: AsyncConnection, digest: str, refusals: int, at: datetime) -> Executable:
    first = upsert(transaction, books).values(username_digest=digest, in_a_row=refusals, last_at=at)
    return first.on_conflict_do_update(
        index_elements=["username_digest"],
        set_={"in_a_row": books.c.in_a_row + refusals, "last_at": first.excluded.last_at},
    )
