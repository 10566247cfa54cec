import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store.database import Database
from tests.store.cast import Store


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of the present schema, to copy."""
    path = tmp_path_factory.mktemp("migrated") / "bot.db"
    database = Database.open(f"sqlite:///{path}")
    await database.migrate()
    await database.close()
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated: Path) -> str:
    shutil.copy(migrated, tmp_path / "bot.db")
    return f"sqlite:///{tmp_path}/bot.db"


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
