"""Who wants a digest, and who has had it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, select

from bot.domain.errors import NoSuchConnection
from bot.domain.incident import Alert, Telling
from bot.store.database import Database
from bot.store.rows import connection_of
from bot.store.schema import connections
from bot.store.schema_history import digest_subscriptions, digests
from bot.store.telling import write_telling
from bot.store.upsert import upsert
from bot.usecases.subscriptions import Subscription


class SubscriptionTable:
    """The port `Subscriptions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def wanted(self, workspace_id: str, connection_id: str) -> bool:
        query = select(digest_subscriptions.c.connection_id).where(
            digest_subscriptions.c.connection_id.in_(_its_id(workspace_id, connection_id))
        )
        async with self._database.read() as view:
            return await view.scalar(query) is not None

    async def want(self, workspace_id: str, connection_id: str, *, tz: str, at: datetime) -> None:
        """As the port has it; who wants it already goes on doing so, by the new time zone."""
        async with self._database.write() as transaction:
            if await transaction.scalar(_its_id(workspace_id, connection_id)) is None:
                raise NoSuchConnection
            await transaction.execute(
                upsert(transaction, digest_subscriptions)
                .values(connection_id=connection_id, since=at, tz=tz)
                .on_conflict_do_update(index_elements=["connection_id"], set_={"tz": tz})
            )

    async def stop(self, workspace_id: str, connection_id: str) -> None:
        its_own = digest_subscriptions.c.connection_id.in_(_its_id(workspace_id, connection_id))
        async with self._database.write() as transaction:
            await transaction.execute(delete(digest_subscriptions).where(its_own))

    async def all(self) -> Sequence[Subscription]:
        query = (
            select(connections, digest_subscriptions)
            .join(digest_subscriptions, digest_subscriptions.c.connection_id == connections.c.id)
            .where(_connected())
            .order_by(connections.c.workspace_id, connections.c.name_key)
        )
        since, tz = digest_subscriptions.c.since, digest_subscriptions.c.tz
        async with self._database.read() as view:
            rows = (await view.execute(query)).mappings()
            return [Subscription(connection_of(row), row[since], row[tz]) for row in rows]

    async def told(self, *, since: datetime) -> Collection[tuple[str, str, datetime]]:
        async with self._database.read() as view:
            rows = await view.execute(select(digests).where(digests.c.due_at >= since))
            return {(row.workspace_id, row.place, row.due_at) for row in rows}

    async def owe(self, place: tuple[str, str], due_at: datetime, alert: Alert) -> bool:
        workspace_id, where = place
        async with self._database.write() as transaction:
            kept = await transaction.execute(
                upsert(transaction, digests)
                .values(workspace_id=workspace_id, place=where, due_at=due_at)
                .on_conflict_do_nothing(index_elements=["workspace_id", "place", "due_at"])
            )
            if kept.rowcount:
                await write_telling(transaction, Telling(None, (alert,)), at=alert.not_before)
        return bool(kept.rowcount)


def _connected() -> ColumnElement[bool]:
    return connections.c.disconnected_at.is_(None)


def _its_id(workspace_id: str, connection_id: str) -> Select[tuple[str]]:
    """Empty for a foreign, unknown or disconnected one."""
    return select(connections.c.id).where(
        connections.c.workspace_id == workspace_id, connections.c.id == connection_id, _connected()
    )
