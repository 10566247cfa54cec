import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.domain.errors import ConfigurationError
from bot.store.database import Database
from bot.store.migration import MIGRATIONS
from bot.store.schema import metadata

TABLES = """
    SELECT sql FROM sqlite_master
    WHERE sql IS NOT NULL AND tbl_name != 'alembic_version' ORDER BY name
"""
BROKEN = """
from alembic import op
revision, down_revision = "9999", "{head}"
def upgrade():
    op.execute("CREATE TABLE halfway (id INTEGER)")
    raise RuntimeError("in the middle")
"""


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database.open(f"sqlite:///{tmp_path}/empty.db")
    yield database
    await database.close()


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """The migrations, with one that fails behind them."""
    scripts = shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    head = ScriptDirectory.from_config(config).get_current_head()
    (scripts / "versions" / "v9999_broken.py").write_text(BROKEN.format(head=head))
    return scripts


async def definitions(database: Database) -> list[list[str]]:
    """Each table's and index's clauses. SQLite puts a column that came later where it likes."""
    async with database.read() as view:
        found = await view.exec_driver_sql(TABLES)
        return [sorted(re.split(r",\s+(?![^()]*\))", row.sql.rstrip(" \n)"))) for row in found]


async def test_the_migrations_lead_to_the_schema(database: Database, empty: Database) -> None:
    async with empty.write() as transaction:
        await transaction.run_sync(metadata.create_all)

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    assert await definitions(database) == await definitions(empty)
    async with database.read() as view:
        assert await view.run_sync(differences) == []


async def test_three_who_start_at_once_all_succeed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bot.db"

    async def start() -> int:
        database = await asyncio.to_thread(Database.open, url)
        await database.migrate()
        tables = await definitions(database)
        await database.close()
        return len(tables)

    assert len(set(await asyncio.gather(start(), start(), start()))) == 1


async def test_a_failing_migration_leaves_nothing(empty: Database, broken: Path) -> None:
    with pytest.raises(RuntimeError, match="in the middle"):
        await empty.migrate(scripts=broken)

    assert await definitions(empty) == []
    await empty.migrate()
    assert await definitions(empty) != []


async def test_migrating_again_changes_nothing(database: Database) -> None:
    before = await definitions(database)

    await database.migrate()

    assert await definitions(database) == before


async def test_a_newer_schema_is_refused(database: Database) -> None:
    async with database.write() as transaction:
        await transaction.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(ConfigurationError, match="newer version"):
        await database.migrate()
