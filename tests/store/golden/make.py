"""Make a golden database for each revision of the schema that has none yet: `make golden`.

What is in it was written by the bot as it is now, over the real verbs and the real vault, and then
brought into the tables of that revision; so a golden file is made once, in the change that brings
the revision, and never again.
"""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from bot.domain.credentials import Typed
from bot.domain.people import Person
from bot.store.database import Database
from bot.store.migration import MIGRATIONS
from bot.usecases.configure import name_managers
from bot.usecases.connect import Attempt, Connected, connect
from bot.usecases.digest import want_digest
from bot.usecases.disconnect import disconnect
from bot.usecases.pause import Window, pause, plan_maintenance
from tests.fakes import REFUSED
from tests.usecases.conftest import House, built

HERE = Path(__file__).parent
ALICE = Person("U0ALICE", "T1", "Alice", admin=True)
TABLES = "SELECT name FROM main.sqlite_master WHERE type = 'table'"
COLUMNS = "SELECT name FROM pragma_table_info(?, ?)"
NAMES = ("Active", "Inactive", "Paused", "Disconnected")


def values(name: str) -> dict[str, str]:
    """What the connection of that name says once it is opened."""
    return {
        "integration_code": f"MADE-UP-CODE-OF-{name.upper()}",
        "secret": f"made-up-secret-of-{name.lower()}",
        "username": f"made-up-user-of-{name.lower()}@example.com",
    }


def revisions() -> list[str]:
    """Every one, the oldest first."""
    scripts = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    return [script.revision for script in scripts][::-1]


async def furnish(house: House) -> None:
    """A workspace with something in nearly every table."""
    ids = {}
    for name in NAMES:
        attempt = Attempt(Typed.of(values(name)), name, channel="C0ALERTS", as_they_are=True)
        outcome = await connect(house.ports, ALICE, attempt)
        assert isinstance(outcome, Connected), outcome
        ids[name] = outcome.connection.id
    await name_managers(house.ports, ALICE, [Person("U0BOB", "T1", "Bob")])
    await want_digest(house.ports, ALICE, ids["Active"], wanted=True)
    house.autotask.answers[values("Inactive")["username"]] = REFUSED
    await house.live(hours=1, step=5)
    await pause(house.ports, ALICE, ids["Paused"])
    await disconnect(house.ports, ALICE, ids["Disconnected"])
    now = house.clock.now()
    window = Window(now, now + timedelta(hours=2))
    await plan_maintenance(house.ports, ALICE, [ids["Active"]], window)


async def present(path: Path) -> None:
    """The same in the schema as it is now."""
    database = Database.open(f"sqlite:///{path}")
    await database.migrate()
    await database.close()
    async with built(f"sqlite:///{path}") as house:
        await furnish(house)


def at_revision(revision: str, path: Path) -> None:
    """Empty tables, as they were."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def dump(revision: str, now: Path, then: Path) -> str:
    """The SQL that makes the database of that revision, with as much as it has columns for."""
    at_revision(revision, then)
    with closing(sqlite3.connect(then)) as database:
        database.execute("ATTACH ? AS present", (str(now),))
        for table in _names(database, TABLES):
            if table in ("alembic_version", "sqlite_sequence"):
                continue
            known = _names(database, COLUMNS, table, "main")
            kept = set(_names(database, COLUMNS, table, "present"))
            columns = ", ".join(f'"{each}"' for each in known if each in kept)
            database.execute(
                f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM present.{table}"  # noqa: S608
            )
        database.commit()
        database.execute("DETACH present")
        return "\n".join(database.iterdump()) + "\n"


def _names(database: sqlite3.Connection, query: str, *of: str) -> list[str]:
    return [name for (name,) in database.execute(query, of)]


def main() -> None:
    missing = [each for each in revisions() if not (HERE / f"{each}.sql").exists()]
    with TemporaryDirectory(prefix="golden-") as directory:
        now = Path(directory) / "now.db"
        if missing:
            asyncio.run(present(now))
        for revision in missing:
            sql = dump(revision, now, Path(directory) / f"{revision}.db")
            (HERE / f"{revision}.sql").write_text(sql)
            print(f"Made {revision}.sql.")  # noqa: T201 - for who asked for it


if __name__ == "__main__":
    main()
