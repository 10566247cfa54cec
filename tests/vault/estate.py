"""A database full of workspaces, each with a connection whose credentials are sealed."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import event, insert, select, update

from bot.store.data_keys import DataKeyTable
from bot.store.database import Database
from bot.store.rotation import RotationTable
from bot.store.schema import connections, data_keys, workspaces
from bot.store.sqlite import Sqlite
from bot.usecases.data_keys import MasterKey
from bot.usecases.ports import Sealed
from bot.vault.credentials import CredentialVault
from bot.vault.rotation import Rotation
from bot.vault.sources import KeySources
from tests.sqlite import hurry
from tests.vault.cast import CREDENTIALS, ORIGIN

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


@dataclass
class Estate:
    """The database by the hands of whoever holds these master keys, at a time that stands still
    until it is moved."""

    database: Database
    sources: KeySources
    seconds: float = NOW.timestamp()

    def __post_init__(self) -> None:
        self.vault = CredentialVault(self.sources, DataKeyTable(self.database, now=self.now))
        self.table = RotationTable(self.database, now=self.now)
        self.rotation = Rotation(self.sources, self.vault, self.table)

    def now(self) -> float:
        return self.seconds

    def held_by(self, sources: KeySources) -> "Estate":
        """The same database, as another process opens it."""
        return Estate(self.database, sources, self.seconds)

    async def furnish(self, number: int) -> None:
        """So many workspaces of one connection each."""
        ids = [f"T{each:05}" for each in range(number)]
        rows = [await self._connection(workspace_id) for workspace_id in ids]
        async with self.database.write() as transaction:
            named = [{"id": each, "name": each, "created_at": NOW} for each in ids]
            await transaction.execute(insert(workspaces), named)
            await transaction.execute(insert(connections), rows)

    async def opened(self) -> int:
        """How many sealed values open, by a vault that has opened nothing yet."""
        vault = CredentialVault(self.sources, DataKeyTable(self.database))
        rows = await self.sealed()
        for workspace_id, connection_id, sealed in rows:
            assert await vault.open(workspace_id, connection_id, sealed) == CREDENTIALS
        return len(rows)

    async def sealed(self) -> Sequence[tuple[str, str, Sealed]]:
        query = select(connections.c.workspace_id, connections.c.id, connections.c.sealed)
        async with self.database.read() as view:
            rows = await view.execute(query.where(connections.c.sealed.is_not(None)))
            return [(each.workspace_id, each.id, Sealed(each.sealed, ORIGIN)) for each in rows]

    async def put(self, connection_id: str, sealed: bytes) -> None:
        """Write it there past all ports."""
        this = update(connections).where(connections.c.id == connection_id)
        async with self.database.write() as transaction:
            await transaction.execute(this.values(sealed=sealed))

    async def counts(self) -> dict[MasterKey, int]:
        return dict(await self.table.counts())

    async def retired(self) -> int:
        """How many data keys are there still that seal nothing any more."""
        query = select(data_keys.c.id).where(data_keys.c.retired_at.is_not(None))
        async with self.database.read() as view:
            return len((await view.scalars(query)).all())

    async def _connection(self, workspace_id: str) -> dict[str, Any]:
        connection_id = f"0-{workspace_id}"
        sealed = await self.vault.seal(workspace_id, connection_id, CREDENTIALS)
        return {
            "id": connection_id,
            "workspace_id": workspace_id,
            "name": "Autotask",
            "name_key": "autotask",
            "origin": ORIGIN,
            "sealed": sealed.blob,
            "username_digest": "made-up",
            "connected_by": "U1",
            "connected_at": NOW,
        }


@asynccontextmanager
async def estate(url: str, sources: KeySources, *, hurried: bool = True) -> AsyncIterator[Estate]:
    """At `url`; where `hurried`, nothing waits for the disk."""
    database = Database.open(url)
    if hurried:
        hurry(database)
    try:
        yield Estate(database, sources)
    finally:
        await database.close()


def transactions(database: Database) -> list[int]:
    """A list that grows: of each transaction that is committed, how many rows it changed."""
    engine = cast(Sqlite, database._backend)._engine.sync_engine
    sizes: list[int] = []
    changed = 0

    @event.listens_for(engine, "after_cursor_execute")
    def executed(_: Any, cursor: Any, statement: str, rows: Any, context: Any, many: Any) -> None:
        nonlocal changed
        if statement.startswith(("UPDATE", "INSERT", "DELETE")):
            changed += len(rows) if many else 1

    @event.listens_for(engine, "commit")
    def committed(connection: Any) -> None:
        nonlocal changed
        if changed:
            sizes.append(changed)
        changed = 0

    return sizes
