"""Data keys and sealed values by the hundred, for other keys to take their place."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    not_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.data_keys import columns_of, rows_of
from bot.store.database import Database
from bot.store.rows import Now
from bot.store.schema import connections, data_keys
from bot.usecases.data_keys import MasterKey, Renewal, Rewrap, Row, SealedAt
from bot.usecases.ports import Sealed

GRACE = timedelta(hours=1)
"""For what was being sealed when its data key was retired to be stored."""

_in_use = data_keys.c.retired_at.is_(None)
_of_a_workspace = data_keys.c.workspace_id != ""


class RotationTable:
    """The port `RotationStore`."""

    def __init__(self, database: Database, *, now: Now | None = None) -> None:
        self._database = database
        self._now = database.clock(now)

    async def counts(self) -> Mapping[MasterKey, int]:
        by = (data_keys.c.wrapper, data_keys.c.kek_ref)
        async with self._database.read() as view:
            rows = await view.execute(select(*by, func.count()).group_by(*by).order_by(*by))
            return {MasterKey(wrapper, ref): count for wrapper, ref, count in rows}

    async def not_under(self, newest: MasterKey, *, after: str, limit: int) -> Sequence[Row]:
        under = and_(data_keys.c.wrapper == newest.wrapper, data_keys.c.kek_ref == newest.ref)
        these = (not_(under), data_keys.c.id > after)
        query = select(data_keys).where(*these).order_by(data_keys.c.id).limit(limit)
        async with self._database.read() as view:
            return rows_of(await view.execute(query))

    async def rewrap(self, changes: Sequence[Rewrap]) -> int:
        async with self._database.write() as transaction:
            before = {change.before.id: change.before.blob for change in changes}
            still = await _still(transaction, data_keys.c.id, data_keys.c.blob, before)
            rows = [
                {"at": change.before.id, "owner": change.workspace_id, **columns_of(change.after)}
                for change in changes
                if change.before.id in still
            ]
            owner = data_keys.c.workspace_id == bindparam("owner")
            this = update(data_keys).where(data_keys.c.id == bindparam("at"), owner)
            if rows:
                await transaction.execute(this, rows)
        return len(rows)

    async def begun(self) -> datetime:
        """Each data key that was retired was replaced at once: while some in use are older than
        the first of those, not all have been."""
        first = select(func.min(data_keys.c.retired_at)).scalar_subquery()
        older = exists().where(_in_use, _of_a_workspace, data_keys.c.created_at < first)
        async with self._database.read() as view:
            begun = await view.scalar(select(func.min(data_keys.c.retired_at)).where(older))
            return begun or await self._now(view)

    async def older(self, than: datetime, *, after: str, limit: int) -> Sequence[Row]:
        these = (_in_use, _of_a_workspace, data_keys.c.created_at < than, data_keys.c.id > after)
        query = select(data_keys).where(*these).order_by(data_keys.c.id).limit(limit)
        async with self._database.read() as view:
            return rows_of(await view.execute(query))

    async def renew(self, changes: Sequence[Renewal]) -> int:
        async with self._database.write() as transaction:
            now = await self._now(transaction)
            ids = [change.retired for change in changes]
            these = select(data_keys.c.id).where(data_keys.c.id.in_(ids), _in_use)
            these = these.order_by(data_keys.c.id).with_for_update()
            still = set(await transaction.scalars(these))
            rows = [
                {"workspace_id": change.workspace_id, "created_at": now} | columns_of(change.minted)
                for change in changes
                if change.retired in still
            ]
            retired = update(data_keys).where(data_keys.c.id.in_(still))
            await transaction.execute(retired.values(retired_at=now))
            if rows:
                await transaction.execute(insert(data_keys), rows)
        return len(rows)

    async def sealed(self, *, after: str, limit: int) -> Sequence[SealedAt]:
        there = connections.c
        query = (
            select(there.workspace_id, there.id, there.sealed, there.origin)
            .add_columns(data_keys.c.id.label("in_use"))
            .outerjoin(data_keys, and_(data_keys.c.workspace_id == there.workspace_id, _in_use))
            .where(there.sealed.is_not(None), there.id > after)
            .order_by(there.id)
            .limit(limit)
        )
        async with self._database.read() as view:
            return [
                SealedAt(row.workspace_id, row.id, Sealed(row.sealed, row.origin), row.in_use or "")
                for row in await view.execute(query)
            ]

    async def data_keys(self, workspace_ids: Collection[str]) -> Sequence[Row]:
        query = select(data_keys).where(data_keys.c.workspace_id.in_(workspace_ids))
        async with self._database.read() as view:
            return rows_of(await view.execute(query))

    async def reseal(self, changes: Sequence[tuple[SealedAt, Sealed]]) -> int:
        async with self._database.write() as transaction:
            before = {at.connection_id: at.sealed.blob for at, _ in changes}
            still = await _still(transaction, connections.c.id, connections.c.sealed, before)
            rows = [
                {"at": at.connection_id, "owner": at.workspace_id, "blob": resealed.blob}
                for at, resealed in changes
                if at.connection_id in still
            ]
            owner = connections.c.workspace_id == bindparam("owner")
            this = update(connections).where(connections.c.id == bindparam("at"), owner)
            if rows:
                await transaction.execute(this.values(sealed=bindparam("blob")), rows)
        return len(rows)

    async def forget_retired(self, *, keeping: Collection[str]) -> int:
        async with self._database.write() as transaction:
            past = await self._now(transaction) - GRACE
            retired = select(data_keys.c.id).where(data_keys.c.retired_at < past)
            forgotten = set(await transaction.scalars(retired)) - set(keeping)
            for key_id in forgotten:
                await transaction.execute(delete(data_keys).where(data_keys.c.id == key_id))
        return len(forgotten)


async def _still(
    transaction: AsyncConnection,
    key: ColumnElement[str],
    value: ColumnElement[bytes],
    before: Mapping[str, bytes],
) -> set[str]:
    """Of these rows, those whose value is the one from before; it stays until the commit. All who
    take several rows take them in this order, so that no two wait for each other."""
    these = select(key, value).where(key.in_(before)).order_by(key)
    rows = await transaction.execute(these.with_for_update())
    return {id_ for id_, now in rows if now == before[id_]}
