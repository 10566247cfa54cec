"""Who changes several incidents at once, on PostgreSQL: no two wait for each other."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import ColumnElement, select, update

from bot.domain.connection import Connection
from bot.domain.incident import Incident, Place, Telling, drawn_anew
from bot.domain.observation import Cause
from bot.store.database import Database
from bot.store.schema import alerts, incidents
from bot.usecases.ports import Broken
from tests.store.cast import NOW, Store, an_alert, opened

pytestmark = pytest.mark.parametrize("url", ["postgresql"], indirect=True)
PLACE = Place("C1", "1.0")


def nothing(*_: object) -> Telling:
    """What is owed once a place is back."""
    return Telling()


@dataclass
class Member:
    connection: Connection
    incident: Incident


@pytest.fixture
async def told(store: Store) -> list[Member]:
    """Three that share a message, by the ids of their incidents; the last one was written first."""
    everybody = [await store.connect(f"n{number}") for number in range(3)]
    news = sorted((opened(each) for each in everybody), key=lambda each: str(each.incident))
    for connection, telling in reversed(list(zip(everybody, news, strict=True))):
        await store.decide(connection, of(telling, connection))
    (owed,) = await store.outbox.claim(5)
    assert len(owed.others) == 2
    await store.outbox.sent(owed, PLACE)
    store.seconds += 10
    members = [Member(each, await store.incident_of(each)) for each in everybody]
    return sorted(members, key=lambda each: each.incident.id)


def of(telling: Telling, connection: Connection) -> Telling:
    assert telling.incident
    mine = replace(telling.incident, connection_id=connection.id)
    theirs = (replace(each, connection_id=connection.id) for each in telling.alerts)
    return Telling(mine, tuple(theirs))


async def change(store: Store, member: Member, cause: Cause) -> None:
    changed = replace(member.incident, version=member.incident.version + 1, cause=cause)
    await store.decide(member.connection, Telling(changed, (an_alert(member.connection, changed),)))


async def meet(
    database: Database, row: ColumnElement[bool], doings: Sequence[Awaitable[object]]
) -> None:
    """Each begins while somebody holds the row in the middle, once the one before it waits."""
    async with asyncio.TaskGroup() as group, database.write() as transaction:
        await transaction.execute(select(row).where(row).with_for_update())
        for count, doing in enumerate(doings, 1):
            group.create_task(asyncio.wait_for(doing, 5))
            while await waiting(database) < count:  # noqa: ASYNC110 - the server alone knows
                await asyncio.sleep(0)


async def waiting(database: Database) -> int:
    """How many transactions wait for a lock."""
    async with database.read() as view:
        found = await view.exec_driver_sql(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(found.scalar_one())


async def test_one_that_leaves_and_an_edit_for_all(store: Store, told: list[Member]) -> None:
    first, middle, last = told
    await change(store, first, Cause.TIME_OUT)
    (edit,) = await store.outbox.claim(5)
    assert len(edit.others) == 2
    store.seconds += 10
    await change(store, last, Cause.CREDENTIALS_REFUSED)
    (leaver,) = await store.outbox.claim(5)
    assert leaver.leaves
    anew = drawn_anew(first.incident, now=NOW, id="anew")

    await meet(
        store.database,
        incidents.c.id == middle.incident.id,
        [
            store.outbox.sent(edit, PLACE),
            store.outbox.sent(leaver, Place("C1", "2.0"), (anew,)),
        ],
    )

    assert (await store.incident_of(last.connection)).place == Place("C1", "2.0")


async def test_a_channel_that_heals_and_an_edit_for_all(store: Store, told: list[Member]) -> None:
    first, middle, _ = told
    broken = Broken("T1", "C2", "is_archived", NOW, summary_id="s1")
    await store.destinations.mark_broken(broken, telling=Telling())
    async with store.database.write() as transaction:
        for each in reversed(told):
            of_it = update(incidents).where(incidents.c.id == each.incident.id)
            await transaction.execute(of_it.values(left_channel="C2", left_ts="0.5"))
    await change(store, first, Cause.TIME_OUT)
    (edit,) = await store.outbox.claim(5)

    await meet(
        store.database,
        incidents.c.id == middle.incident.id,
        [
            store.destinations.heal(broken, [each.connection.id for each in told], nothing),
            store.outbox.sent(edit, PLACE),
        ],
    )

    assert await store.destinations.broken("T1") == {}


async def test_a_channel_that_heals_and_what_is_told_with_another(store: Store) -> None:
    """The eldest two wait for their time, but would be told with the third at once."""
    broken = Broken("T1", "C2", "is_archived", NOW, summary_id="s1")
    await store.destinations.mark_broken(broken, telling=Telling())
    everybody = [await store.connect(f"n{number}") for number in range(3)]
    for connection, wait in zip(everybody, (900, 900, 0), strict=True):
        await store.decide(connection, opened(connection, wait=wait))
    async with store.database.write() as transaction:
        for each in everybody:
            of_it = update(alerts).where(alerts.c.connection_id == each.id)
            await transaction.execute(of_it.values(destination="U1", step=1))

    await meet(
        store.database,
        alerts.c.connection_id == everybody[1].id,
        [
            store.destinations.heal(broken, [each.id for each in everybody], nothing),
            store.outbox.claim(5),
        ],
    )

    assert await store.destinations.broken("T1") == {}
