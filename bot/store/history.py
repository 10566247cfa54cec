"""How long each connection worked, and what its incidents were."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import case, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.connection import Connection
from bot.domain.incident import Incident
from bot.domain.sparkline import Hours
from bot.domain.uptime import SPANS, Mark, Size, Tally, Uptime, known_from, tally
from bot.store.checks import marks_of
from bot.store.database import Database
from bot.store.rollups import prune, roll_up, summed, tally_of
from bot.store.rows import connection_of, incident_of, readable
from bot.store.schema import connections, incidents
from bot.store.schema_history import rollup_marks, rollups

SPARE = 10
"""Incidents looked at beyond those that are asked for, in the place of some that cannot be read."""

Rolled = Mapping[str, Mapping[int, Tally]]


class HistoryTable:
    """The port `History`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pruned_to = 0

    async def tidy(self, *, now: datetime) -> bool:
        async with self._database.write() as transaction:
            if await roll_up(transaction, now=now):
                return True
            further = await prune(transaction, after=self._pruned_to)
        self._pruned_to = further or 0
        return further is not None

    async def rolled_until(self) -> datetime | None:
        query = select(rollup_marks.c.until).where(rollup_marks.c.size == Size.HOUR)
        async with self._database.read() as view:
            return await view.scalar(query)

    async def uptime(
        self, workspace_id: str, connection_ids: Collection[str], *, now: datetime
    ) -> Mapping[str, Uptime]:
        """As the port has it. What is not rolled up yet comes from the single checks."""
        since = [Size.HOUR.floor(now - span) for span in SPANS]
        async with self._database.read() as view:
            ids = await _of(view, workspace_id, connection_ids)
            until = await _rolled_until(view, otherwise=since[-1])
            rolled = await _rolled(view, ids, since, until)
            tail = await marks_of(view, ids, until, now)
        found = {}
        for each in ids:
            marks = tail.get(each, ())
            rest = [_known(marks, max(start, until), now) for start in since]
            found[each] = _uptime(rolled.get(each, {}), rest)
        return {each: uptime for each, uptime in found.items() if uptime.month.elapsed}

    async def hours(
        self,
        workspace_id: str,
        connection_ids: Collection[str],
        *,
        since: datetime,
        until: datetime,
    ) -> Mapping[str, Hours]:
        start = Size.HOUR.floor(since)
        found: defaultdict[str, list[tuple[datetime, Tally]]] = defaultdict(list)
        async with self._database.read() as view:
            ids = await _of(view, workspace_id, connection_ids)
            rolled_until = max(await _rolled_until(view, otherwise=start), start)
            rows = await view.execute(
                select(rollups)
                .where(rollups.c.connection_id.in_(ids), rollups.c.size == Size.HOUR)
                .where(rollups.c.start >= start, rollups.c.start < min(rolled_until, until))
                .order_by(rollups.c.start)
            )
            for row in rows.mappings():
                found[row["connection_id"]].append((row["start"], tally_of(row)))
            marks = await marks_of(view, ids, rolled_until, until)
        for each in ids:
            found[each] += _not_rolled(marks.get(each, ()), rolled_until, until)
        return {each: hours for each, hours in found.items() if hours}

    async def incidents(
        self, workspace_id: str, connection_id: str, *, since: datetime, limit: int
    ) -> Sequence[Incident]:
        query = (
            select(incidents)
            .where(incidents.c.workspace_id == workspace_id)
            .where(incidents.c.connection_id == connection_id)
            .where(or_(incidents.c.closed_at.is_(None), incidents.c.closed_at >= since))
            .order_by(incidents.c.opened_at.desc(), incidents.c.number.desc())
            .limit(limit)
        )
        async with self._database.read() as view:
            rows = (await view.execute(query)).mappings()
            return [each for each in map(incident_of, rows) if each]

    async def past(
        self, workspace_id: str, connection_id: str | None, *, before: int | None, limit: int
    ) -> Sequence[tuple[Connection, Incident]]:
        query = (
            select(connections, incidents)
            .join_from(incidents, connections, incidents.c.connection_id == connections.c.id)
            .where(incidents.c.workspace_id == workspace_id)
            .order_by(incidents.c.number.desc())
            .limit(limit + SPARE)
        )
        if connection_id is not None:
            query = query.where(incidents.c.connection_id == connection_id)
        if before is not None:
            query = query.where(incidents.c.number < before)
        async with self._database.read() as view:
            rows = (await view.execute(query)).mappings()
            found = readable(rows, lambda row: (connection_of(row), incident_of(row)))
        return [(connection, incident) for connection, incident in found[:limit] if incident]

    async def former(self, workspace_id: str) -> Sequence[Connection]:
        query = (
            select(connections)
            .where(connections.c.workspace_id == workspace_id)
            .where(connections.c.disconnected_at.is_not(None))
            .order_by(connections.c.disconnected_at.desc())
        )
        async with self._database.read() as view:
            return readable((await view.execute(query)).mappings(), connection_of)


async def _of(
    view: AsyncConnection, workspace_id: str, connection_ids: Collection[str]
) -> Sequence[str]:
    """Those of them that the workspace has."""
    query = select(connections.c.id).where(connections.c.workspace_id == workspace_id)
    return (await view.scalars(query.where(connections.c.id.in_(connection_ids)))).all()


async def _rolled_until(view: AsyncConnection, *, otherwise: datetime) -> datetime:
    query = select(rollup_marks.c.until).where(rollup_marks.c.size == Size.HOUR)
    return await view.scalar(query) or otherwise


async def _rolled(
    view: AsyncConnection, ids: Sequence[str], since: Sequence[datetime], until: datetime
) -> Rolled:
    """The hours of each connection in as many parts as there are windows: what the shortest one
    holds, what the next one holds beside, and so on."""
    windows = [(rollups.c.start >= start, number) for number, start in enumerate(since)]
    part = case(*windows).label("part")
    rows = await view.execute(
        select(rollups.c.connection_id, part, *summed())
        .where(rollups.c.connection_id.in_(ids), rollups.c.size == Size.HOUR)
        .where(rollups.c.start >= since[-1], rollups.c.start < until)
        .group_by(rollups.c.connection_id, part)
    )
    found: defaultdict[str, dict[int, Tally]] = defaultdict(dict)
    for row in rows.mappings():
        found[row["connection_id"]][row["part"]] = tally_of(row)
    return found


def _not_rolled(
    marks: Sequence[Mark], start: datetime, until: datetime
) -> Iterator[tuple[datetime, Tally]]:
    """The hours from `start` on of which anything is known."""
    while start < until:
        end = min(start + Size.HOUR.span, until)
        if (hour := _known(marks, start, end)).elapsed:
            yield start, hour
        start = end


def _uptime(parts: Mapping[int, Tally], rest: Sequence[Tally]) -> Uptime:
    """Each window has its own part, those of the shorter ones, and what is not rolled up."""
    return Uptime(
        *(
            sum((parts.get(part, Tally()) for part in range(window + 1)), not_rolled)
            for window, not_rolled in enumerate(rest)
        )
    )


def _known(marks: Sequence[Mark], start: datetime, end: datetime) -> Tally:
    """Without the time in which there was nothing to watch."""
    since = known_from(marks, start)
    return tally(marks, since, end) if since and since < end else Tally()
