"""Wrapped data keys, one in use for each workspace."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Result, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Address, Database, sqlite_path
from bot.store.rows import Now, Values
from bot.store.schema import data_keys
from bot.store.upsert import upsert
from bot.usecases.data_keys import MasterKey, Row, WrappedKey


async def holds_data_keys(url: Address) -> bool:
    """Whether there is a database at `url` already, with keys that some master key has wrapped."""
    path = sqlite_path(url)
    if path and not path.exists():
        return False
    database = Database.open(url)
    try:
        await database.migrate()
        return bool(await DataKeyTable(database).all())
    finally:
        await database.close()


class DataKeyTable:
    """The port `DataKeyStore`."""

    def __init__(self, database: Database, *, now: Now | None = None) -> None:
        self._database = database
        self._now = database.clock(now)

    async def current(self, workspace_id: str) -> WrappedKey | None:
        async with self._database.read() as view:
            return await _one(view, workspace_id, data_keys.c.retired_at.is_(None))

    async def get(self, workspace_id: str, key_id: str) -> WrappedKey | None:
        async with self._database.read() as view:
            return await _one(view, workspace_id, data_keys.c.id == key_id)

    async def add(self, workspace_id: str, wrapped: WrappedKey) -> WrappedKey:
        # Of two who add at once, the second waits here for the first, and then reads its key.
        async with self._database.write() as transaction:
            await transaction.execute(
                upsert(transaction, data_keys)
                .values(
                    workspace_id=workspace_id,
                    **columns_of(wrapped),
                    created_at=await self._now(transaction),
                )
                .on_conflict_do_nothing(
                    index_elements=["workspace_id"], index_where=data_keys.c.retired_at.is_(None)
                )
            )
            in_use = await _one(transaction, workspace_id, data_keys.c.retired_at.is_(None))
        return in_use or wrapped

    async def all(self) -> Sequence[Row]:
        query = select(data_keys).order_by(data_keys.c.workspace_id, data_keys.c.created_at)
        async with self._database.read() as view:
            return rows_of(await view.execute(query))


async def _one(
    view: AsyncConnection, workspace_id: str, which: ColumnElement[bool]
) -> WrappedKey | None:
    query = select(data_keys).where(data_keys.c.workspace_id == workspace_id, which)
    rows = rows_of(await view.execute(query))
    return rows[0][1] if rows else None


def rows_of(found: Result[tuple[object, ...]]) -> Sequence[Row]:
    """Whole rows of the table as the vault takes them."""
    keys = data_keys.c
    return [
        (
            row[keys.workspace_id],
            WrappedKey(
                row[keys.id], MasterKey(row[keys.wrapper], row[keys.kek_ref]), row[keys.blob]
            ),
        )
        for row in found.mappings()
    ]


def columns_of(wrapped: WrappedKey) -> Values:
    """Its part of a row."""
    return {
        "id": wrapped.id,
        "wrapper": wrapped.master.wrapper,
        "kek_ref": wrapped.master.ref,
        "blob": wrapped.blob,
    }
