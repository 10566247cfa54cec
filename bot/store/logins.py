"""Refused sign-ins in a row."""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.domain.observation import FailedLogins
from bot.store.database import Database
from bot.store.schema import failed_logins as books


class LoginTable:
    """The port `Logins`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def so_far(self, username_digest: str) -> FailedLogins:
        query = select(books.c.in_a_row, books.c.last_at).where(
            books.c.username_digest == username_digest
        )
        async with self._database.read() as view:
            row = (await view.execute(query)).one_or_none()
        return FailedLogins(row.in_a_row, row.last_at) if row else FailedLogins()

    async def begin(self, username_digest: str, *, expected: FailedLogins, at: datetime) -> bool:
        first = upsert(books).values(username_digest=username_digest, in_a_row=1, last_at=at)
        another = (
            update(books)
            .where(books.c.username_digest == username_digest)
            .where(books.c.in_a_row == expected.in_a_row, books.c.last_at == expected.last)
            .values(in_a_row=books.c.in_a_row + 1, last_at=at, before_at=books.c.last_at)
        )
        booking = another if expected.in_a_row else first.on_conflict_do_nothing()
        async with self._database.write() as transaction:
            return (await transaction.execute(booking)).rowcount == 1

    async def settle(self, username_digest: str, *, refusals: int | None) -> None:
        """As the port has it. Taking a booking back restores the time of the refusal before it."""
        this = books.c.username_digest == username_digest
        last = func.coalesce(books.c.before_at, books.c.last_at)
        if refusals is None:
            change = update(books).values(in_a_row=books.c.in_a_row - 1, last_at=last)
        else:
            change = update(books).values(in_a_row=books.c.in_a_row + refusals - 1)
        clear = delete(books).where(this)
        async with self._database.write() as transaction:
            if refusals == 0:
                await transaction.execute(clear)
            else:
                await transaction.execute(change.where(this))
                await transaction.execute(clear.where(books.c.in_a_row <= 0))
