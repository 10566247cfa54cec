"""What holds of a SQLite file alone."""

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.domain.errors import ConfigurationError, StoreUnavailable
from bot.domain.incident import Telling
from bot.store.database import Database
from bot.store.lock import single_process_lock
from tests.store.cast import NOW, Store

NOTHING = Telling()
on_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bot.db").write_text("shopping list " * 100)

    with pytest.raises(ConfigurationError, match="no SQLite database"):
        Database.open(f"sqlite:///{tmp_path}/bot.db")


async def test_the_files_are_for_the_owners_eyes_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        database = Database.open(f"sqlite:///{tmp_path}/bot.db")
        await database.migrate()
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
        await database.close()
    finally:
        os.umask(before)

    assert modes == {"bot.db": 0o600, "bot.db-wal": 0o600, "bot.db-shm": 0o600}


@on_sqlite
@pytest.mark.parametrize(
    ("setting", "sentence"),
    [("query_only=ON", "may be read"), ("max_page_count=1", "is full")],
)
async def test_a_database_that_takes_nothing_says_so(
    store: Store, setting: str, sentence: str
) -> None:
    async with store.database.read() as view:  # the pool's only connection so far
        await view.exec_driver_sql(f"PRAGMA {setting}")

    with pytest.raises(StoreUnavailable, match=sentence):
        await store.workspaces.remember("T3", "x" * 100_000)

    assert await store.workspaces.ids() == ["T1", "T2"]


@on_sqlite
async def test_a_locked_database_can_be_read_and_is_waited_for(store: Store, url: str) -> None:
    path = url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        assert await store.workspaces.ids() == ["T1", "T2"]
        with pytest.raises(StoreUnavailable, match="locked"):
            await store.workspaces.remember("T3", "T3")
        other.execute("ROLLBACK")

    await store.workspaces.remember("T3", "T3")


@on_sqlite
async def test_a_lock_that_is_given_back_in_time_is_no_trouble(store: Store, url: str) -> None:
    path = url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(store.workspaces.remember("T3", "T3"))
        await asyncio.wait({writing}, timeout=0.05)
        assert not writing.done()
        other.execute("ROLLBACK")
        await writing

    assert await store.workspaces.ids() == ["T1", "T2", "T3"]


async def test_a_lock_is_waited_for_five_seconds(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/bot.db")
    async with database.read() as view:
        assert await view.scalar(text("PRAGMA busy_timeout")) == 5000
    await database.close()


def test_a_second_serving_process_is_turned_away(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bot.db"

    with (
        single_process_lock(url),
        pytest.raises(ConfigurationError, match="serving"),
        single_process_lock(url),
    ):
        pass

    with single_process_lock(url):
        assert (tmp_path / "bot.db.lock").stat().st_mode & 0o077 == 0


@on_sqlite
async def test_the_ciphertext_leaves_the_files(store: Store, tmp_path: Path) -> None:
    connection = await store.connect()
    ciphertext = b"made-up ciphertext of " + connection.id.encode()

    def on_disk() -> bool:
        return any(ciphertext in path.read_bytes() for path in tmp_path.glob("bot.db*"))

    assert on_disk()
    await store.connections.disconnect("T1", connection.id, at=NOW, telling=NOTHING)
    assert not on_disk()
