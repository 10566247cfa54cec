"""What holds of a PostgreSQL server alone: it may go away, stop, or refuse at any moment."""

import asyncio
import os
import signal
import socket
import time
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import make_url, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import BadInput, ConfigurationError, StoreUnavailable
from bot.domain.incident import Doubt
from bot.store.database import Database
from bot.store.lock import single_process_lock
from bot.store.schema import alerts, watches
from tests.postgresql import PostgresqlServer
from tests.store.cast import Store, notices, opened, unchanged
from tests.store.relay import Relay

pytestmark = pytest.mark.parametrize("url", ["postgresql"], indirect=True)
PATIENCE = 0.5


@pytest.fixture
async def impatient(url: str) -> AsyncIterator[Database]:
    database = Database.open(url, patience=PATIENCE)
    async with database.read():
        pass  # the first connection takes longer
    yield database
    await database.close()


async def backend(connection: AsyncConnection) -> int:
    """The server's process at the other end."""
    found = await connection.exec_driver_sql("SELECT pg_backend_pid()")
    return int(found.scalar_one())


@contextmanager
def frozen(pid: int, server: PostgresqlServer) -> Iterator[None]:
    if not server.ours:
        pytest.skip("only a server of our own is stopped")
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def in_time(patience: float = PATIENCE) -> Iterator[None]:
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < patience + 0.5


@pytest.mark.parametrize("door", ["read", "write"])
async def test_a_frozen_server_is_not_waited_for(
    impatient: Database, postgresql: PostgresqlServer, door: str
) -> None:
    enter = impatient.read if door == "read" else impatient.write
    async with enter() as connection:
        pid = await backend(connection)

    with frozen(pid, postgresql), in_time(), pytest.raises(StoreUnavailable, match="in time"):
        async with enter() as connection:
            await backend(connection)

    async with enter() as connection:
        assert await backend(connection) != pid


@pytest.mark.parametrize("end", ["commit", "rollback", "of reading"])
async def test_a_server_that_freezes_within_a_transaction_is_not_waited_for(
    impatient: Database, postgresql: PostgresqlServer, end: str
) -> None:
    async with impatient.read() as connection:
        pid = await backend(connection)

    with ExitStack() as at_the_end, in_time(), pytest.raises(StoreUnavailable, match="in time"):
        door = impatient.read() if end == "of reading" else impatient.write()
        async with door as connection:
            assert await backend(connection) == pid
            at_the_end.enter_context(frozen(pid, postgresql))
            if end == "rollback":
                raise BadInput("Something was typed.")

    async with impatient.write() as connection:
        assert await backend(connection) != pid


async def test_nothing_of_a_killed_transaction_is_written(
    store: Store, postgresql: PostgresqlServer
) -> None:
    with pytest.raises(StoreUnavailable, match="ended the connection"):
        async with store.database.write() as transaction:
            await transaction.exec_driver_sql("DELETE FROM workspaces")
            postgresql.administer(f"SELECT pg_terminate_backend({await backend(transaction)})")
            await transaction.exec_driver_sql("SELECT 1")

    assert await store.workspaces.ids() == ["T1", "T2"]
    await store.workspaces.remember("T3", "T3")


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_commit_that_nobody_can_tell_of_is_neither_lost_nor_made_twice(
    url: str, cut: str
) -> None:
    async with Relay(url).listening() as relay:
        database = Database.open(relay.url)
        store = Store(database)
        await store.workspaces.remember("T1", "T1")
        connection = await store.connect()
        (due,) = await store.watches.claim_due(10)
        decision = replace(unchanged(due), telling=opened(connection))

        relay.cut = cut
        with pytest.raises(StoreUnavailable):
            await store.watches.apply(due, decision)
        assert await store.watches.apply(due, decision) is (cut == "before")
        (owed,) = await store.outbox.claim(10)

        relay.cut = cut
        with pytest.raises(StoreUnavailable):
            await store.outbox.sent(owed, None)
        store.seconds += 60
        claimed = await store.outbox.claim(10)
        assert [each.alert.doubt for each in claimed] == [Doubt.UNCLEAR] * (cut == "before")
        await database.close()


async def test_a_connection_that_was_killed_while_idle_is_replaced_unseen(
    store: Store, postgresql: PostgresqlServer
) -> None:
    async with store.database.read() as view:
        pid = await backend(view)
    postgresql.administer(f"SELECT pg_terminate_backend({pid})")

    await store.workspaces.remember("T3", "T3")


async def test_when_another_server_has_become_the_primary_it_is_looked_for(
    store: Store, url: str, postgresql: PostgresqlServer
) -> None:
    this = f'ALTER DATABASE "{make_url(url).database}"'
    postgresql.administer(f"{this} SET default_transaction_read_only = on")
    behind = Database.open(url)

    with pytest.raises(StoreUnavailable, match="may be read, but not written"):
        await Store(behind).workspaces.remember("T3", "T3")
    assert await Store(behind).workspaces.ids() == ["T1", "T2"]
    postgresql.administer(f"{this} RESET default_transaction_read_only")
    with pytest.raises(StoreUnavailable):  # the connection that has just read
        await Store(behind).workspaces.remember("T3", "T3")

    await Store(behind).workspaces.remember("T3", "T3")
    await behind.close()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("40001", "at the same moment"),
        ("40P01", "at the same moment"),
        ("42501", "user may not do that"),
        ("53100", "is full"),
        ("53200", "out of memory"),
        ("53400", "no room left"),
        ("55P03", "is locked"),
        ("57014", "in time"),
        ("57P01", "ended the connection"),
        ("58030", "cannot use its disk"),
        ("XX001", "is damaged"),
    ],
)
async def test_what_the_server_cannot_do_is_said_in_a_sentence(
    database: Database, code: str, sentence: str
) -> None:
    with pytest.raises(StoreUnavailable, match=sentence):
        async with database.write() as transaction:
            await transaction.exec_driver_sql(f"DO $$ BEGIN RAISE SQLSTATE '{code}'; END $$")


async def test_what_somebody_is_writing_holds_up_no_claim(store: Store, url: str) -> None:
    for name in ("one", "two"):
        connection = await store.connect(name)
        await store.connections.choose_channel("T1", connection.id, f"C-{name}")
        await store.decide(connection, notices(connection, 1))
    other = Database.open(url)

    async with other.write() as transaction:
        for rows in (watches, alerts):
            await transaction.execute(select(rows).limit(1).with_for_update())
        store.seconds += 60
        claimed = await store.watches.claim_due(10), await store.outbox.claim(10)

    assert [len(claim) for claim in claimed] == [1, 1]
    await other.close()


async def test_a_lock_that_is_held_too_long_is_told_from_silence(url: str, store: Store) -> None:
    """The server says so a fifth of the patience before silence would count as such."""
    patience = 3 * PATIENCE
    other = Database.open(url, patience=patience)
    async with store.database.write() as transaction:
        await transaction.exec_driver_sql("SELECT * FROM workspaces FOR UPDATE")

        with in_time(patience), pytest.raises(StoreUnavailable, match="is locked"):
            await Store(other).workspaces.remember("T1", "Example")
    await other.close()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"port": 1}, "cannot be reached"),
        ({"host": "nowhere.invalid"}, "cannot be reached"),
        ({"database": "nothing"}, "no database of that name"),
        ({"username": "nobody"}, "refuses the user"),
        ({"query": {"sslmode": "require"}}, "TLS"),
        ({"query": {"unheard_of": "1"}}, "setting in the address"),
    ],
)
async def test_an_address_that_leads_nowhere_says_why_and_keeps_the_password(
    url: str, changes: dict[str, object], sentence: str
) -> None:
    there = make_url(url).set(password="made-up-password", **changes)  # type: ignore[arg-type]
    database = Database.open(there.render_as_string(hide_password=False))

    with pytest.raises(StoreUnavailable, match=sentence) as raised:
        await Store(database).workspaces.ids()

    assert "made-up-password" not in "".join(traceback.format_exception(raised.value))
    await database.close()


async def test_an_address_that_only_the_driver_refuses_is_a_matter_of_configuration(
    url: str,
) -> None:
    there = make_url(url).set(password="made-up-password", query={"sslmode": "made-up"})
    database = Database.open(there.render_as_string(hide_password=False))

    with pytest.raises(ConfigurationError) as raised:
        await database.migrate()

    assert "made-up" not in "".join(traceback.format_exception(raised.value))


async def test_the_driver_may_be_named(url: str) -> None:
    database = Database.open(url.replace("postgresql://", "postgresql+asyncpg://"))

    assert await Store(database).workspaces.ids() == []
    await database.close()


async def test_a_server_that_never_answers_is_not_waited_for(url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        database = Database.open(f"postgresql://bot@127.0.0.1:{port}/bot", patience=PATIENCE)

        with in_time(), pytest.raises(StoreUnavailable, match="in time"):
            await Store(database).workspaces.ids()
        await database.close()


async def test_a_schema_that_changes_under_a_running_bot_costs_one_try(
    url: str, postgresql: PostgresqlServer
) -> None:
    elsewhere = postgresql.create()
    postgresql.administer("CREATE TABLE readings (value int)", url=elsewhere)
    database = Database.open(elsewhere)

    async def look() -> None:
        async with database.read() as view:
            await view.exec_driver_sql("SELECT * FROM readings")

    await look()
    postgresql.administer("ALTER TABLE readings ALTER value TYPE bigint", url=elsewhere)

    with pytest.raises(StoreUnavailable, match="schema has just changed"):
        await look()
    await look()
    await database.close()


async def test_more_callers_than_connections_wait_their_turn(store: Store) -> None:
    found = await asyncio.gather(*(store.workspaces.ids() for _ in range(40)))

    assert all(each == ["T1", "T2"] for each in found)


def test_several_processes_may_serve(url: str) -> None:
    with single_process_lock(url), single_process_lock(url):
        pass
