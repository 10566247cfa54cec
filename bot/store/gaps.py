"""The times in which nobody watched, and whether people were told."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.connection import Connection
from bot.domain.gap import Gap
from bot.domain.incident import Alert
from bot.domain.observation import Seen
from bot.store.database import Database
from bot.store.nodes import EVERYTHING, cut
from bot.store.rows import connection_of, values_of
from bot.store.schema import WATCHED, AlertState, alerts, connections, watches
from bot.store.schema_history import CONCLUSIVE, checks, gaps
from bot.store.upsert import upsert

LATELY = timedelta(minutes=10)
"""Somebody is still trying, every half minute."""


class GapTable:
    """The port `Gaps`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def untold(self) -> Sequence[Gap]:
        query = select(gaps).where(gaps.c.scope == EVERYTHING, gaps.c.told_at.is_(None))
        async with self._database.read() as view:
            rows = await view.execute(query.order_by(gaps.c.started_at))
            return [Gap(row.id, row.started_at, row.ended_at) for row in rows]

    async def audience(self, *, before: datetime) -> Sequence[Connection]:
        query = (
            select(connections)
            .where(connections.c.disconnected_at.is_(None))
            .where(connections.c.connected_at <= before)
            .order_by(connections.c.workspace_id, connections.c.name_key)
        )
        async with self._database.read() as view:
            return [connection_of(row) for row in (await view.execute(query)).mappings()]

    async def blind(self, *, since: datetime) -> Sequence[tuple[Connection, datetime]]:
        last = watches.c.last_checked_at
        tried = (
            select(checks.c.seq)
            .where(checks.c.connection_id == connections.c.id)
            .where(checks.c.at > last, checks.c.at > since + LATELY)
            .where(checks.c.seen == Seen.INCONCLUSIVE)
            .exists()
        )
        is_open = select(gaps.c.scope).where(gaps.c.ended_at.is_(None))
        query = (
            select(connections, last)
            .join(watches, watches.c.connection_id == connections.c.id)
            .where(WATCHED, last < since, tried, connections.c.id.not_in(is_open))
            .order_by(connections.c.workspace_id, connections.c.name_key)
        )
        async with self._database.read() as view:
            rows = (await view.execute(query)).mappings()
            return [(connection_of(row), row[last]) for row in rows]

    async def open(self, opened: Sequence[Gap], owed: Sequence[Alert]) -> None:
        async with self._database.write() as transaction:
            kept = [await _keep(transaction, each) for each in opened]
            if any(kept):
                await _owe(transaction, owed)

    async def open_ones(self) -> Sequence[tuple[Gap, datetime | None]]:
        again = (
            select(checks.c.at)
            .where(checks.c.connection_id == connections.c.id)
            .where(checks.c.at > gaps.c.started_at, CONCLUSIVE)
            .order_by(checks.c.at)
            .limit(1)
            .scalar_subquery()
            .label("again")
        )
        query = (
            select(gaps, connections, again)
            .join(connections, connections.c.id == gaps.c.scope)
            .where(gaps.c.ended_at.is_(None), connections.c.disconnected_at.is_(None))
        )
        async with self._database.read() as view:
            rows = (await view.execute(query)).mappings()
            return [
                (
                    Gap(
                        row[gaps.c.id],
                        row[gaps.c.started_at],
                        None,
                        connection_of(row),
                        told=row[gaps.c.told_at] is not None,
                    ),
                    row["again"],
                )
                for row in rows
            ]

    async def open_since(self, workspace_id: str) -> datetime | None:
        query = (
            select(func.min(gaps.c.started_at))
            .join(connections, connections.c.id == gaps.c.scope)
            .where(connections.c.workspace_id == workspace_id)
            .where(gaps.c.ended_at.is_(None), connections.c.disconnected_at.is_(None))
        )
        async with self._database.read() as view:
            since: datetime | None = await view.scalar(query)
        return since

    async def close(self, closed: Sequence[Gap], owed: Sequence[Alert]) -> bool:
        ids = [each.id for each in closed]
        untold = gaps.c.told_at.is_(None) | gaps.c.ended_at.is_(None)
        end = max((each.ended_at for each in closed if each.ended_at), default=None)
        async with self._database.write() as transaction:
            ended = await transaction.execute(
                update(gaps).where(gaps.c.id.in_(ids), untold).values(ended_at=end, told_at=end)
            )
            if ended.rowcount:
                await _owe(transaction, owed)
            gone = select(connections.c.id).where(connections.c.disconnected_at.is_not(None))
            await transaction.execute(
                delete(gaps).where(gaps.c.ended_at.is_(None), gaps.c.scope.in_(gone))
            )
        return bool(ended.rowcount)


async def _keep(transaction: AsyncConnection, gap: Gap) -> bool:
    """Whether nobody else has."""
    if gap.connection is None:
        return False
    kept = await transaction.execute(
        upsert(transaction, gaps)
        .values(
            id=gap.id,
            scope=gap.connection.id,
            started_at=gap.started_at,
            ended_at=None,
            told_at=gap.started_at if gap.told else None,
        )
        .on_conflict_do_nothing(index_elements=["scope", "started_at"])
    )
    if kept.rowcount:
        await cut(transaction, gap.started_at, [gap.connection.id])
    return bool(kept.rowcount)


async def _owe(transaction: AsyncConnection, owed: Sequence[Alert]) -> None:
    rows = [
        values_of(each) | {"state": AlertState.PENDING, "created_at": each.not_before}
        for each in owed
    ]
    if rows:
        await transaction.execute(insert(alerts), rows)
