"""The tenants, and whom their admins have named."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import StoreUnavailable
from bot.store.audit import write_entry
from bot.store.database import Database
from bot.store.erasure import erase
from bot.store.rows import Now
from bot.store.schema import managers, workspaces
from bot.store.upsert import Upsert, upsert
from bot.usecases.audit_ports import Vouched


class WorkspaceTable:
    """The port `Workspaces`."""

    def __init__(self, database: Database, *, now: Now | None = None) -> None:
        self._database = database
        self._now = database.clock(now)

    async def remember(self, workspace_id: str, name: str) -> bool:
        """As the port has it. A name that is only the id never replaces a real one."""
        async with self._database.write() as transaction:
            new = await self._new(transaction, workspace_id, name)
            added = await transaction.execute(new.on_conflict_do_nothing())
            if not added.rowcount and name != workspace_id:
                this = workspaces.c.id == workspace_id
                await transaction.execute(update(workspaces).where(this).values(name=name))
        return added.rowcount == 1

    async def ids(self) -> Sequence[str]:
        async with self._database.read() as view:
            return (await view.scalars(select(workspaces.c.id).order_by(workspaces.c.id))).all()

    async def managers(self, workspace_id: str) -> frozenset[str]:
        query = select(managers.c.user_id).where(managers.c.workspace_id == workspace_id)
        async with self._database.read() as view:
            return frozenset(await view.scalars(query))

    async def name_managers(  # noqa: PLR0913 - who, who no longer, by whom, when
        self,
        workspace_id: str,
        user_ids: Collection[str],
        *,
        dropped: Collection[str] = (),
        by: str,
        at: datetime,
        deed: Vouched | None = None,
    ) -> frozenset[str]:
        named = [
            {"workspace_id": workspace_id, "user_id": user, "named_by": by, "named_at": at}
            for user in sorted(set(user_ids))
        ]
        here = managers.c.workspace_id == workspace_id
        async with self._database.write() as transaction:
            new = await self._new(transaction, workspace_id, workspace_id)
            await transaction.execute(new.on_conflict_do_nothing())
            await self._database.alone(transaction, f"managers of {workspace_id}")
            await transaction.execute(
                delete(managers).where(here, managers.c.user_id.in_(sorted(dropped)))
            )
            if named:
                added = upsert(transaction, managers).values(named)
                await transaction.execute(added.on_conflict_do_nothing())
            await write_entry(self._database, transaction, deed)
            return frozenset(await transaction.scalars(select(managers.c.user_id).where(here)))

    async def forget(self, workspace_id: str, *, deed: Vouched | None = None) -> Mapping[str, int]:
        """As the port has it; what was erased leaves the database's files too."""
        async with self._database.write() as transaction:
            gone = await erase(transaction, workspace_id)
            if any(gone.values()):
                await write_entry(self._database, transaction, deed)
        with suppress(StoreUnavailable):  # it is erased all the same
            await self._database.checkpoint()
        return gone

    async def _new(self, transaction: AsyncConnection, workspace_id: str, name: str) -> Upsert:
        created = await self._now(transaction)
        return upsert(transaction, workspaces).values(
            id=workspace_id, name=name, created_at=created
        )
