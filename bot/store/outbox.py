"""The alerts owed, in order."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, RowMapping, Select, and_, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate

from bot.domain.incident import Incident, Kind, Place
from bot.store.database import Database
from bot.store.rows import Now, Values, alert_of, connection_of, incident_of
from bot.store.schema import PENDING, AlertState, alerts, connections, incidents
from bot.usecases.ports import Owed


class OutboxTable:
    """The port `Outbox`. `lease` is how many seconds a claim holds (SEND_LEASE).

    What a sender reports is kept while its claim is the last one made, lapsed or not: Slack's
    answer is worth more than a second message.
    """

    def __init__(self, database: Database, *, lease: float = 60.0, now: Now | None = None) -> None:
        self._database = database
        self._lease = lease
        self._now = database.clock(now)

    async def claim(self, limit: int) -> Sequence[Owed]:
        """As the port has it. An alert that waits for its time holds up the younger ones of its
        connection, but goes at once when its incident is over before it was ever tried.
        """
        async with self._database.write() as transaction:
            # One claim at a time: two at once could not see which alerts the other one takes, and
            # a connection's next alert might go before its eldest.
            await self._database.alone(transaction, "outbox")
            claim = self._claim(limit, await self._now(transaction))
            claimed = (await transaction.scalars(claim)).all()
            if not claimed:  # nearly always
                return []
            rows = await transaction.execute(_owed(claimed))
            return [_owed_of(row) for row in rows.mappings()]

    async def sent(self, owed: Owed, place: Place | None) -> None:
        settled: Values = {"state": AlertState.SENT}
        if place:
            settled |= {"sent_channel": place.channel, "sent_ts": place.ts}
        async with self._database.write() as transaction:
            settled["settled_at"] = await self._now(transaction)
            kept = await _settle(transaction, owed, settled)
            if kept and place and owed.incident and owed.alert.kind is Kind.INCIDENT:
                await _show(transaction, owed.incident, place)

    async def retry(self, owed: Owed, *, after: float, error: str) -> None:
        async with self._database.write() as transaction:
            again = await self._now(transaction) + timedelta(seconds=after)
            await _settle(transaction, owed, {"not_before": again, "last_error": error})

    async def next_destination(self, owed: Owed, *, error: str) -> None:
        """As the port has it. Where another channel was chosen meanwhile, that one comes first, as
        soon as this claim lapses.
        """
        onward: Values = {"step": owed.alert.step + 1, "attempts": 0, "last_error": error}
        async with self._database.write() as transaction:
            await _settle(transaction, owed, onward, alerts.c.step == owed.alert.step)

    async def give_up(self, owed: Owed, *, error: str) -> None:
        """As the port has it, but for a channel chosen meanwhile: see `next_destination`."""
        dead: Values = {"state": AlertState.DEAD, "last_error": error}
        async with self._database.write() as transaction:
            dead["settled_at"] = await self._now(transaction)
            await _settle(transaction, owed, dead, alerts.c.step == owed.alert.step)

    async def waiting(self) -> tuple[int, float]:
        """How many alerts are owed, and for how many seconds the oldest has been."""
        query = select(func.count(), func.min(alerts.c.created_at)).where(PENDING)
        async with self._database.read() as view:
            count, oldest = (await view.execute(query)).one()
            waited = (await self._now(view) - oldest).total_seconds() if oldest else 0.0
        return count, max(0.0, waited)

    async def dead(self) -> int:
        """How many alerts reached nobody."""
        query = select(func.count()).where(alerts.c.state == AlertState.DEAD)
        async with self._database.read() as view:
            return await view.scalar(query) or 0

    def _claim(self, limit: int, now: datetime) -> ReturningUpdate[int]:
        ready = _ready(now).limit(limit).with_for_update(skip_locked=True, of=alerts).cte("ready")
        return (
            update(alerts)
            .where(alerts.c.seq.in_(select(ready.c.seq)))
            .values(
                lease=alerts.c.lease + 1,
                lease_until=now + timedelta(seconds=self._lease),
                attempts=alerts.c.attempts + 1,
            )
            .returning(alerts.c.seq)
        )


def _ready(now: datetime) -> Select[tuple[int]]:
    """The eldest alert owed of each connection, where its time has come and nobody has it."""
    eldest = select(func.min(alerts.c.seq)).where(PENDING).group_by(alerts.c.connection_id)
    over = and_(incidents.c.closed_at.is_not(None), alerts.c.attempts == 0)
    return (
        select(alerts.c.seq)
        .outerjoin(incidents, incidents.c.id == alerts.c.incident_id)
        .where(PENDING, alerts.c.seq.in_(eldest.correlate(None)))
        .where(or_(alerts.c.lease_until.is_(None), alerts.c.lease_until <= now))
        .where(or_(alerts.c.not_before <= now, over))
        .order_by(alerts.c.seq)
    )


def _owed(claimed: Sequence[int]) -> Select[tuple[object, ...]]:
    return (
        select(alerts, connections, incidents)
        .join(connections, connections.c.id == alerts.c.connection_id)
        .outerjoin(incidents, incidents.c.id == alerts.c.incident_id)
        .where(alerts.c.seq.in_(claimed))
        .order_by(alerts.c.seq)
    )


def _owed_of(row: RowMapping) -> Owed:
    return Owed(alert_of(row), connection_of(row), incident_of(row), row[alerts.c.lease])


async def _settle(
    transaction: AsyncConnection, owed: Owed, values: Values, *also: ColumnElement[bool]
) -> bool:
    """End the claim; False where it is not the last one made of this alert."""
    result = await transaction.execute(
        update(alerts)
        .where(PENDING, alerts.c.workspace_id == owed.alert.workspace_id)
        .where(alerts.c.id == owed.alert.id, alerts.c.lease == owed.lease, *also)
        .values(lease_until=None, **values)
    )
    return result.rowcount == 1


async def _show(transaction: AsyncConnection, shown: Incident, place: Place) -> None:
    """Remember where the incident's message stands and which version it shows by now."""
    same = and_(incidents.c.place_channel == place.channel, incidents.c.place_ts == place.ts)
    await transaction.execute(
        update(incidents)
        .where(incidents.c.workspace_id == shown.workspace_id, incidents.c.id == shown.id)
        .values(
            place_channel=place.channel,
            place_ts=place.ts,
            shown_version=shown.version,
            first_shown_version=case((same, incidents.c.first_shown_version), else_=shown.version),
        )
    )
