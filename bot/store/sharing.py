"""The incidents that share a message, with the lines below it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, RowMapping, and_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incident import IN_THREAD, Alert, Kind, Place
from bot.domain.outage import Member
from bot.store.rows import alert_of, connection_of, incident_of, readable
from bot.store.schema import PENDING, AlertState, alerts, connections, incidents, watches
from bot.usecases.ports import Owed

_Lines = Mapping[str | None, Sequence[tuple[Alert, bool]]]


async def sharing(
    transaction: AsyncConnection, placed: Sequence[Owed], now: datetime
) -> Mapping[Place, Sequence[Member]]:
    """All of which each message tells, with the lines below it."""
    places = {each.incident.place for each in placed if each.incident and each.incident.place}
    if not places:
        return {}
    where = tuple_(incidents.c.place_channel, incidents.c.place_ts)
    those = (
        incidents.c.workspace_id.in_({each.alert.workspace_id for each in placed}),
        where.in_([(place.channel, place.ts) for place in places]),
    )
    query = (
        select(connections, incidents, _quiet(now).label("quiet"))
        .select_from(incidents)
        .join(connections, connections.c.id == incidents.c.connection_id)
        .outerjoin(watches, watches.c.connection_id == incidents.c.connection_id)
        .where(*those)
        .order_by(incidents.c.number)
    )
    member_of = partial(_member_of, await _lines(transaction, those))
    shared: dict[Place, list[Member]] = {}
    for member in readable((await transaction.execute(query)).mappings(), member_of):
        if member and member.incident.place:
            shared.setdefault(member.incident.place, []).append(member)
    return shared


def _quiet(at: datetime) -> ColumnElement[bool]:
    """As the domain's `is_quiet` has it."""
    maintained = and_(watches.c.maintenance_from <= at, watches.c.maintenance_until > at)
    return or_(watches.c.snoozed_until > at, maintained)


async def _lines(transaction: AsyncConnection, those: Sequence[ColumnElement[bool]]) -> _Lines:
    """For each of these incidents, what is owed or stands below its message; and whether it is
    owed."""
    stands = and_(alerts.c.sent_ts.is_not(None), alerts.c.sent_channel == incidents.c.place_channel)
    query = (
        select(alerts)
        .join(incidents, incidents.c.id == alerts.c.incident_id)
        .where(*those, alerts.c.kind.in_(IN_THREAD), or_(PENDING, stands))
    )
    lines: dict[str | None, list[tuple[Alert, bool]]] = {}
    for alert, is_owed in readable((await transaction.execute(query)).mappings(), _line_of):
        lines.setdefault(alert.incident_id, []).append((alert, is_owed))
    return lines


def _line_of(row: RowMapping) -> tuple[Alert, bool]:
    return alert_of(row), row[alerts.c.state] is AlertState.PENDING


def _member_of(lines: _Lines, row: RowMapping) -> Member | None:
    incident = incident_of(row)
    if incident is None:
        return None
    its_own = lines.get(incident.id, ())
    return Member(
        connection_of(row),
        incident,
        said=tuple(alert for alert, is_owed in its_own if not is_owed),
        owes_line=any(is_owed and alert.kind is Kind.TIMELINE for alert, is_owed in its_own),
        quiet=bool(row["quiet"]),
    )
