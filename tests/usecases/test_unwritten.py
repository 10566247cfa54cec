"""A database that takes nothing: people are told without it, and all goes on by itself."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, make_url

from bot.domain.errors import StoreUnavailable
from bot.domain.sending import Later, Undeliverable
from bot.domain.status import Status
from bot.scheduler import Scheduler
from bot.store.sqlite import Sqlite
from bot.ticks import trouble
from bot.usecases.connect import Connected
from bot.usecases.unwritten import Crier
from bot.usecases.watchdog import Watchdog
from tests.fakes import REFUSED
from tests.postgresql import LEAVE, PostgresqlServer
from tests.usecases.conftest import House, built
from tests.usecases.test_watchdog import watchdog

Trouble = Callable[[House, Path], AbstractContextManager[None]]


@contextmanager
def said_to_every_connection(house: House, *settings: str) -> Iterator[None]:
    """SQLite's own switches, which hold for one connection each."""
    assert isinstance(house.database._backend, Sqlite)
    engine = house.database._backend._engine.sync_engine
    now = list(settings)

    @event.listens_for(engine, "checkout")
    def prepare(dbapi: Any, record: Any, proxy: Any) -> None:
        cursor = dbapi.cursor()
        for each in now:
            cursor.execute(f"PRAGMA {each}")
        cursor.close()

    yield
    now[:] = ["query_only=OFF", "max_page_count=1073741823", "busy_timeout=5000"]


@contextmanager
def read_only(house: House, _: Path) -> Iterator[None]:
    with said_to_every_connection(house, "query_only=ON"):
        yield


@contextmanager
def locked(house: House, path: Path) -> Iterator[None]:
    """By another process, for as long as it likes."""
    with (
        said_to_every_connection(house, "busy_timeout=1"),
        closing(sqlite3.connect(path, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def full(house: House, path: Path) -> Iterator[None]:
    """Rows that are there can be rewritten; the next check's finds no room."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA max_page_count=1")
        with suppress(sqlite3.OperationalError):
            while True:
                other.execute(
                    "INSERT INTO checks (connection_id, at, status, seen)"
                    " SELECT id, 0, 'active', 'ok' FROM connections LIMIT 1"
                )
    with said_to_every_connection(house, "max_page_count=1"):
        yield


@dataclass
class Vigil:
    """One process that serves, a minute at a time."""

    house: House
    dog: Watchdog
    crier: Crier

    async def go_on(self, minutes: int) -> None:
        for _ in range(minutes):
            self.house.clock.pass_(minutes=1)
            ticks = (self.dog.outside.look, self.dog.sweep, self.dog.beat, self.house.deliver)
            for tick in (*ticks, self.crier.look):
                with suppress(StoreUnavailable):
                    await tick()

    async def health(self) -> str:
        self.house.clock.pass_(seconds=6)  # one proof serves for five
        return await trouble(self.dog, Scheduler({}), None)

    def heard(self, channel: str) -> list[str]:
        return [each for each in self.house.messenger.said(channel) if "watch" in each]


@pytest.fixture
def path(tmp_path: Path, store_url: str) -> Path:
    if not store_url.startswith("sqlite"):
        pytest.skip("SQLite's own troubles")
    return tmp_path / "bot.db"


@pytest.fixture
async def vigil(house: House, path: Path) -> Vigil:
    return await begun(house)


async def begun(house: House) -> Vigil:
    """Two connections, watched for a while."""
    dog = watchdog(house)
    await dog.start()
    for number, channel in enumerate(("C1", "C2")):
        user = f"a1b2c3d4e5f{number:04}@example.com"
        connected = await house.connect(name=f"n{number}", channel=channel, username=user)
        assert isinstance(connected, Connected)
    found = Vigil(house, dog, Crier(house.ports, dog.silent))
    await found.go_on(6)
    return found


@pytest.mark.parametrize("trouble", [full, read_only, locked])
async def test_each_channel_is_told_once_and_all_goes_on_by_itself(
    vigil: Vigil, path: Path, trouble: Trouble
) -> None:
    house = vigil.house
    with trouble(house, path):
        await vigil.go_on(29)
        assert await vigil.health() == "database"
        assert vigil.heard("C1") == vigil.heard("C2") == []
        await vigil.go_on(15)
        (during,) = vigil.heard("C1")
        assert during.startswith("Nobody has been watching Autotask since ")
        assert len(vigil.heard("C2")) == 1
    house.autotask.sign_ins.clear()
    await vigil.go_on(10)

    assert await vigil.health() == ""
    assert len(house.autotask.sign_ins) >= 2
    assert [len(vigil.heard(each)) for each in ("C1", "C2")] == [2, 2]
    assert vigil.heard("C1")[1].startswith("Nobody watched Autotask from ")
    assert {(await house.overview(name)).watch.status for name in ("n0", "n1")} == {Status.ACTIVE}


async def test_so_it_is_where_a_server_has_failed_over_and_may_only_be_read(
    postgresql: PostgresqlServer, postgresql_url: str
) -> None:
    this = f'ALTER DATABASE "{make_url(postgresql_url).database}"'
    async with built(postgresql_url) as house:
        vigil = await begun(house)
        postgresql.administer(f"{this} SET default_transaction_read_only = on")
        postgresql.administer(LEAVE, url=postgresql_url)
        await vigil.go_on(32)
        assert await vigil.health() == "database"
        assert [len(vigil.heard(each)) for each in ("C1", "C2")] == [1, 1]
        postgresql.administer(f"{this} RESET default_transaction_read_only")
        await vigil.go_on(6)

        assert await vigil.health() == ""
        assert [len(vigil.heard(each)) for each in ("C1", "C2")] == [2, 2]


async def test_no_more_is_asked_of_autotask_meanwhile_than_ever(vigil: Vigil, path: Path) -> None:
    """A check that is made and not written is due again as soon as its claim has lapsed."""
    house = vigil.house
    house.autotask.sign_ins.clear()
    with full(house, path):
        await vigil.go_on(30)

    assert 0 < len(house.autotask.sign_ins) < 2 * 10


async def test_a_secret_that_is_refused_meanwhile_costs_no_more_than_its_budget(
    vigil: Vigil, path: Path
) -> None:
    """Refusals have room in the books; what they mean for the connection has none."""
    house = vigil.house
    house.autotask.sign_ins.clear()
    house.autotask.answer = REFUSED
    with full(house, path):
        await vigil.go_on(40)
    await vigil.go_on(20)

    users = Counter(each.username.reveal() for each in house.autotask.sign_ins)
    assert set(users.values()) <= {3, 4}


async def test_who_is_next_is_told_where_the_channel_takes_nothing(
    vigil: Vigil, path: Path
) -> None:
    vigil.house.messenger.closed["C1"] = Undeliverable("is_archived")
    with read_only(vigil.house, path):
        await vigil.go_on(33)

    assert len(vigil.heard("U1")) == 1


async def test_a_slack_that_is_away_is_tried_again_and_told_once(vigil: Vigil, path: Path) -> None:
    messenger = vigil.house.messenger
    messenger.closed["C1"] = Later("service_unavailable")
    with read_only(vigil.house, path):
        await vigil.go_on(40)
        messenger.closed.clear()
        messenger.lost_answers = 1
        await vigil.go_on(20)

        assert [len(vigil.heard(each)) for each in ("C1", "C2")] == [1, 1]


async def test_people_are_told_though_the_database_cannot_even_be_read(
    vigil: Vigil, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(vigil.house.database, "read", away)
    monkeypatch.setattr(vigil.house.database, "write", away)
    await vigil.go_on(33)

    assert [len(vigil.heard(each)) for each in ("C1", "C2")] == [1, 1]


async def test_a_second_time_is_told_again(vigil: Vigil, path: Path) -> None:
    for _ in range(2):
        with read_only(vigil.house, path):
            await vigil.go_on(33)
        await vigil.go_on(6)

    assert len(vigil.heard("C1")) == 4
