"""Which alerts may go now, and the pace at which a channel takes them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incident import IN_PLACE, Doubt, Kind
from bot.domain.status import OUTAGE_CAUSES
from bot.store.columns import Moment, Named
from bot.store.locking import lock_alerts
from bot.store.places import destinations, suspensions
from bot.store.schema import DEAD, PENDING, AlertState, alerts, connections, incidents
from bot.store.upsert import upsert_in_workspace

PACE = timedelta(seconds=1)
"""Between two messages to one channel: docs.slack.dev, rate limits, about one a second, with short
bursts above it."""
BURST = timedelta(seconds=1)
"""How far ahead of its pace a channel may be: one message, such as the line that follows an edit.
It also keeps the pace true where ticks come late."""

_IN_PLACE = and_(alerts.c.destination.is_(None), alerts.c.kind.in_(IN_PLACE))
_IN_PERSON = and_(
    connections.c.channel.is_(None), func.substr(incidents.c.place_channel, 1, 1) == "D"
)
STANDS = case((_IN_PERSON, connections.c.connected_by), else_=incidents.c.place_channel)
"""Where an incident's message stands: a person's id, where that is whom it was sent to, though
Slack keeps such messages in a channel with an id of its own."""
LANE = func.coalesce(
    alerts.c.destination,
    case((_IN_PLACE, STANDS)),
    connections.c.channel,
    connections.c.connected_by,
)
"""Whose turn a call uses: the channel or person it will go to, as far as the database knows."""
ORIGIN = func.coalesce(incidents.c.origin, connections.c.origin)
ZONE = tuple_(alerts.c.workspace_id, LANE, ORIGIN)
"""What fails together and is told together."""
_BY_TURNS = (Kind.INCIDENT, Kind.MENTION)
_IS_NONE = or_(
    alerts.c.kind.not_in(_BY_TURNS),
    incidents.c.cause.is_(None),
    incidents.c.cause.not_in(OUTAGE_CAUSES),
)
"""True of what is no outage's message, and no call of a person about one."""
IS_OUTAGE = and_(alerts.c.kind == Kind.INCIDENT, incidents.c.cause.in_(OUTAGE_CAUSES))
ELDEST = select(func.min(alerts.c.seq)).where(PENDING).group_by(alerts.c.connection_id)
"""The alert that is each connection's next."""
_head = alerts.alias("head")
ON_ITS_OWN = or_(
    alerts.c.told_with.is_(None),
    ~exists().where(_head.c.id == alerts.c.told_with, _head.c.state == AlertState.PENDING),
)
"""True of what is not told with another alert that is still owed."""
_QUEUE = case((suspensions.c.workspace_id.is_(None), LANE), else_="")
"""One for each lane; one for the whole workspace where a probe is all that may go."""


@dataclass(frozen=True, slots=True)
class Turn:
    """An alert whose time has come."""

    seq: int
    workspace_id: str
    lane: str
    free_at: datetime | None


async def turns(
    transaction: AsyncConnection,
    now: datetime,
    limit: int,
    *,
    take_over: bool = True,
    busy: Collection[str] | None = None,
) -> Sequence[Turn]:
    """The eldest alert owed of each connection, where its time has come and nobody has it; of
    these the eldest of each lane, where the lane is neither held nor ahead of its pace. Of one zone
    and lane, one at a time: what is told together is drawn by nobody else meanwhile, and nobody is
    called twice.

    Whoever has one has it for ever unless claims that have lapsed may be taken over. Where `busy`
    names workspaces, or none just now, it is the eldest of each workspace that is not busy.
    """
    queue = _QUEUE if busy is None else literal("")
    firsts = (
        joined(select(func.min(alerts.c.seq)))
        .where(*_now(now, take_over=take_over), alerts.c.workspace_id.not_in(busy or ()))
        .group_by(alerts.c.workspace_id, queue)
        .scalar_subquery()
    )
    query = (
        joined(select(alerts.c.seq, alerts.c.workspace_id, LANE, destinations.c.free_at))
        .where(alerts.c.seq.in_(firsts))
        .order_by(alerts.c.seq)
        .limit(limit)
        .with_for_update(skip_locked=True, of=alerts)
    )
    return [Turn(*row) for row in await transaction.execute(query)]


async def take(
    transaction: AsyncConnection, taken: Sequence[Turn], now: datetime, lease: timedelta
) -> None:
    """Claim them. Whoever had one before and never said what came of it leaves it in doubt."""
    unsettled = alerts.c.lease_until.is_not(None)
    unclear = literal(Doubt.UNCLEAR, Named(Doubt))
    await transaction.execute(
        update(alerts)
        .where(alerts.c.seq.in_([turn.seq for turn in taken]))
        .values(
            lease=alerts.c.lease + 1,
            lease_until=now + lease,
            attempts=alerts.c.attempts + 1,
            first_tried_at=func.coalesce(alerts.c.first_tried_at, literal(now, Moment())),
            doubt=case((unsettled, unclear), else_=alerts.c.doubt),
        )
    )
    await _use(transaction, taken, now)
    await _put_off_probes(transaction, taken, now + lease)


async def _use(transaction: AsyncConnection, taken: Sequence[Turn], now: datetime) -> None:
    """Note in each lane that a call is on its way; and of a suspended workspace, its probe."""
    for turn in taken:
        free_at = max(now, turn.free_at or now) + PACE
        await note(transaction, turn.workspace_id, turn.lane, free_at=free_at)


async def give_back(transaction: AsyncConnection, workspace_id: str, lane: str) -> None:
    """No call was made after all."""
    this = destinations.c.workspace_id == workspace_id, destinations.c.channel == lane
    query = select(destinations.c.free_at).where(*this).with_for_update()
    if free_at := await transaction.scalar(query):
        freed = update(destinations).where(*this).values(free_at=free_at - PACE)
        await transaction.execute(freed)


async def note(
    transaction: AsyncConnection, workspace_id: str, channel: str, **values: object
) -> None:
    """Write this of the destination, which may be a new one."""
    new = upsert_in_workspace(transaction, destinations, workspace_id, channel=channel, **values)
    await transaction.execute(
        new.on_conflict_do_update(index_elements=["workspace_id", "channel"], set_=values)
    )


async def try_edits_again(transaction: AsyncConnection, workspace_id: str, channel: str) -> None:
    """Edits of messages there that were given up, now that Slack takes something there: once each,
    since their day has passed."""
    there = select(incidents.c.id).where(
        incidents.c.workspace_id == workspace_id, incidents.c.place_channel == channel
    )
    edits = (
        DEAD,
        alerts.c.workspace_id == workspace_id,
        alerts.c.kind == Kind.INCIDENT,
        alerts.c.destination.is_(None),
        alerts.c.incident_id.in_(there),
    )
    await lock_alerts(transaction, *edits)
    await transaction.execute(
        update(alerts).where(*edits).values(state=AlertState.PENDING, settled_at=None)
    )


async def _put_off_probes(
    transaction: AsyncConnection, taken: Sequence[Turn], until: datetime
) -> None:
    """A suspended workspace's probe is under way: no second one meanwhile."""
    of = suspensions.c.workspace_id.in_({turn.workspace_id for turn in taken})
    await transaction.execute(update(suspensions).where(of).values(probe_at=until))


def joined(query: Select[Any]) -> Select[Any]:
    """Alerts with all that says when and where they go."""
    lane = and_(
        destinations.c.workspace_id == alerts.c.workspace_id, destinations.c.channel == LANE
    )
    return (
        query.select_from(alerts)
        .join(connections, connections.c.id == alerts.c.connection_id)
        .outerjoin(incidents, incidents.c.id == alerts.c.incident_id)
        .outerjoin(destinations, lane)
        .outerjoin(suspensions, suspensions.c.workspace_id == alerts.c.workspace_id)
    )


def _now(now: datetime, *, take_over: bool) -> Sequence[ColumnElement[bool]]:
    over = and_(incidents.c.closed_at.is_not(None), alerts.c.attempts == 0)
    lapsed = alerts.c.lease_until <= now if take_over else false()
    nobodys = or_(alerts.c.lease_until.is_(None), lapsed)
    drawing = joined(select(*ZONE.clauses)).where(PENDING, ~nobodys, ~_IS_NONE)
    return (
        alerts.c.seq.in_(ELDEST.correlate(None)),
        ON_ITS_OWN,
        or_(_IS_NONE, ZONE.not_in(drawing.correlate(None))),
        nobodys,
        or_(alerts.c.not_before <= now, over),
        or_(destinations.c.held_until.is_(None), destinations.c.held_until <= now),
        or_(destinations.c.free_at.is_(None), destinations.c.free_at <= now + BURST),
        or_(suspensions.c.probe_at.is_(None), suspensions.c.probe_at <= now),
    )
