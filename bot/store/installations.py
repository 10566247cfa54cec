"""The workspaces in which Slack takes nothing from the app."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select, update

from bot.store.database import Database
from bot.store.places import suspensions
from bot.store.rows import Now
from bot.store.upsert import upsert_in_workspace
from bot.usecases.ports import Suspended


class InstallationTable:
    """The port `Installations`."""

    def __init__(self, database: Database, *, now: Now | None = None) -> None:
        self._database = database
        self._now = database.clock(now)

    async def suspend(
        self, workspace_id: str, reason: str, *, tries: int, probe_after: float
    ) -> bool:
        async with self._database.write() as transaction:
            now = await self._now(transaction)
            values = {
                "reason": reason,
                "tries": tries,
                "probe_at": now + timedelta(seconds=probe_after),
            }
            first = await transaction.execute(
                upsert_in_workspace(
                    transaction, suspensions, workspace_id, since=now, **values
                ).on_conflict_do_nothing(index_elements=["workspace_id"])
            )
            if not first.rowcount:
                more = suspensions.c.tries < tries
                this = suspensions.c.workspace_id == workspace_id
                await transaction.execute(update(suspensions).where(this, more).values(**values))
        return first.rowcount == 1

    async def resume(self, workspace_id: str) -> None:
        async with self._database.write() as transaction:
            await transaction.execute(
                delete(suspensions).where(suspensions.c.workspace_id == workspace_id)
            )

    async def suspended(self) -> Sequence[Suspended]:
        query = select(suspensions).order_by(suspensions.c.workspace_id)
        async with self._database.read() as view:
            return [
                Suspended(row.workspace_id, row.reason, row.since)
                for row in await view.execute(query)
            ]
