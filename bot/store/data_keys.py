"""Wrapped data keys, one in use for each workspace."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Address, Database, sqlite_path
from bot.store.rows import Now
from bot.store.schema import data_keys
from bot.store.upsert import upsert
from bot.usecases.data_keys import WrappedKey


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
                    id=wrapped.id,
                    workspace_id=workspace_id,
                    wrapper=wrapped.wrapper,
                    kek_ref=wrapped.kek_ref,
                    blob=wrapped.blob,
                    created_at=await self._now(transaction),
                )
                .on_conflict_do_nothing(
                    index_elements=["workspace_id"], index_where=data_keys.c.retired_at.is_(None)
                )
            )
            in_use = await _one(transaction, workspace_id, data_keys.c.retired_at.is_(None))
        return in_use or wrapped

    async def all(self) -> Sequence[tuple[str, WrappedKey]]:
        query = select(data_keys).order_by(data_keys.c.workspace_id, data_keys.c.created_at)
        async with self._database.read() as view:
            rows = (await view.execute(query)).mappings()
            return [(row[data_keys.c.workspace_id], _wrapped(row)) for row in rows]


async def _one(
    view: AsyncConnection, workspace_id: str, which: ColumnElement[bool]
) -> WrappedKey | None:
    query = select(data_keys).where(data_keys.c.workspace_id == workspace_id, which)
    row = (await view.execute(query)).mappings().one_or_none()
    return _wrapped(row) if row else None


def _wrapped(row: RowMapping) -> WrappedKey:
    keys = data_keys.c
    return WrappedKey(row[keys.id], row[keys.wrapper], row[keys.kek_ref], row[keys.blob])
