"""The chain of people's deeds. An entry is written in the transaction of what it is about."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.audit import Entry, Link, forge
from bot.store.database import Database
from bot.store.schema import connections, workspaces
from bot.store.schema_audit import audit_entries as entries
from bot.usecases.audit_ports import Vouched


async def write_entry(
    database: Database, transaction: AsyncConnection, vouched: Vouched | None
) -> None:
    """Put the entry, where there is one, at the chain's end; of a workspace that has been erased,
    nothing is left behind. Nobody else does meanwhile, so this is the last thing that a transaction
    does: then no two wait for each other."""
    if vouched is None:
        return
    entry = vouched.entry
    if entry.workspace_id and not await _is_known(transaction, entry.workspace_id):
        return
    await database.alone(transaction, f"audit of {entry.workspace_id}")
    newest = await _newest(transaction, entry.workspace_id)
    link = forge(entry, vouched.notary, newest)
    if newest:
        await transaction.execute(
            update(entries)
            .where(entries.c.workspace_id == entry.workspace_id)
            .where(entries.c.number == newest.number)
            .values(end=None)
        )
    await transaction.execute(
        insert(entries).values(
            workspace_id=entry.workspace_id,
            number=link.number,
            at=entry.at,
            who=entry.who,
            deed=str(entry.deed),
            connection_id=entry.connection_id,
            outcome=entry.outcome,
            detail=entry.detail,
            key_id=link.key_id,
            digest=link.digest,
            end=link.end,
        )
    )


class AuditTable:
    """The port `Audit`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, vouched: Vouched, *, unless_since: datetime | None = None) -> None:
        async with self._database.write() as transaction:
            if unless_since and await _is_there(transaction, vouched.entry, unless_since):
                return
            await write_entry(self._database, transaction, vouched)

    async def page(
        self, workspace_id: str, *, before: int | None, limit: int
    ) -> Sequence[tuple[Link, str | None]]:
        its_own = (connections.c.id == entries.c.connection_id) & (
            connections.c.workspace_id == entries.c.workspace_id
        )
        query = (
            select(entries, connections.c.name)
            .outerjoin(connections, its_own)
            .where(entries.c.workspace_id == workspace_id)
            .order_by(entries.c.number.desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(entries.c.number < before)
        async with self._database.read() as view:
            rows = (await view.execute(query)).mappings()
            return [(_link(row), row[connections.c.name]) for row in rows]

    async def chain(self, workspace_id: str, *, after: int, limit: int) -> Sequence[Link]:
        query = _of(workspace_id).where(entries.c.number > after).order_by(entries.c.number)
        async with self._database.read() as view:
            return [_link(row) for row in (await view.execute(query.limit(limit))).mappings()]

    async def head(self, workspace_id: str) -> Link | None:
        async with self._database.read() as view:
            return await _newest(view, workspace_id)

    async def workspaces(self) -> Sequence[str]:
        query = select(entries.c.workspace_id).distinct().order_by(entries.c.workspace_id)
        async with self._database.read() as view:
            return (await view.scalars(query)).all()


def _of(workspace_id: str) -> Select[tuple[object, ...]]:
    return select(entries).where(entries.c.workspace_id == workspace_id)


async def _newest(view: AsyncConnection, workspace_id: str) -> Link | None:
    query = _of(workspace_id).order_by(entries.c.number.desc()).limit(1)
    row = (await view.execute(query)).mappings().one_or_none()
    return _link(row) if row else None


async def _is_known(transaction: AsyncConnection, workspace_id: str) -> bool:
    """And will be until the commit."""
    query = select(workspaces.c.id).where(workspaces.c.id == workspace_id)
    return await transaction.scalar(query.with_for_update(key_share=True)) is not None


async def _is_there(transaction: AsyncConnection, entry: Entry, since: datetime) -> bool:
    same = (
        _of(entry.workspace_id)
        .where(entries.c.who == entry.who, entries.c.deed == str(entry.deed))
        .where(entries.c.outcome == entry.outcome, entries.c.at > since)
    )
    return (await transaction.execute(same.limit(1))).first() is not None


def _link(row: RowMapping) -> Link:
    of = entries.c
    entry = Entry(
        workspace_id=row[of.workspace_id],
        at=row[of.at],
        who=row[of.who],
        deed=row[of.deed],
        connection_id=row[of.connection_id],
        outcome=row[of.outcome],
        detail=row[of.detail],
    )
    return Link(row[of.number], entry, row[of.key_id], row[of.digest], row[of.end])
