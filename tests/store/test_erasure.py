"""A workspace that goes takes everything along, and nothing of anybody else's."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    Table,
    insert,
    select,
    update,
)

from bot.domain.incident import Telling
from bot.store.columns import Lines, Moment, Moments, Named, Origin, Span
from bot.store.database import Database
from bot.store.erasure import NOBODYS, of
from bot.store.places import destinations, suspensions
from bot.store.schema import connections, failed_logins, metadata, workspaces
from bot.store.telling import write_telling
from bot.usecases.ports import Broken
from tests.store.cast import NOW, ORIGIN, Store, notices, opened, unchanged

MADE_UP: Mapping[type, Any] = {
    Boolean: False,
    Float: 1.0,
    LargeBinary: b"made-up ciphertext",
    Lines: (),
    Moment: NOW,
    Moments: (),
    Origin: ORIGIN,
    Span: timedelta(0),
}


def value(column: Column[Any], workspace: str) -> Any:
    """Something that fits; ids of the connection and the username are the same in every table."""
    if isinstance(column.type, Named):
        return next(iter(column.type.kind))
    if column.name == "workspace_id" or column is workspaces.c.id:
        return workspace
    if column.name in {"connection_id", "scope"} or column is connections.c.id:
        return f"connection of {workspace}"
    if column.name == "username_digest":
        return f"username of {workspace}"
    if isinstance(column.type, Integer) and not isinstance(column.type, Moment | Span):
        return 1 if workspace == "T1" else 2
    return MADE_UP.get(type(column.type), f"{column.name} of {workspace}")


def row(table: Table, workspace: str) -> dict[str, Any]:
    odd = {"name_key", "sealed"} if table is connections else set()
    return {
        each.name: value(each, workspace)
        for each in table.c
        if not each.nullable or each.name in odd
    }


Rows = dict[str, list[Any]]


async def rows(database: Database, workspace: str | None = None) -> Rows:
    """All rows of each table, or those of one workspace in the tables that have such."""
    found: Rows = {}
    async with database.read() as view:
        for table in metadata.sorted_tables:
            query = select(table).order_by(*table.primary_key)
            if workspace and table not in NOBODYS:
                query = query.where(of(table, workspace))
            if not workspace or table not in NOBODYS:
                found[table.name] = [tuple(each) for each in await view.execute(query)]
    return found


@pytest.fixture
async def full(database: Database) -> Database:
    """One row of each of two workspaces in every table that there is."""
    await database.migrate()
    async with database.write() as transaction:
        for table in metadata.sorted_tables:
            for workspace in ("T1",) if table in NOBODYS else ("T1", "T2"):
                await transaction.execute(insert(table).values(row(table, workspace)))
    return database


async def test_every_table_there_is_is_emptied_of_the_workspace_and_of_no_other(
    full: Database,
) -> None:
    """A new table is in this test at once, and fails it until it is known whose its rows are."""
    before, others = await rows(full), await rows(full, "T2")
    everybodys = {table.name: 1 for table in metadata.sorted_tables if table not in NOBODYS}
    assert {name: len(each) for name, each in others.items()} == everybodys

    gone = await Store(full).workspaces.forget("T1")

    assert gone == everybodys
    after = await rows(full)
    assert await rows(full, "T1") == {name: [] for name in everybodys}
    assert {name: after[name] for name in everybodys} == others
    for table in NOBODYS:
        assert after[table.name] == before[table.name] != []


async def test_a_second_time_there_is_nothing_to_erase(full: Database) -> None:
    store = Store(full)
    await store.workspaces.forget("T1")
    others = await rows(full)

    assert set((await store.workspaces.forget("T1")).values()) == {0}
    assert await rows(full) == others


async def test_the_books_of_a_username_that_signs_in_elsewhere_too_are_kept(
    full: Database,
) -> None:
    async with full.write() as transaction:
        shared = {"username_digest": "username of T1"}
        theirs = connections.c.workspace_id == "T2"
        await transaction.execute(update(connections).where(theirs).values(shared))

    gone = await Store(full).workspaces.forget("T1")

    assert (gone["failed_logins"], gone["login_bookings"], gone["connections"]) == (0, 0, 1)
    async with full.read() as view:
        kept = await view.scalars(select(failed_logins.c.username_digest))
        assert "username of T1" in kept.all()


async def test_it_is_all_or_nothing(full: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    before = await rows(full)

    def broken(table: Table, workspace_id: str) -> Any:
        if table.name == "workspaces":
            raise ZeroDivisionError
        return of(table, workspace_id)

    monkeypatch.setattr("bot.store.erasure.of", broken)
    with pytest.raises(ZeroDivisionError):
        await Store(full).workspaces.forget("T1")

    assert await rows(full) == before


async def test_what_was_under_way_finds_nothing_left_and_leaves_nothing_behind(
    store: Store,
) -> None:
    """A check, an alert, and all that may come of a try to send it."""
    connection = await store.connect()
    await store.decide(connection, opened(connection))
    (owed,) = await store.outbox.claim(10)
    due = await store.watches.claim_one("T1", connection.id)
    broken = Broken("T1", "C1", "is_archived", NOW, summary_id="s1")
    telling = Telling(None, (replace(owed.alert, id="told"),))

    await store.workspaces.forget("T1")
    erased = await rows(store.database)

    assert not await store.watches.apply(due, unchanged(due))
    await store.watches.postpone(due, NOW)
    await store.outbox.hold(owed, seconds=5, error="ratelimited")
    await store.outbox.retry(owed, after=5, error="timeout")
    await store.outbox.next_destination(owed, step=1, to="U1", error="is_archived")
    await store.outbox.put_aside(owed, after=5, error="KeyError")
    await store.outbox.already_told(owed)
    await store.outbox.sent(owed, None)
    await store.outbox.give_up(owed, error="nobody is left")
    assert not await store.destinations.mark_broken(broken, telling=telling)
    assert not await store.installations.suspend("T1", "account_inactive", tries=1, probe_after=5)
    assert await store.outbox.claim(10) == []
    assert await rows(store.database) == erased
    assert erased[destinations.name] == erased[suspensions.name] == []


async def test_what_is_being_written_meanwhile_goes_too(url: str) -> None:
    database = Database.open(url, patience=20)
    store = Store(database)
    await store.workspaces.remember("T1", "T1")
    connection = await store.connect()
    async with database.write() as transaction:
        owed = notices(connection, 1)
        await write_telling(transaction, owed, at=NOW)
        erasing = asyncio.create_task(store.workspaces.forget("T1"))
        await asyncio.wait({erasing}, timeout=1)  # as far as it gets

    assert (await erasing)["alerts"] == 1
    assert await rows(database, "T1") == {name: [] for name in await rows(database, "T1")}
    await database.close()


async def test_what_was_erased_is_in_no_file(sqlite_url: str) -> None:
    database = Database.open(sqlite_url)
    store = Store(database)
    for workspace in ("T1", "T2"):
        await store.workspaces.remember(workspace, f"name of {workspace}")
    await store.connect("a-canary")
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    held = b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
    assert b"a-canary" in held

    await store.workspaces.forget("T1")

    held = b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
    assert b"a-canary" not in held
    assert b"made-up ciphertext" not in held
    assert b"name of T1" not in held
    assert b"name of T2" in held
    await database.close()
