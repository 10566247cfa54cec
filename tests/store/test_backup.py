"""Backups, and what comes of one: the restore drill."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.errors import BadInput, ConfigurationError, StoreUnavailable
from bot.domain.status import Status
from bot.store.backup import back_up
from bot.usecases.connect import Connected
from bot.usecases.pause import pause
from bot.usecases.read_audit import verify
from tests.fakes import REFUSED
from tests.usecases.conftest import ALICE, VALUES, built

TOLD, OWED = "t1b2c3d4e5f6g7h@example.com", "o1b2c3d4e5f6g7h@example.com"


async def test_a_backup_is_one_whole_private_file(sqlite_url: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    async with built(sqlite_url) as house:
        await house.connect()

        back_up(sqlite_url, copy)  # what was written stands in the write-ahead log alone

    assert copy.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.glob("copy.db*")] == ["copy.db"]
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT count(*) FROM connections").fetchone() == (1,)


async def test_it_is_of_one_moment_while_others_write(sqlite_url: str, tmp_path: Path) -> None:
    """Each transaction writes two rows; a backup has both or neither."""
    stop = threading.Event()
    path = sqlite_url.removeprefix("sqlite:///")

    def write() -> None:
        with closing(sqlite3.connect(path, timeout=10)) as database:
            database.execute("CREATE TABLE pairs (a INTEGER, b BLOB)")
            number = 0
            while not stop.is_set():
                with database:
                    for _ in range(2):
                        database.execute("INSERT INTO pairs VALUES (?, zeroblob(4000))", (number,))
                number += 1

    writer = threading.Thread(target=write)
    writer.start()
    counts = []
    try:
        for number in range(20):
            back_up(sqlite_url, tmp_path / f"{number}.db")
            with closing(sqlite3.connect(tmp_path / f"{number}.db")) as copy:
                tables = copy.execute("SELECT count(*) FROM sqlite_master WHERE name = 'pairs'")
                if tables.fetchone() == (1,):
                    counts += copy.execute("SELECT count(*) FROM pairs").fetchone()
    finally:
        stop.set()
        writer.join()

    assert len(set(counts)) > 1
    assert not [count for count in counts if count % 2]


def test_what_is_there_is_left_alone(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("precious")

    with pytest.raises(ConfigurationError, match="is there already"):
        back_up(sqlite_url, tmp_path / "copy.db")
    with pytest.raises(ConfigurationError, match="no database"):
        back_up(f"sqlite:///{tmp_path}/none.db", tmp_path / "other.db")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        back_up(sqlite_url, tmp_path / "nowhere" / "copy.db")

    assert (tmp_path / "copy.db").read_text() == "precious"
    assert not (tmp_path / "other.db").exists()


def test_of_what_is_damaged_no_backup_is_left(tmp_path: Path) -> None:
    (tmp_path / "bot.db").write_text("no database, although it was one " * 100)

    with pytest.raises(StoreUnavailable, match="No backup was made"):
        back_up(f"sqlite:///{tmp_path}/bot.db", tmp_path / "copy.db")

    assert not (tmp_path / "copy.db").exists()


def test_postgresql_is_left_to_its_own_tool(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="its own backups") as refused:
        back_up("postgresql://bot:canary@host/db", tmp_path / "copy")

    assert "pg_dump --format=custom" in refused.value.hint
    assert "canary" not in refused.value.sentence()


async def test_what_is_restored_goes_on_and_tells_nothing_twice(
    sqlite_url: str, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    async with built(sqlite_url) as house:
        for name, username in (
            ("Told", TOLD),
            ("Owed", OWED),
        ):
            outcome = await house.connect(name=name, channel=f"C-{name}", username=username)
            assert isinstance(outcome, Connected)
        house.autotask.answers = {TOLD: REFUSED}
        await house.live(hours=1)
        assert (await house.overview("Told")).watch.status is Status.INACTIVE
        house.autotask.answers[OWED] = REFUSED
        for _ in range(15):
            house.clock.pass_(minutes=1)
            await house.check()
        assert (await house.overview("Owed")).watch.status is Status.INACTIVE
        back_up(sqlite_url, copy)

    async with built(f"sqlite:///{copy}") as restored:
        restored.clock.time = house.clock.time
        restored.clock._ids = house.clock._ids
        restored.autotask.answers = house.autotask.answers
        await restored.live(hours=0.5)
        posted = [channel for what, channel in restored.messenger.calls if what == "post"]
        opened = [
            await restored.ports.vault.open(
                "T1",
                each.connection.id,
                await restored.ports.connections.sealed("T1", each.connection.id),
            )
            for each in await restored.ports.connections.all("T1")
        ]
        await pause(restored.ports, ALICE, (await restored.overview("Told")).connection.id)
        chain = await verify(restored.ports, "T1")

    assert posted == ["C-Owed"]
    assert {each.secret.reveal() for each in opened} == {VALUES["secret"]}
    assert (len(opened), chain.flaw, chain.head.partition(":")[0]) == (2, "", "3")
