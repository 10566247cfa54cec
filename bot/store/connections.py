"""The connections of a workspace, with what is known of each."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    and_,
    delete,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.connection import name_key
from bot.domain.errors import BadInput, NoSuchConnection, StoreUnavailable
from bot.domain.incident import Telling
from bot.domain.policy import Care
from bot.domain.status import TROUBLE
from bot.store.audit import write_entry
from bot.store.checks import note_check
from bot.store.database import Database
from bot.store.outages import part
from bot.store.outbox import ANEW
from bot.store.rows import (
    Now,
    Values,
    connection_of,
    incident_of,
    quota_of,
    quota_values,
    readable,
    values_of,
    watch_of,
)
from bot.store.schema import PENDING, AlertState, alerts, connections, incidents, watches
from bot.store.telling import require_none_open, write_telling
from bot.store.upsert import upsert
from bot.usecases.audit_ports import Vouched
from bot.usecases.ports import Accepted, Overview, Sealed


class ConnectionTable:
    """The port `Connections`. A foreign, unknown or disconnected id is no connection at all.

    Whatever changes a connection's state writes its watch first: who holds that row is alone with
    the connection, and since all go in this order, no two wait for each other.
    """

    def __init__(self, database: Database, *, now: Now | None = None) -> None:
        self._database = database
        self._now = database.clock(now)

    async def add(self, accepted: Accepted) -> None:
        connection = accepted.connection
        row = _row(accepted) | {"name_key": name_key(connection.name)}
        async with self._database.write() as transaction:
            stored = await transaction.execute(
                upsert(transaction, connections)
                .values(**row)
                .on_conflict_do_nothing(index_elements=["workspace_id", "name_key"])
            )
            if not stored.rowcount:
                raise BadInput(
                    f"There is a connection named {connection.name} already.", field="name"
                )
            identity = {"connection_id": connection.id, "workspace_id": connection.workspace_id}
            await transaction.execute(insert(watches).values(**identity, **_watch(accepted)))
            await self._note(transaction, accepted)
            await write_telling(transaction, accepted.telling, at=await self._now(transaction))
            await write_entry(self._database, transaction, accepted.deed)

    async def replace(self, accepted: Accepted) -> None:
        """As the port has it. Raises StoreUnavailable where an incident was opened or changed since
        the telling was made of it; nothing is stored then.
        """
        connection = accepted.connection
        row = _row(accepted)
        del row["id"], row["name"]  # the name is who it is
        async with self._database.write() as transaction:
            await transaction.execute(
                update(watches)
                .where(watches.c.workspace_id == connection.workspace_id)
                .where(watches.c.connection_id == connection.id)
                .values(**_watch(accepted), lease=watches.c.lease + 1, lease_until=None)
            )
            await self._note(transaction, accepted)
            await _change(transaction, connection.workspace_id, connection.id, row)
            await write_telling(transaction, accepted.telling, at=await self._now(transaction))
            if accepted.watch.status not in TROUBLE:
                await require_none_open(transaction, connection.workspace_id, connection.id)
            await write_entry(self._database, transaction, accepted.deed)

    async def find(self, workspace_id: str, name: str) -> Overview:
        return await self._one(workspace_id, connections.c.name_key == name_key(name))

    async def get(self, workspace_id: str, connection_id: str) -> Overview:
        return await self._one(workspace_id, connections.c.id == connection_id)

    async def sealed(self, workspace_id: str, connection_id: str) -> Sealed:
        query = select(connections.c.sealed, connections.c.origin)
        async with self._database.read() as view:
            found = await view.execute(query.where(*_connected(workspace_id, connection_id)))
            row = found.one_or_none()
        if row is None:
            raise NoSuchConnection
        return Sealed(row.sealed, row.origin)

    async def all(self, workspace_id: str) -> Sequence[Overview]:
        """As the port has it, but for what cannot be read."""
        query = _overviews(workspace_id).order_by(connections.c.name_key)
        async with self._database.read() as view:
            return readable((await view.execute(query)).mappings(), _overview)

    async def told_together(self, workspace_id: str, connection_id: str) -> Sequence[str]:
        theirs, others = incidents.alias(), incidents
        latest = (
            select(theirs.c.place_channel, theirs.c.place_ts)
            .where(theirs.c.workspace_id == workspace_id, theirs.c.connection_id == connection_id)
            .order_by(theirs.c.number.desc())
            .limit(1)
        )
        query = (
            select(others.c.connection_id)
            .where(others.c.workspace_id == workspace_id, others.c.closed_at.is_(None))
            .where(tuple_(others.c.place_channel, others.c.place_ts).in_(latest))
            .order_by(others.c.number)
        )
        async with self._database.read() as view:
            return (await view.scalars(query)).all()

    async def disconnect(
        self,
        workspace_id: str,
        connection_id: str,
        *,
        at: datetime,
        telling: Telling,
        deed: Vouched | None = None,
    ) -> None:
        """As the port has it; the ciphertext leaves the database's files too. Raises
        NoSuchConnection, and StoreUnavailable as `replace` does.
        """
        gone = {"sealed": None, "name_key": None, "disconnected_at": at}
        async with self._database.write() as transaction:
            await transaction.execute(
                delete(watches).where(
                    watches.c.workspace_id == workspace_id,
                    watches.c.connection_id == connection_id,
                )
            )
            await _change(transaction, workspace_id, connection_id, gone)
            await write_telling(transaction, telling, at=await self._now(transaction))
            await require_none_open(transaction, workspace_id, connection_id)
            await write_entry(self._database, transaction, deed)
        with suppress(StoreUnavailable):  # it is disconnected all the same
            await self._database.checkpoint()

    async def choose_channel(
        self,
        workspace_id: str,
        connection_id: str,
        channel: str | None,
        *,
        deed: Vouched | None = None,
    ) -> None:
        """As the port has it: what is owed starts at this channel again, and so does what nobody
        would take of an incident that is still open. Raises NoSuchConnection.
        """
        given_up = alerts.c.state == AlertState.DEAD
        is_open = select(incidents.c.id).where(
            incidents.c.workspace_id == workspace_id, incidents.c.closed_at.is_(None)
        )
        still_news = and_(given_up, alerts.c.incident_id.in_(is_open))
        elsewhere = or_(alerts.c.step > 0, alerts.c.destination.is_not(None))
        stuck = or_(and_(PENDING, elsewhere), still_news)
        owed = update(alerts).where(
            alerts.c.workspace_id == workspace_id, alerts.c.connection_id == connection_id, stuck
        )
        async with self._database.write() as transaction:
            await self._database.alone(transaction, "outbox")
            await part(transaction, workspace_id, connection_id)
            await _change(transaction, workspace_id, connection_id, {"channel": channel})
            revived = ANEW | {"not_before": await self._now(transaction)}
            await transaction.execute(owed.values(revived))
            await write_entry(self._database, transaction, deed)

    async def care_for(
        self, workspace_id: str, connection_id: str, care: Care, *, deed: Vouched | None = None
    ) -> None:
        async with self._database.write() as transaction:
            await _change(transaction, workspace_id, connection_id, values_of(care))
            await write_entry(self._database, transaction, deed)

    async def _note(self, transaction: AsyncConnection, accepted: Accepted) -> None:
        """That Autotask accepted it was a check as any other."""
        watch = accepted.watch
        if watch.seen:
            at = await self._now(transaction)
            await note_check(transaction, accepted.connection.id, watch, watch.seen, at=at)

    async def _one(self, workspace_id: str, which: ColumnElement[bool]) -> Overview:
        async with self._database.read() as view:
            found = await view.execute(_overviews(workspace_id).where(which))
            row = found.mappings().one_or_none()
        if row is None:
            raise NoSuchConnection
        return _overview(row)


async def _change(
    transaction: AsyncConnection, workspace_id: str, connection_id: str, values: Values
) -> None:
    this = _connected(workspace_id, connection_id)
    result = await transaction.execute(update(connections).where(*this).values(**values))
    if not result.rowcount:
        raise NoSuchConnection


def _connected(workspace_id: str, connection_id: str) -> Sequence[ColumnElement[bool]]:
    return (
        connections.c.workspace_id == workspace_id,
        connections.c.id == connection_id,
        connections.c.disconnected_at.is_(None),
    )


def _row(accepted: Accepted) -> Values:
    """`name_key` apart. The origin is the one that the value was sealed for."""
    return values_of(accepted.connection) | {
        "origin": accepted.sealed.origin,
        "sealed": accepted.sealed.blob,
        "username_digest": accepted.username_digest,
    }


def _watch(accepted: Accepted) -> Values:
    unknown = {"quota_used": None, "quota_limit": None, "quota_window": None}
    quota = quota_values(accepted.quota) if accepted.quota else unknown
    return values_of(accepted.watch) | quota


def _overviews(workspace_id: str) -> Select[tuple[object, ...]]:
    """All that are connected, each with its watch and its open incident."""
    is_open = incidents.c.closed_at.is_(None)
    its_incident = (incidents.c.connection_id == connections.c.id) & is_open
    return (
        select(connections, watches, incidents)
        .join(watches, watches.c.connection_id == connections.c.id)
        .outerjoin(incidents, its_incident)
        .where(connections.c.workspace_id == workspace_id)
    )


def _overview(row: RowMapping) -> Overview:
    return Overview(connection_of(row), watch_of(row), quota_of(row), incident_of(row))
