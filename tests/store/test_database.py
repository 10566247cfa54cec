import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot.domain.errors import ConfigurationError, StoreUnavailable
from bot.store.database import Database
from bot.store.lock import single_process_lock
from tests.store.cast import Store


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://bot:made-up@127.0.0.1/bot",
        "mysql://bot:made-up@127.0.0.1/bot",
        "sqlite://",
        "sqlite:///:memory:",
        "made-up",
        "postgresql://bot@127.0.0.1:made-up/bot",
        "sqlite:////no/such/directory/bot.db",
    ],
)
def test_another_address_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Database.open(address)

    assert "made-up" not in refused.value.sentence()


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


async def test_a_locked_database_can_be_read_and_is_waited_for(store: Store, url: str) -> None:
    path = url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        assert await store.workspaces.ids() == ["T1", "T2"]
        with pytest.raises(StoreUnavailable, match="locked"):
            await store.workspaces.remember("T3", "T3")
        other.execute("ROLLBACK")

    await store.workspaces.remember("T3", "T3")


async def test_a_reader_does_not_wait_for_a_writer_but_a_writer_does(store: Store) -> None:
    async with store.database.write() as transaction:
        await transaction.exec_driver_sql("DELETE FROM workspaces")

        assert await store.workspaces.ids() == ["T1", "T2"]
        with pytest.raises(StoreUnavailable):
            await store.workspaces.remember("T3", "T3")


async def test_a_fault_of_ours_is_not_called_an_outage(database: Database) -> None:
    with pytest.raises(OperationalError, match="no such table"):
        async with database.read() as view:
            await view.exec_driver_sql("SELECT * FROM forgotten")


async def test_values_do_not_show_in_errors(database: Database) -> None:
    with pytest.raises(OperationalError) as raised:
        async with database.read() as view:
            await view.exec_driver_sql("SELECT * FROM forgotten WHERE a = ?", ("made-up secret",))

    assert "made-up secret" not in str(raised.value)


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
