import asyncio
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.domain.errors import ConfigurationError
from bot.store.database import Database
from bot.store.migration import MIGRATIONS
from bot.store.schema import metadata
from tests.postgresql import PostgresqlServer

TABLES = {
    "sqlite": """
        SELECT sql FROM sqlite_master
        WHERE sql IS NOT NULL AND tbl_name != 'alembic_version' ORDER BY name
    """,
    "postgresql": """
        SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default,
                         collation_name) AS sql
        FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name != 'alembic_version'
        UNION SELECT indexdef FROM pg_indexes
        WHERE schemaname = 'public' AND tablename != 'alembic_version'
        UNION SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
        FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
        AND conrelid != coalesce(to_regclass('alembic_version'), 0)
        ORDER BY 1
    """,
}
"""All that was created, in the database's own words."""
BROKEN = """
from alembic import op
revision, down_revision = "9999", "{head}"
def upgrade():
    op.execute("CREATE TABLE halfway (id INTEGER)")
    {end}
"""
FAILS = 'raise RuntimeError("in the middle")'
IS_KILLED = "import os; os.kill(os.getpid(), 9)"
MIGRATE = """
import asyncio, pathlib, sys
from bot.store.database import Database
asyncio.run(Database.open(sys.argv[1]).migrate(scripts=pathlib.Path(sys.argv[2])))
"""


@pytest.fixture
def empty_url(url: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The address of a database without tables."""
    if url.startswith("sqlite"):
        return f"sqlite:///{tmp_path}/empty.db"
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    return server.create()


@pytest.fixture
async def empty(empty_url: str) -> AsyncIterator[Database]:
    database = Database.open(empty_url)
    yield database
    await database.close()


def broken(directory: Path, end: str) -> Path:
    """The migrations, with one behind them that does not come to its end."""
    scripts = shutil.copytree(MIGRATIONS, directory / "migrations")
    head = ScriptDirectory(str(scripts)).get_current_head()
    (scripts / "versions" / "v9999_broken.py").write_text(BROKEN.format(head=head, end=end))
    return scripts


async def definitions(database: Database) -> list[list[str]]:
    """Each table and index by its parts, sorted: a column that was added later stands last."""
    async with database.read() as view:
        return [parts(row.sql) for row in await view.exec_driver_sql(TABLES[view.dialect.name])]


def parts(definition: str) -> list[str]:
    """What stands between the commas that no bracket encloses."""
    name, _, body = " ".join(definition.split()).partition("(")
    depth, found = 0, [""]
    for character in body.rpartition(")")[0]:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            found.append("")
        else:
            found[-1] += character
    return [name.strip(), *sorted(each.strip() for each in found)]


async def test_the_migrations_lead_to_the_schema(database: Database, empty: Database) -> None:
    async with empty.write() as transaction:
        await transaction.run_sync(metadata.create_all)

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    assert await definitions(database) == await definitions(empty)
    async with database.read() as view:
        assert await view.run_sync(differences) == []


async def test_three_who_start_at_once_all_succeed(empty_url: str) -> None:
    async def start() -> int:
        database = await asyncio.to_thread(Database.open, empty_url)
        await database.migrate()
        tables = await definitions(database)
        await database.close()
        return len(tables)

    assert len(set(await asyncio.gather(start(), start(), start()))) == 1


async def test_a_failing_migration_leaves_nothing(empty: Database, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="in the middle"):
        await empty.migrate(scripts=broken(tmp_path, FAILS))

    assert await definitions(empty) == []
    await empty.migrate()
    assert await definitions(empty) != []


async def test_a_process_that_is_killed_in_a_migration_leaves_nothing_either(
    empty: Database, empty_url: str, tmp_path: Path
) -> None:
    scripts = broken(tmp_path, IS_KILLED)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", MIGRATE, empty_url, str(scripts))
    )

    assert await process.wait() == -signal.SIGKILL
    assert await definitions(empty) == []
    await empty.migrate()
    assert await definitions(empty) != []


async def test_migrating_again_changes_nothing(database: Database) -> None:
    before = await definitions(database)

    await database.migrate()

    assert await definitions(database) == before


async def test_a_newer_schema_is_refused(empty: Database) -> None:
    await empty.migrate()
    async with empty.write() as transaction:
        await transaction.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(ConfigurationError, match="newer version"):
        await empty.migrate()
