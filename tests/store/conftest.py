from collections.abc import AsyncIterator

import pytest

from bot.store.database import Database
from tests.store.cast import Store


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh database, of each kind in turn."""
    address: str = request.getfixturevalue(f"{request.param}_url")
    return address


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """SQLite waits for its lock alone; a server's every answer has to come in time."""
    database = Database.open(url, patience=0.2 if url.startswith("sqlite") else 2)
    yield database
    await database.close()


@pytest.fixture
async def store(database: Database) -> Store:
    store = Store(database)
    for workspace in ("T1", "T2"):
        await store.workspaces.remember(workspace, workspace)
    return store
