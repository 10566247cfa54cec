"""Signs of life, and what is late."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.gap import Gap
from bot.store.database import Database
from bot.store.places import destinations
from bot.store.ready import ELDEST, joined
from bot.store.schema import WATCHED, alerts, watches
from bot.store.schema_history import checks, gaps, nodes
from bot.store.upsert import upsert
from bot.usecases.watching import Node

REMEMBERED = timedelta(days=7)
"""After which a node that gives no sign of life is forgotten."""
EVERYTHING = ""
"""In the place of a connection's id: a gap of everything."""


class NodeTable:
    """The port `Nodes`. To beat is to prove that the database can be written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def beat(self, node: Node, *, gap_after: timedelta | None, gap_id: str) -> Gap | None:
        found = None
        async with self._database.write() as transaction:
            newest = await transaction.scalar(select(func.max(nodes.c.seen_at)))
            if gap_after is not None and newest and node.seen_at - newest > gap_after:
                found = await _open(transaction, Gap(gap_id, newest, node.seen_at))
            await _write(transaction, node)
        return found

    async def newest(self) -> Node | None:
        query = select(nodes).order_by(nodes.c.seen_at.desc()).limit(1)
        async with self._database.read() as view:
            row = (await view.execute(query)).mappings().one_or_none()
        return Node(**row) if row else None

    async def lateness(self, *, now: datetime) -> float:
        query = select(func.min(watches.c.next_check_at)).where(WATCHED)
        async with self._database.read() as view:
            return _seconds(await view.scalar(query), now)

    async def undelivered(self, *, now: datetime) -> float:
        held, ready = destinations.c.held_until, alerts.c.not_before
        may_go = case((held > ready, held), else_=ready)
        waiting = joined(select(func.min(may_go))).where(alerts.c.seq.in_(ELDEST.correlate(None)))
        settled = select(func.max(alerts.c.settled_at)).where(alerts.c.settled_at <= now)
        async with self._database.read() as view:
            since = await view.scalar(waiting)
            if since is None or since >= now:
                return 0.0
            delivered = await view.scalar(settled)
        return _seconds(max(since, delivered) if delivered else since, now)


def _seconds(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


async def _write(transaction: AsyncConnection, node: Node) -> None:
    values = {"seen_at": node.seen_at, "lag": node.lag}
    await transaction.execute(
        upsert(transaction, nodes)
        .values(id=node.id, started_at=node.started_at, **values)
        .on_conflict_do_update(index_elements=["id"], set_=values)
    )
    long_gone = nodes.c.seen_at < node.seen_at - REMEMBERED
    await transaction.execute(delete(nodes).where(nodes.c.id != node.id, long_gone))


async def _open(transaction: AsyncConnection, gap: Gap) -> Gap | None:
    """None where it is known already."""
    kept = await transaction.execute(
        upsert(transaction, gaps)
        .values(
            id=gap.id,
            scope=EVERYTHING,
            started_at=gap.started_at,
            ended_at=gap.ended_at,
            told_at=None,
        )
        .on_conflict_do_nothing(index_elements=["scope", "started_at"])
    )
    if not kept.rowcount:
        return None
    await cut(transaction, gap.started_at)
    return gap


async def cut(
    transaction: AsyncConnection, at: datetime, connection_ids: Sequence[str] | None = None
) -> None:
    """Nothing seen before `at` counts for what came after."""
    reaching = update(checks).where(checks.c.at <= at, checks.c.counts_until > at)
    if connection_ids is not None:
        reaching = reaching.where(checks.c.connection_id.in_(connection_ids))
    await transaction.execute(reaching.values(counts_until=at))
