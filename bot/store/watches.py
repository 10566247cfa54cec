"""Which checks are due, who has claimed them, and what they led to."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    case,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import NoSuchConnection
from bot.domain.observation import Seen, Tenant
from bot.domain.status import Status
from bot.domain.timekeeping import PUSHED_AHEAD
from bot.store.audit import write_entry
from bot.store.checks import note_check
from bot.store.columns import Moment
from bot.store.database import Database
from bot.store.rows import Now, Values, connection_of, quota_values, readable, values_of, watch_of
from bot.store.schema import WAITING, WATCHED, connections, watches
from bot.store.schema_history import checks
from bot.store.telling import write_telling
from bot.usecases.ports import Decision, Due, Sealed

log = logging.getLogger(__name__)


class WatchTable:
    """The port `Watches`. `lease` is how many seconds a claim holds (CHECK_LEASE)."""

    def __init__(self, database: Database, *, lease: float = 60.0, now: Now | None = None) -> None:
        self._database = database
        self._lease = lease
        self._now = database.clock(now)

    async def claim_due(self, limit: int) -> Sequence[Due]:
        """As the port has it. What cannot be read is out of the way for an hour."""
        return await self._claim_by(watches.c.next_check_at, WATCHED, limit)

    async def claim_waiting(self, limit: int) -> Sequence[Due]:
        return await self._claim_by(watches.c.attend_at, WAITING, limit)

    async def claim_one(self, workspace_id: str, connection_id: str) -> Due:
        this = watches.c.workspace_id == workspace_id, watches.c.connection_id == connection_id
        async with self._database.write() as transaction:
            claimed = await self._claim(transaction, *this, now=await self._now(transaction))
        if not claimed:
            raise NoSuchConnection
        return claimed[0]

    async def wake(self, username_digest: str) -> None:
        its_own = select(connections.c.id).where(connections.c.username_digest == username_digest)
        # In one order, so that two who wake the same ones do not wait for each other.
        asleep = (
            select(watches.c.connection_id)
            .where(watches.c.connection_id.in_(its_own), WATCHED)
            .order_by(watches.c.connection_id)
            .with_for_update()
            .cte("asleep")
        )
        async with self._database.write() as transaction:
            await transaction.execute(
                update(watches)
                .where(watches.c.connection_id.in_(select(asleep.c.connection_id)))
                .values(next_check_at=await self._now(transaction))
            )

    async def postpone(self, due: Due, until: datetime) -> None:
        """As the port has it; without effect where somebody else has claimed it meanwhile."""
        async with self._database.write() as transaction:
            await transaction.execute(
                update(watches).where(*_held(due)).values(next_check_at=until, lease_until=None)
            )

    async def apply(self, due: Due, decision: Decision) -> bool:
        """As the port has it. Raises StoreUnavailable, with nothing written, where the incident is
        not the one that was decided upon.
        """
        values = values_of(decision.watch) | {"lease_until": None}
        if decision.seen and decision.seen.quota:
            values |= quota_values(decision.seen.quota)
        async with self._database.write() as transaction:
            now = await self._now(transaction)
            held = (*_held(due), watches.c.lease_until > now)
            written = await transaction.execute(update(watches).where(*held).values(**values))
            if not written.rowcount:
                return False
            await _note(transaction, due, decision, now)
            await _learn(transaction, due, decision)
            await write_telling(transaction, decision.telling, at=now)
            await write_entry(self._database, transaction, decision.deed)
        return True

    async def _claim_by(
        self, when: ColumnElement[datetime], which: ColumnElement[bool], limit: int
    ) -> Sequence[Due]:
        """Nobody else can claim the rows that are being looked at."""
        async with self._database.write() as transaction:
            now = await self._now(transaction)
            due = _free(when, which, now).limit(limit)
            chosen = due.with_for_update(skip_locked=True).cte("due")
            this = watches.c.connection_id.in_(select(chosen.c.connection_id))
            return await self._claim(transaction, this, now=now)

    async def _claim(
        self, transaction: AsyncConnection, *which: ColumnElement[bool], now: datetime
    ) -> Sequence[Due]:
        claim = update(watches).where(*which).returning(watches.c.connection_id)
        until = now + timedelta(seconds=self._lease)
        leased = claim.values(lease=watches.c.lease + 1, lease_until=until)
        ids = (await transaction.scalars(leased)).all()
        if not ids:  # nearly always
            return []
        claimed = (
            select(connections, watches)
            .join(watches, watches.c.connection_id == connections.c.id)
            .where(connections.c.id.in_(ids))
            .order_by(watches.c.next_check_at)
        )
        due = readable((await transaction.execute(claimed)).mappings(), _due)
        if len(due) < len(ids):
            await _push_ahead(transaction, set(ids) - {each.connection.id for each in due}, now)
        return due


def _free(
    when: ColumnElement[datetime], which: ColumnElement[bool], now: datetime
) -> Select[tuple[str]]:
    """Due, and claimed by nobody, the longest overdue first."""
    return (
        select(watches.c.connection_id)
        .where(which, when <= now)
        .where(or_(watches.c.lease_until.is_(None), watches.c.lease_until <= now))
        .order_by(when)
    )


def _held(due: Due) -> Sequence[ColumnElement[bool]]:
    """True of the watch while this claim is the last one made of it."""
    return (
        watches.c.connection_id == due.connection.id,
        watches.c.workspace_id == due.connection.workspace_id,
        watches.c.lease == due.lease,
    )


async def _note(transaction: AsyncConnection, due: Due, decision: Decision, now: datetime) -> None:
    """For the history: each check, and each change of status that is a person's deed."""
    seen = decision.seen.seen if decision.seen else due.watch.seen
    if decision.seen or decision.watch.status is not due.watch.status:
        known = seen or Seen.WITHHELD
        await note_check(transaction, due.connection.id, decision.watch, known, at=now)


async def _push_ahead(transaction: AsyncConnection, unreadable: set[str], now: datetime) -> None:
    """Out of the way of the others. It is noted that they were not seen."""
    log.error("row_unreadable", extra={"connections": sorted(unreadable)})
    later = now + PUSHED_AHEAD
    waits = case((WAITING, literal(later, Moment())), else_=None)
    put_off = {"next_check_at": later, "attend_at": waits, "lease_until": None}
    await transaction.execute(
        update(watches).where(watches.c.connection_id.in_(unreadable)).values(put_off)
    )
    unseen = {"at": now, "status": Status.PENDING, "seen": Seen.INCONCLUSIVE}
    rows = [unseen | {"connection_id": each} for each in unreadable]
    await transaction.execute(insert(checks), rows)


async def _learn(transaction: AsyncConnection, due: Due, decision: Decision) -> None:
    """Keep what the check told of the tenant; most checks tell nothing new."""
    known, tenant = due.connection, decision.seen.tenant if decision.seen else Tenant()
    learnt: Values = {}
    if tenant.company not in (None, known.company):
        learnt["company"] = tenant.company
    if tenant.zone not in (None, known.zone):
        learnt["zone"] = tenant.zone
    if decision.resealed:
        learnt |= {"origin": decision.resealed.origin, "sealed": decision.resealed.blob}
    if learnt:
        await transaction.execute(
            update(connections)
            .where(connections.c.workspace_id == known.workspace_id, connections.c.id == known.id)
            .values(**learnt)
        )


def _due(row: RowMapping) -> Due:
    connection = connection_of(row)
    return Due(
        connection,
        watch_of(row),
        Sealed(row[connections.c.sealed], connection.origin),
        row[connections.c.username_digest],
        row[watches.c.lease],
    )
