"""When checks are due, all together."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Table,
    case,
    func,
    literal,
    or_,
    select,
    true,
    type_coerce,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.observation import Seen
from bot.domain.policy import Policy
from bot.domain.status import Status, Watch
from bot.domain.timekeeping import NONE, latest_check
from bot.store.columns import Moment
from bot.store.database import Database
from bot.store.places import destinations, suspensions
from bot.store.rows import watch_of
from bot.store.schema import (
    PENDING,
    WATCHED,
    alerts,
    failed_logins,
    incidents,
    login_bookings,
    watches,
)
from bot.store.schema_history import nodes

_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_CLAIM = timedelta(hours=1)
_UNSEEN = Watch(Status.PENDING, _EPOCH, _EPOCH)
CHUNK = 500
_Moments = Sequence["Column[datetime]"]
_WAITED_FOR: _Moments = (
    watches.c.attend_at,
    watches.c.remind_at,
    watches.c.escalate_at,
    watches.c.snoozed_until,
    alerts.c.not_before,
    incidents.c.snoozed_until,
    destinations.c.free_at,
    destinations.c.held_until,
    destinations.c.probe_at,
    suspensions.c.probe_at,
)
"""What has to come yet. Planned maintenance is not among it: people gave its dates."""
_PAST: _Moments = (
    watches.c.since,
    watches.c.streak_since,
    watches.c.last_checked_at,
    watches.c.last_ok_at,
    watches.c.permission_asked_at,
    watches.c.zone_asked_at,
    alerts.c.first_tried_at,
    incidents.c.opened_at,
    destinations.c.broken_since,
    destinations.c.probed_at,
    login_bookings.c.at,
    failed_logins.c.last_at,
    nodes.c.seen_at,
)
"""What has been, and from which time is counted."""
_CONCERNED: Mapping[Table, ColumnElement[bool]] = {
    watches: true(),
    alerts: PENDING,
    incidents: incidents.c.closed_at.is_(None),
    destinations: true(),
    suspensions: true(),
    login_bookings: true(),
    failed_logins: true(),
    nodes: true(),
}
"""In the order in which everybody changes them."""


class ScheduleTable:
    """The port `Schedule`."""

    def __init__(self, database: Database, policy: Policy) -> None:
        self._database = database
        self._policy = policy

    async def spread(self, *, now: datetime, within: timedelta) -> int:
        """As the port has it; one statement, in the order in which they were due."""
        free = or_(watches.c.lease_until.is_(None), watches.c.lease_until <= now)
        overdue = WATCHED & (watches.c.next_check_at <= now) & free
        order = (watches.c.next_check_at, watches.c.connection_id)
        place = (func.row_number().over(order_by=order) - 1).label("place")
        queue = select(watches.c.connection_id, place).where(overdue).subquery("queue")
        async with self._database.write() as transaction:
            count = await transaction.scalar(select(func.count()).where(overdue)) or 0
            if count:
                step = (within // count) // _MICROSECOND
                await transaction.execute(
                    update(watches)
                    .where(watches.c.connection_id == queue.c.connection_id)
                    .values(next_check_at=_shifted(_at(now), queue.c.place * step))
                )
        return count

    async def realign(self, *, now: datetime, jump: timedelta) -> int:
        async with self._database.write() as transaction:
            if jump > NONE:
                await _forward(transaction, jump)
            elif jump < NONE:
                await self._database.alone(transaction, "outbox")
                await _back(transaction, now, jump)
            return await self._pull_back(transaction, now)

    async def _pull_back(self, transaction: AsyncConnection, now: datetime) -> int:
        """Due at once is whatever was planned by a clock that has been set back since."""
        soonest = latest_check(_UNSEEN, now=now, policy=self._policy)
        query = select(watches).where(WATCHED, watches.c.next_check_at > soonest)
        too_far = [
            row[watches.c.connection_id]
            for row in (await transaction.execute(query)).mappings()
            if row[watches.c.next_check_at]
            > latest_check(watch_of(row), now=now, policy=self._policy)
        ]
        for first in range(0, len(too_far), CHUNK):
            chunk = watches.c.connection_id.in_(too_far[first : first + CHUNK])
            await transaction.execute(update(watches).where(chunk).values(next_check_at=now))
        return len(too_far)


async def _forward(transaction: AsyncConnection, jump: timedelta) -> None:
    """An hour of limits used up is not over because of it."""
    since = _shifted(watches.c.streak_since, jump // _MICROSECOND)
    throttled = watches.c.seen == Seen.THROTTLED
    await transaction.execute(update(watches).where(throttled).values(streak_since=since))


async def _back(transaction: AsyncConnection, now: datetime, jump: timedelta) -> None:
    """Claims lapse, all that waits does so for as long as was meant, and nothing that has been lies
    in the future. No refused sign-in is forgotten."""
    for table in (watches, alerts):
        stuck = table.c.lease_until > now + LONGEST_CLAIM
        await transaction.execute(update(table).where(stuck).values(lease_until=now))
    by, present = jump // _MICROSECOND, literal(now, Moment())
    right = {each: _shifted(each, by) for each in (*_WAITED_FOR, *_PAST)}
    for each in _PAST:  # the jump may have been a larger one
        right[each] = case((right[each] > present, present), else_=right[each])
    for table, concerned in _CONCERNED.items():
        moments = [each for each in right if each.table is table]
        values = {each: case((each > now, right[each]), else_=each) for each in moments}
        which = concerned & or_(*[each > now for each in moments])
        keys = table.primary_key.columns
        await transaction.execute(select(*keys).where(which).order_by(*keys).with_for_update())
        await transaction.execute(update(table).where(which).values(values))


def _at(moment: datetime) -> ColumnElement[int]:
    return literal((moment - _EPOCH) // _MICROSECOND, BigInteger)


def _shifted(
    at: ColumnElement[datetime] | ColumnElement[int], microseconds: ColumnElement[int] | int
) -> ColumnElement[datetime]:
    """A moment is kept as whole microseconds, and a database adds them as such."""
    return type_coerce(type_coerce(at, BigInteger) + microseconds, Moment)
