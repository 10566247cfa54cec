"""Hours and days out of single checks, a small step at a time.

Each step is one short transaction that takes the next few connections and moves the mark behind
them, so a step that is cut off is done again, and two who roll up share the work.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, RowMapping, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.uptime import Size, Tally, known_from, tally
from bot.store.checks import marks_of
from bot.store.rows import Values
from bot.store.schema import connections
from bot.store.schema_history import checks, rollup_marks, rollups
from bot.store.upsert import upsert

SETTLED = timedelta(hours=1)
"""After an hour is over, until it is rolled up: a gap in watching may still be found."""
KEPT = {Size.HOUR: timedelta(days=35), Size.DAY: timedelta(days=400)}
KEPT_CHECKS = timedelta(days=3)
BATCH = 40
"""Connections per step: an hour of checks every five minutes is 480 rows."""
ROWS = 500
"""Rows looked at per step of pruning."""

COLUMNS = tuple(each for each in rollups.c if not each.primary_key)


async def roll_up(transaction: AsyncConnection, *, now: datetime) -> bool:
    """One step: BATCH connections, or one for so many hours; False where everything is rolled up
    already.
    """
    if await _mark(transaction, Size.HOUR) is None:
        return await _begin(transaction)
    left = BATCH
    while left > 0 and (taken := await _some(transaction, now, left)):
        left -= taken
    return left < BATCH


async def _some(transaction: AsyncConnection, now: datetime, limit: int) -> int:
    """How much of `limit` it took; 0 where there is nothing to do."""
    hours, days = await _mark(transaction, Size.HOUR), await _mark(transaction, Size.DAY)
    if hours and hours.until + Size.HOUR.span + SETTLED <= now:
        return await _step(transaction, Size.HOUR, hours, limit)
    if hours and days and days.until + Size.DAY.span <= hours.until:
        return await _step(transaction, Size.DAY, days, limit)
    return 0


async def prune(transaction: AsyncConnection, *, after: int) -> int | None:
    """Delete what is too old among the next rows behind the number `after`; the number to go on
    from, or None at the end.

    Kept are all that may still be rolled up, and the last check before them of each connection.
    """
    mark = await _mark(transaction, Size.HOUR)
    if mark is None:
        return None
    query = select(checks.c.seq, checks.c.at).where(checks.c.seq > after)
    rows = (await transaction.execute(query.order_by(checks.c.seq).limit(ROWS))).all()
    old = [row.seq for row in rows if row.at < mark.until - KEPT_CHECKS]
    if not old:
        return None
    newer = checks.alias("newer")
    overtaken = (
        select(newer.c.seq)
        .where(newer.c.connection_id == checks.c.connection_id)
        .where(newer.c.at > checks.c.at, newer.c.at <= mark.until)
        .exists()
    )
    gone = select(connections.c.id).where(connections.c.disconnected_at.is_not(None))
    superfluous = overtaken | checks.c.connection_id.in_(gone)
    await transaction.execute(delete(checks).where(checks.c.seq.in_(old), superfluous))
    last: int = old[-1]
    return last


def tally_of(row: RowMapping) -> Tally:
    """From a row that holds all of a roll-up's columns by their names."""
    return Tally(**{each.name: row[each.name] for each in COLUMNS})


def summed() -> list[ColumnElement[Any]]:
    """The columns of a roll-up, added up over whatever a query is grouped by."""
    return [
        (func.max(each) if each.name == "latency_max" else func.sum(each)).label(each.name)
        for each in COLUMNS
    ]


async def _mark(transaction: AsyncConnection, size: Size) -> Row[Any] | None:
    query = select(rollup_marks).where(rollup_marks.c.size == size).with_for_update()
    return (await transaction.execute(query)).one_or_none()


async def _begin(transaction: AsyncConnection) -> bool:
    """With the oldest check; False where there is none."""
    oldest = await transaction.scalar(select(func.min(checks.c.at)))
    if oldest is None:
        return False
    marks = [{"size": size, "until": size.floor(oldest), "after": ""} for size in Size]
    await transaction.execute(insert(rollup_marks), marks)
    return True


async def _step(transaction: AsyncConnection, size: Size, mark: Row[Any], limit: int) -> int:
    """The next few connections of the hour or day behind the mark."""
    start = mark.until
    ends = await _next(transaction, start, mark.after, limit)
    if ends:
        tallies = await (_hour if size is Size.HOUR else _day)(transaction, ends, start)
        for connection_id, found in tallies.items():
            key = {"connection_id": connection_id, "size": size, "start": start}
            await _write(transaction, key, found)
        await transaction.execute(
            delete(rollups)
            .where(rollups.c.connection_id.in_(ends), rollups.c.size == size)
            .where(rollups.c.start < start - KEPT[size])
        )
    over = len(ends) < limit
    moved = {"until": start + size.span, "after": ""} if over else {"after": max(ends)}
    await transaction.execute(
        update(rollup_marks).where(rollup_marks.c.size == size).values(**moved)
    )
    return len(ends) or 1


async def _next(
    transaction: AsyncConnection, start: datetime, after: str, limit: int
) -> Mapping[str, datetime | None]:
    """The next connections by id, each with its end; those long gone have nothing left here."""
    gone = connections.c.disconnected_at
    query = (
        select(connections.c.id, gone)
        .where(connections.c.id > after)
        .where(or_(gone.is_(None), gone > start - KEPT[Size.DAY] - 2 * Size.DAY.span))
    )
    rows = await transaction.execute(query.order_by(connections.c.id).limit(limit))
    return {row.id: row.disconnected_at for row in rows}


async def _hour(
    transaction: AsyncConnection, ends: Mapping[str, datetime | None], start: datetime
) -> Mapping[str, Tally]:
    end = start + Size.HOUR.span
    found = {}
    for connection_id, marks in (await marks_of(transaction, list(ends), start, end)).items():
        since, until = known_from(marks, start), min(ends[connection_id] or end, end)
        if since and until > since:
            found[connection_id] = tally(marks, since, until)
    return found


async def _day(
    transaction: AsyncConnection, ends: Mapping[str, datetime | None], start: datetime
) -> Mapping[str, Tally]:
    rows = await transaction.execute(
        select(rollups.c.connection_id, *summed())
        .where(rollups.c.connection_id.in_(ends), rollups.c.size == Size.HOUR)
        .where(rollups.c.start >= start, rollups.c.start < start + Size.DAY.span)
        .group_by(rollups.c.connection_id)
    )
    return {row["connection_id"]: tally_of(row) for row in rows.mappings()}


async def _write(transaction: AsyncConnection, key: Values, found: Tally) -> None:
    values = {each.name: getattr(found, each.name) for each in COLUMNS}
    await transaction.execute(
        upsert(transaction, rollups)
        .values(**key, **values)
        .on_conflict_do_update(index_elements=list(key), set_=values)
    )
