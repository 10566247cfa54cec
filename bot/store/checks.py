"""What each check left behind: written with its result, read as marks."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.observation import Seen
from bot.domain.status import Watch
from bot.domain.uptime import Mark, counts_until
from bot.store.schema import connections
from bot.store.schema_history import CONCLUSIVE, checks


async def note_check(
    transaction: AsyncConnection, connection_id: str, watch: Watch, seen: Seen, *, at: datetime
) -> None:
    """One row, in the transaction of the check's result: `watch` is as it stands now. To be called
    as well wherever a connection begins to be watched, is paused or goes on."""
    answered = seen is not Seen.INCONCLUSIVE and watch.latency is not None
    await transaction.execute(
        insert(checks).values(
            connection_id=connection_id,
            at=at,
            status=watch.status,
            seen=seen,
            counts_until=counts_until(watch, seen, at),
            latency=timedelta(seconds=watch.latency or 0.0) if answered else None,
        )
    )


async def marks_of(
    view: AsyncConnection, ids: Sequence[str], start: datetime, end: datetime
) -> Mapping[str, Sequence[Mark]]:
    """Of each connection the conclusive checks in [`start`, `end`), and the last one before."""
    last = (
        select(checks.c.seq)
        .where(checks.c.connection_id == connections.c.id, checks.c.at < start, CONCLUSIVE)
        .order_by(checks.c.at.desc(), checks.c.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    before = checks.c.seq.in_(select(last).where(connections.c.id.in_(ids)))
    during = (
        checks.c.connection_id.in_(ids) & (checks.c.at >= start) & (checks.c.at < end) & CONCLUSIVE
    )
    found: defaultdict[str, list[Mark]] = defaultdict(list)
    for which in (before, during):
        rows = await view.execute(select(checks).where(which).order_by(checks.c.at, checks.c.seq))
        for row in rows:
            mark = Mark(row.at, row.status, row.counts_until, row.latency)
            found[row.connection_id].append(mark)
    return found
