"""Which incidents one message tells of: those of a zone that fail together, to one channel."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import RowMapping, and_, bindparam, exists, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incident import IN_THREAD, Alert, Doubt, Incident, Kind, Place
from bot.domain.origin import AutotaskOrigin
from bot.domain.outage import Member, is_outage, may_join, speaks
from bot.domain.status import OUTAGE_CAUSES
from bot.store.locking import lock_alerts, lock_incidents
from bot.store.ready import ELDEST, IS_OUTAGE, LANE, ON_ITS_OWN, ORIGIN, STANDS, ZONE, joined
from bot.store.rows import Values, alert_of, connection_of, incident_of, readable
from bot.store.schema import PENDING, AlertState, alerts, connections, incidents
from bot.store.sharing import sharing
from bot.usecases.ports import Owed

_Zone = tuple[str, str, AutotaskOrigin]


async def gather(
    transaction: AsyncConnection, claimed: Sequence[Owed], now: datetime
) -> Sequence[Owed]:
    """Each with the others that its message tells of. The first alert of an outage takes others
    along, or joins a message that stands already, with them.
    """
    first = {_zone(each): each for each in claimed if _is_first(each)}
    joining: Mapping[_Zone, Place] = {}
    riders: Mapping[_Zone, Sequence[Member]] = {}
    if first:
        joining = await _standing(transaction, first, now)
        riders = await _take_along(transaction, first, joining)
    placed = [_placed(each, joining) for each in claimed]
    shared = await sharing(transaction, [each for each in placed if _has_message(each)], now)
    return [_with_others(each, riders, shared) for each in placed]


async def settle_others(
    transaction: AsyncConnection, owed: Owed, place: Place, at: datetime
) -> None:
    """What the message tells of the others is owed no more."""
    told = [Member(owed.connection, owed.incident), *owed.others] if owed.incident else []
    settled = {"state": AlertState.SENT, "settled_at": at}
    shown = settled | {"sent_channel": place.channel, "sent_ts": place.ts}
    here = alerts.c.workspace_id == owed.alert.workspace_id
    waiting = PENDING, here, alerts.c.lease_until.is_(None)
    about = alerts.c.incident_id.in_([each.incident.id for each in told])
    await lock_alerts(transaction, *waiting, about)
    covered = (
        update(alerts)
        .where(*waiting)
        .where(
            alerts.c.connection_id == bindparam("of"), alerts.c.incident_id == bindparam("about")
        )
        .where(alerts.c.version <= bindparam("shown"))
    )
    messages = covered.where(alerts.c.kind == Kind.INCIDENT).values(**shown)
    await transaction.execute(messages, [*map(_bound, told)])
    mute = [_bound(each) for each in told if _is_mute(each, told, place)]
    if mute:
        lines = covered.where(alerts.c.kind == Kind.TIMELINE).values(**settled)
        await transaction.execute(lines, mute)


async def release(
    transaction: AsyncConnection, owed: Owed, *, since: datetime | None = None
) -> None:
    """Those that it took along go on by themselves; as often and for as long as it was tried, where
    it is known `since` when, they were."""
    here = alerts.c.workspace_id == owed.alert.workspace_id
    its_own = PENDING, here, alerts.c.told_with == owed.alert.id
    await lock_alerts(transaction, *its_own)
    tried: Values = {"first_tried_at": since, "attempts": owed.alert.attempts} if since else {}
    onward = update(alerts).where(*its_own)
    await transaction.execute(onward.values(told_with=None, **tried))


async def part(transaction: AsyncConnection, workspace_id: str, connection_id: str) -> None:
    """The connection's alerts go elsewhere than those that they were to be told with."""
    owed = (PENDING, alerts.c.workspace_id == workspace_id)
    theirs = select(alerts.c.id).where(*owed, alerts.c.connection_id == connection_id)
    concerned = or_(
        alerts.c.connection_id == connection_id, alerts.c.told_with.in_(theirs.correlate(None))
    )
    await lock_alerts(transaction, *owed, concerned)
    await transaction.execute(update(alerts).where(*owed, concerned).values(told_with=None))


def _is_first(owed: Owed) -> bool:
    """Whether no message tells of this outage yet, where the alert goes. One in doubt may have told
    of it before it turned out to be none."""
    incident, alert = owed.incident, owed.alert
    if alert.kind is not Kind.INCIDENT or incident is None:
        return False
    if not is_outage(incident) and alert.doubt is Doubt.NONE:
        return False
    return incident.place is None or alert.destination is not None


def _has_message(owed: Owed) -> bool:
    of_it = owed.alert.kind is Kind.INCIDENT or owed.alert.kind in IN_THREAD
    return of_it and owed.incident is not None and owed.incident.place is not None


def _zone(owed: Owed) -> _Zone:
    origin = owed.incident.origin if owed.incident else None
    return owed.alert.workspace_id, owed.lane, origin or owed.connection.origin


async def _standing(
    transaction: AsyncConnection, first: Mapping[_Zone, Owed], now: datetime
) -> Mapping[_Zone, Place]:
    """Where a message of the same outage stands that may be edited to tell of this too. One that
    may have been told by itself is not told once more that way."""
    undoubted = {
        zone: each
        for zone, each in first.items()
        if each.alert.doubt is Doubt.NONE and each.alert.destination is None
    }
    query = (
        select(incidents, STANDS.label("lane"), ORIGIN.label("failed"))
        .join(connections, connections.c.id == incidents.c.connection_id)
        .where(incidents.c.closed_at.is_(None), incidents.c.cause.in_(OUTAGE_CAUSES))
        .where(_OF_ZONE.in_(undoubted), ~FELL_BACK)
    )
    told: dict[_Zone, dict[Place, list[Incident]]] = {}
    if undoubted:
        for incident, zone in readable((await transaction.execute(query)).mappings(), _told_of):
            if incident.place:
                told.setdefault(zone, {}).setdefault(incident.place, []).append(incident)
    return {
        zone: place
        for zone, places in told.items()
        for place, those in places.items()
        if zone in undoubted and may_join(those, now)
    }


def _told_of(row: RowMapping) -> tuple[Incident, _Zone]:
    incident = incident_of(row)
    assert incident  # noqa: S101 - the query begins with incidents
    return incident, (incident.workspace_id, row["lane"], row["failed"])


_OF_ZONE = tuple_(incidents.c.workspace_id, STANDS, ORIGIN)
FELL_BACK = exists().where(
    alerts.c.incident_id == incidents.c.id,
    alerts.c.destination.is_not(None),
    alerts.c.sent_channel == incidents.c.place_channel,
)
"""True of an incident that was told where it was because its first destination took nothing."""


async def _take_along(
    transaction: AsyncConnection, first: Mapping[_Zone, Owed], joining: Mapping[_Zone, Place]
) -> Mapping[_Zone, Sequence[Member]]:
    """What is told with each of these: what was taken along by an earlier try, and where there was
    none, whatever else of the zone is about to be told there."""
    alone = [zone for zone, each in first.items() if each.alert.doubt is Doubt.NONE]
    heads = [each.alert.id for each in first.values()]
    query = (
        joined(select(alerts, connections, incidents, LANE.label("lane")))
        .where(PENDING, IS_OUTAGE, alerts.c.id.not_in(heads))
        .where(or_(alerts.c.told_with.in_(heads), and_(ZONE.in_(alone), *_FREE)))
        .order_by(incidents.c.number)
    )
    taken: dict[_Zone, list[Member]] = {}
    riding: list[Values] = []
    for alert, member, zone in readable((await transaction.execute(query)).mappings(), _rider_of):
        if member and zone in first:
            taken.setdefault(zone, []).append(member)
            riding.append({"of": zone[0], "rider": alert.id, "with": first[zone].alert.id})
    if riding:
        ride = update(alerts).where(alerts.c.workspace_id == bindparam("of"))
        along = ride.where(alerts.c.id == bindparam("rider")).values(told_with=bindparam("with"))
        await transaction.execute(along, riding)
    await _join(transaction, first, taken, joining)
    return taken


_FREE = (
    ON_ITS_OWN,
    alerts.c.lease_until.is_(None),
    alerts.c.attempts == 0,
    or_(alerts.c.destination.is_not(None), incidents.c.place_channel.is_(None)),
    alerts.c.seq.in_(ELDEST.correlate(None)),
)
"""True of an alert that nobody has tried to tell yet, and that would be its connection's next."""


def _rider_of(row: RowMapping) -> tuple[Alert, Member | None, _Zone]:
    alert, connection, incident = alert_of(row), connection_of(row), incident_of(row)
    member = Member(connection, incident, alert.version) if incident else None
    origin = incident.origin if incident else None
    return alert, member, (alert.workspace_id, row["lane"], origin or connection.origin)


async def _join(
    transaction: AsyncConnection,
    first: Mapping[_Zone, Owed],
    taken: Mapping[_Zone, Sequence[Member]],
    joining: Mapping[_Zone, Place],
) -> None:
    """Their message stands already: an edit will tell of them, and an edit is never in doubt."""
    for zone, place in joining.items():
        theirs = [first[zone].incident, *(each.incident for each in taken.get(zone, ()))]
        ids = [each.id for each in theirs if each]
        these = incidents.c.workspace_id == zone[0], incidents.c.id.in_(ids)
        await lock_incidents(transaction, *these)
        join = update(incidents).where(*these)
        await transaction.execute(
            join.values(
                place_channel=place.channel,
                place_ts=place.ts,
                first_shown_version=incidents.c.version,
            )
        )


def _placed(owed: Owed, joining: Mapping[_Zone, Place]) -> Owed:
    incident = owed.incident
    place = joining.get(_zone(owed)) if incident and _is_first(owed) else None
    if incident is None or place is None:
        return owed
    joined_to = replace(incident, place=place, first_shown_version=incident.version)
    return replace(owed, incident=joined_to)


def _with_others(
    owed: Owed,
    riders: Mapping[_Zone, Sequence[Member]],
    shared: Mapping[Place, Sequence[Member]],
) -> Owed:
    incident = owed.incident
    if incident is None:
        return owed
    if _is_first(owed):
        others = tuple(riders.get(_zone(owed), ()))
        return replace(owed, others=others, leaves=bool(others) and not is_outage(incident))
    those = shared.get(incident.place, ()) if incident.place and _has_message(owed) else ()
    sharers = [each for each in those if each.incident.id != incident.id]
    leaves = bool(sharers) and owed.alert.kind is Kind.INCIDENT and not is_outage(incident)
    others = tuple(each for each in sharers if is_outage(each.incident))
    return replace(owed, others=others, leaves=leaves)


def _is_mute(one: Member, told: Sequence[Member], place: Place) -> bool:
    """Whether lines about it, up to what the message shows, are told by the message itself."""
    if one.owed is not None or one.incident.place != place:
        return True
    return not speaks(one, [each for each in told if each is not one])


def _bound(member: Member) -> Values:
    incident = member.incident
    return {"of": member.connection.id, "about": incident.id, "shown": incident.version}
