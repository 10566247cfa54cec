"""The places that take nothing, until they take something again."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, RowMapping, and_, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incident import Incident, Kind, Telling
from bot.domain.outage import Member
from bot.store.database import Database
from bot.store.locking import lock_alerts, lock_incidents
from bot.store.outages import FELL_BACK
from bot.store.outbox import ANEW
from bot.store.places import destinations
from bot.store.rows import Now, connection_of, incident_of, readable
from bot.store.schema import PENDING, AlertState, alerts, connections, incidents
from bot.store.telling import write_telling
from bot.store.upsert import upsert_in_workspace
from bot.usecases.delivery_ports import TellBack
from bot.usecases.ports import Broken

_RETURNED = {
    "place_channel": incidents.c.left_channel,
    "place_ts": incidents.c.left_ts,
    "left_channel": None,
    "left_ts": None,
    "shown_version": 0,
}
_NEWS = (Kind.INCIDENT, Kind.NOTICE)
_BROKEN = destinations.c.broken_since.is_not(None)


class DestinationTable:
    """The port `Destinations`. `lease` is how many seconds a probe may be under way."""

    def __init__(self, database: Database, *, lease: float = 60.0, now: Now | None = None) -> None:
        self._database = database
        self._lease = timedelta(seconds=lease)
        self._now = database.clock(now)

    async def broken(self, workspace_id: str) -> Mapping[str, Broken]:
        query = select(destinations).where(destinations.c.workspace_id == workspace_id, _BROKEN)
        async with self._database.read() as view:
            rows = (await view.execute(query)).mappings()
            return {row["channel"]: _broken_of(row) for row in rows}

    async def mark_broken(self, broken: Broken, *, telling: Telling) -> bool:
        async with self._database.write() as transaction:
            now = await self._now(transaction)
            new = upsert_in_workspace(
                transaction, destinations, broken.workspace_id, channel=broken.channel
            )
            await transaction.execute(new.on_conflict_do_nothing())
            first = await transaction.execute(
                update(destinations)
                .where(*_this(broken.workspace_id, broken.channel))
                .where(destinations.c.broken_since.is_(None))
                .values(
                    broken_since=broken.broken_since,
                    reason=broken.reason,
                    summary_id=broken.summary_id,
                    probe_at=now + timedelta(hours=1),
                    probed_at=None,
                    told_at=now if telling.alerts else None,
                    healed_at=None,
                )
            )
            if first.rowcount:
                await write_telling(transaction, telling, at=now)
        return first.rowcount == 1

    async def probe_soon(self, workspace_id: str, channel: str) -> None:
        async with self._database.write() as transaction:
            await transaction.execute(
                update(destinations)
                .where(*_this(workspace_id, channel), _BROKEN)
                .values(probe_at=await self._now(transaction))
            )

    async def claim_probes(self, limit: int) -> Sequence[Broken]:
        """As the port has it. `probed_at` is what it was before this claim."""
        async with self._database.write() as transaction:
            now = await self._now(transaction)
            due = (
                select(destinations)
                .where(_BROKEN, destinations.c.probe_at <= now)
                .order_by(destinations.c.probe_at)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
            found = [_broken_of(row) for row in (await transaction.execute(due)).mappings()]
            for each in found:
                await transaction.execute(
                    update(destinations)
                    .where(*_this(each.workspace_id, each.channel))
                    .values(probe_at=now + self._lease, probed_at=each.probed_at or now)
                )
            return found

    async def still_broken(
        self, broken: Broken, *, after: float, reason: str | None = None, unclear: bool = False
    ) -> None:
        values: dict[str, object] = {} if unclear else {"probed_at": None}
        if reason:
            values["reason"] = reason
        async with self._database.write() as transaction:
            again = await self._now(transaction) + timedelta(seconds=after)
            await transaction.execute(
                update(destinations)
                .where(*_this(broken.workspace_id, broken.channel), _BROKEN)
                .values(probe_at=again, **values)
            )

    async def missed(self, broken: Broken, connection_ids: Collection[str]) -> Mapping[str, int]:
        elsewhere = or_(
            alerts.c.state == AlertState.DEAD,
            alerts.c.destination.is_not(None),
            alerts.c.sent_channel != broken.channel,
        )
        since = or_(
            alerts.c.created_at >= broken.broken_since,
            alerts.c.settled_at >= broken.broken_since,
        )
        query = (
            select(alerts.c.connection_id, func.count())
            .where(alerts.c.workspace_id == broken.workspace_id, elsewhere, since)
            .where(alerts.c.connection_id.in_(connection_ids), alerts.c.kind.in_(_NEWS))
            .group_by(alerts.c.connection_id)
        )
        async with self._database.read() as view:
            return {row[0]: row[1] for row in await view.execute(query)}

    async def forget(self, broken: Broken) -> None:
        async with self._database.write() as transaction:
            await self._is_back(transaction, broken)

    async def heal(self, broken: Broken, connection_ids: Collection[str], tell: TellBack) -> None:
        """As the port has it. An alert whose claim is under way goes where it was going."""
        waiting = and_(PENDING, alerts.c.destination.is_not(None), alerts.c.lease_until.is_(None))
        died = and_(alerts.c.state == AlertState.DEAD, alerts.c.settled_at >= broken.broken_since)
        owed = (
            alerts.c.workspace_id == broken.workspace_id,
            alerts.c.connection_id.in_(connection_ids),
            alerts.c.kind.not_in((Kind.BULLETIN, Kind.FAREWELL)),
            waiting | died,
        )
        returns = _left(broken) | _elsewhere(broken, connection_ids)
        async with self._database.write() as transaction:
            await self._database.alone(transaction, "outbox")
            now = await self._is_back(transaction, broken)
            await lock_alerts(transaction, *owed)
            await transaction.execute(
                update(alerts).where(*owed).values(ANEW | {"settled_at": None})
            )
            back, stay = await _together(transaction, broken.workspace_id, returns)
            these = update(incidents).where(incidents.c.workspace_id == broken.workspace_id)
            returned = these.where(incidents.c.id.in_([each.incident.id for each in back]))
            await transaction.execute(returned.values(**_RETURNED))
            stale = these.where(incidents.c.id.in_([each.id for each in stay]))
            await transaction.execute(stale.values(shown_version=0))
            await write_telling(transaction, tell(back, stay), at=now)

    async def _is_back(self, transaction: AsyncConnection, broken: Broken) -> datetime:
        """Returns when that is: now."""
        healed = {"broken_since": None, "probe_at": None, "probed_at": None, "summary_id": None}
        now = await self._now(transaction)
        await transaction.execute(
            update(destinations)
            .where(*_this(broken.workspace_id, broken.channel))
            .values(**healed, healed_at=now)
        )
        return now


async def _together(
    transaction: AsyncConnection, workspace_id: str, returns: ColumnElement[bool]
) -> tuple[Sequence[Member], Sequence[Incident]]:
    """The incidents of which this is true, and what else their messages tell of; locked."""
    places = select(incidents.c.place_channel, incidents.c.place_ts).where(returns)
    where = tuple_(incidents.c.place_channel, incidents.c.place_ts)
    concerned = (
        incidents.c.workspace_id == workspace_id,
        or_(returns, where.in_(places.correlate(None))),
    )
    await lock_incidents(transaction, *concerned)
    query = (
        select(connections, incidents, returns.label("returns"))
        .select_from(incidents)
        .join(connections, connections.c.id == incidents.c.connection_id)
        .where(*concerned)
        .order_by(incidents.c.number)
    )
    found = readable((await transaction.execute(query)).mappings(), _concerned_of)
    back = [member for member, goes in found if goes]
    return back, [member.incident for member, goes in found if not goes]


def _concerned_of(row: RowMapping) -> tuple[Member, bool]:
    incident = incident_of(row)
    assert incident  # noqa: S101 - the query begins with incidents
    return Member(connection_of(row), incident), bool(row["returns"])


def _this(workspace_id: str, channel: str) -> Sequence[ColumnElement[bool]]:
    return destinations.c.workspace_id == workspace_id, destinations.c.channel == channel


def _left(broken: Broken) -> ColumnElement[bool]:
    """Incidents whose message stands there, while a later one stands elsewhere."""
    return and_(
        incidents.c.workspace_id == broken.workspace_id,
        incidents.c.left_channel == broken.channel,
    )


def _elsewhere(broken: Broken, connection_ids: Collection[str]) -> ColumnElement[bool]:
    """Open incidents that were told to a fallback or to nobody while it was broken, and never
    there."""
    return and_(
        incidents.c.workspace_id == broken.workspace_id,
        incidents.c.connection_id.in_(connection_ids),
        incidents.c.closed_at.is_(None),
        incidents.c.left_channel.is_(None),
        or_(incidents.c.place_channel.is_(None), FELL_BACK),
    )


def _broken_of(row: RowMapping) -> Broken:
    names = ("workspace_id", "channel", "reason", "broken_since", "summary_id", "probed_at")
    return Broken(**{name: row[name] for name in names})
