import traceback
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import column, delete, insert, select, table
from sqlalchemy.exc import DBAPIError

from bot.domain.errors import ConfigurationError, StoreUnavailable
from bot.store.data_keys import holds_data_keys
from bot.store.database import Database
from bot.store.schema import workspaces
from bot.usecases.data_keys import MasterKey, WrappedKey
from tests.store.cast import NOW, Store


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://bot:made-up@127.0.0.1",
        "postgresql+psycopg://bot:made-up@127.0.0.1/bot",
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


async def test_what_could_not_be_written_is_not_in_the_error(store: Store) -> None:
    values = {"id": "T1", "name": "canary", "created_at": NOW}
    with pytest.raises(DBAPIError) as refused:
        async with store.database.write() as transaction:
            await transaction.execute(insert(workspaces).values(values))

    assert "INSERT INTO workspaces" in str(refused.value)
    assert "canary" not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize("name", ["'); DROP TABLE workspaces; --", '" OR 1=1', ":x %s ? \\"])
async def test_what_others_wrote_is_never_sql(store: Store, name: str) -> None:
    await store.workspaces.remember("T1", name)
    connection = await store.connect(name)

    async with store.database.read() as view:
        kept = (await view.scalars(select(workspaces.c.name).order_by(workspaces.c.id))).all()
    assert kept == [name, "T2"]
    assert (await store.connections.find("T1", name)).connection == connection


async def test_a_reader_does_not_wait_for_a_writer_but_a_writer_does(store: Store) -> None:
    async with store.database.write() as transaction:
        await transaction.execute(delete(workspaces))

        assert await store.workspaces.ids() == ["T1", "T2"]
        with pytest.raises(StoreUnavailable):
            await store.workspaces.remember("T1", "Example")


async def test_a_reader_sees_one_moment(store: Store) -> None:
    async with store.database.read() as view:
        assert len((await view.scalars(select(workspaces.c.id))).all()) == 2
        await store.workspaces.remember("T3", "T3")

        assert len((await view.scalars(select(workspaces.c.id))).all()) == 2


async def test_without_a_clock_in_hand_the_database_tells_the_time(database: Database) -> None:
    async with database.read() as view:
        told = await database.clock(None)(view)

    assert abs(told - datetime.now(UTC)) < timedelta(minutes=1)


async def test_a_fault_of_ours_is_not_called_an_outage(database: Database) -> None:
    with pytest.raises(DBAPIError, match="forgotten"):
        async with database.read() as view:
            await view.exec_driver_sql("SELECT * FROM forgotten")


async def test_values_do_not_show_in_errors(database: Database) -> None:
    forgotten = table("forgotten", column("a"))
    query = select(forgotten).where(forgotten.c.a == "made-up secret")
    with pytest.raises(DBAPIError) as raised:
        async with database.read() as view:
            await view.execute(query)

    assert "made-up secret" not in str(raised.value)


async def test_a_database_holds_data_keys_once_one_is_there(store: Store, url: str) -> None:
    assert not await holds_data_keys(url)
    await store.data_keys.add("T1", WrappedKey("00ff", MasterKey("file", "made-up"), b"wrapped"))

    assert await holds_data_keys(url)
