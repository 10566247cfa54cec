"""The tenants, and whom their admins have named."""

import time
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.store.database import Database
from bot.store.rows import Now, moment
from bot.store.schema import managers, workspaces


class WorkspaceTable:
    """The port `Workspaces`."""

    def __init__(self, database: Database, *, now: Now = time.time) -> None:
        self._database = database
        self._now = now

    async def remember(self, workspace_id: str, name: str) -> None:
        """As the port has it. A name that is only the id never replaces a real one."""
        new = self._new(workspace_id, name)
        known = new.on_conflict_do_update(
            index_elements=["id"],
            set_={"name": new.excluded.name},
            where=new.excluded.name != new.excluded.id,
        )
        async with self._database.write() as transaction:
            await transaction.execute(known)

    async def ids(self) -> Sequence[str]:
        async with self._database.read() as view:
            return (await view.scalars(select(workspaces.c.id).order_by(workspaces.c.id))).all()

    async def managers(self, workspace_id: str) -> frozenset[str]:
        query = select(managers.c.user_id).where(managers.c.workspace_id == workspace_id)
        async with self._database.read() as view:
            return frozenset(await view.scalars(query))

    async def name_managers(
        self, workspace_id: str, user_ids: Collection[str], *, by: str, at: datetime
    ) -> None:
        named = [
            {"workspace_id": workspace_id, "user_id": user, "named_by": by, "named_at": at}
            for user in sorted(set(user_ids))
        ]
        async with self._database.write() as transaction:
            await transaction.execute(
                self._new(workspace_id, workspace_id).on_conflict_do_nothing()
            )
            await transaction.execute(
                delete(managers).where(managers.c.workspace_id == workspace_id)
            )
            if named:
                await transaction.execute(insert(managers), named)

    def _new(self, workspace_id: str, name: str) -> Insert:
        created = moment(self._now())
        return upsert(workspaces).values(id=workspace_id, name=name, created_at=created)
