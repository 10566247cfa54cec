import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from bot.domain.incident import Telling
from bot.domain.observation import Observation, Quota, Seen, Tenant
from bot.domain.origin import AutotaskOrigin
from bot.domain.status import Status
from bot.store.schema import watches
from bot.usecases.ports import Decision, Sealed
from tests.store.cast import NOW, OK, Store, closed, opened, unchanged


async def test_the_longest_overdue_is_claimed_first(store: Store) -> None:
    for name, overdue in (("b", 20), ("a", 30), ("c", 10), ("not due", -1)):
        await store.connect(name, overdue=overdue)

    first = await store.watches.claim_due(2)
    rest = await store.watches.claim_due(10)

    assert [due.connection.name for due in (*first, *rest)] == ["a", "b", "c"]


async def test_two_claimers_get_different_connections(store: Store) -> None:
    for number in range(20):
        await store.connect(f"n{number}")

    claims = await asyncio.gather(*(store.watches.claim_due(7) for _ in range(4)))

    assert sorted(len(claim) for claim in claims) == [0, 6, 7, 7]
    assert len({due.connection.id for claim in claims for due in claim}) == 20


async def test_a_paused_connection_is_never_due(store: Store) -> None:
    connection = await store.connect()
    due = await store.watches.claim_one("T1", connection.id)
    paused = replace(due.watch, status=Status.PAUSED)

    assert await store.watches.apply(due, replace(unchanged(due), watch=paused))

    assert await store.watches.claim_due(10) == []


async def test_a_claim_lapses_and_what_comes_of_it_then_is_not_kept(store: Store) -> None:
    await store.connect()
    (late,) = await store.watches.claim_due(10)

    store.seconds += 60

    assert not await store.watches.apply(late, unchanged(late))
    (again,) = await store.watches.claim_due(10)
    assert not await store.watches.apply(late, unchanged(late))
    assert await store.watches.apply(again, unchanged(again))


async def test_a_person_takes_over_from_the_scheduler(store: Store) -> None:
    connection = await store.connect()
    (swept,) = await store.watches.claim_due(10)

    asked = await store.watches.claim_one("T1", connection.id)

    assert not await store.watches.apply(swept, unchanged(swept))
    assert await store.watches.apply(asked, unchanged(asked))


async def test_a_result_is_applied_once(store: Store) -> None:
    connection = await store.connect()
    (due,) = await store.watches.claim_due(10)
    decision = replace(unchanged(due), telling=opened(connection))

    assert await store.watches.apply(due, decision)
    assert not await store.watches.apply(due, decision)

    assert len(await store.outbox.claim(10)) == 1


async def test_a_result_is_written_as_a_whole_or_not_at_all(store: Store) -> None:
    """The last statement of the transaction fails."""
    connection = await store.connect()
    before = await store.connections.get("T1", connection.id)
    (due,) = await store.watches.claim_due(10)
    telling = opened(connection)
    twice = replace(telling, alerts=telling.alerts * 2)
    down = replace(due.watch, status=Status.INACTIVE)

    with pytest.raises(DBAPIError):
        await store.watches.apply(due, Decision(down, OK, twice))

    assert await store.connections.get("T1", connection.id) == before
    assert await store.outbox.waiting() == (0, 0.0)


async def test_a_postponed_check_is_free_and_due_later(store: Store) -> None:
    await store.connect()
    (due,) = await store.watches.claim_due(10)

    await store.watches.postpone(due, NOW + timedelta(seconds=5))

    assert await store.watches.claim_due(10) == []
    store.seconds += 5
    assert len(await store.watches.claim_due(10)) == 1


async def test_what_a_check_learns_is_kept(store: Store) -> None:
    connection = await store.connect()
    due = await store.watches.claim_one("T1", connection.id)
    moved = Sealed(b"sealed for the new zone", AutotaskOrigin("https://webservices5.autotask.net"))
    seen = Observation(Seen.MOVED_OK, tenant=Tenant(zone="Germany"), quota=Quota(7, 9, 30))

    await store.watches.apply(due, Decision(due.watch, seen, Telling(), moved))

    overview = await store.connections.get("T1", connection.id)
    assert overview.connection == replace(connection, origin=moved.origin, zone="Germany")
    assert overview.quota == seen.quota
    again = await store.watches.claim_one("T1", connection.id)
    assert (again.stored, again.watch) == (moved, due.watch)


async def test_what_a_check_did_not_ask_stays(store: Store) -> None:
    connection = await store.connect()
    before = await store.connections.get("T1", connection.id)

    await store.decide(connection, Telling(), bad=False)

    assert await store.connections.get("T1", connection.id) == before


async def test_incidents_are_numbered_within_the_workspace(store: Store) -> None:
    first, second = await store.connect("one"), await store.connect("two")

    await store.decide(first, opened(first))
    await store.decide(second, opened(second))
    await store.decide(first, closed(first, await store.incident_of(first)), bad=False)
    telling = opened(first)
    await store.decide(first, telling)

    assert telling.incident
    assert await store.incident_of(first) == replace(telling.incident, number=3)
    assert (await store.incident_of(second)).number == 2


async def test_five_who_read_change_and_write_lose_nothing(store: Store) -> None:
    connection = await store.connect()

    async def one_more() -> None:
        async with store.database.write() as transaction:
            streak = await transaction.scalar(select(watches.c.streak).with_for_update())
            await transaction.execute(update(watches).values(streak=(streak or 0) + 1))

    await asyncio.gather(*(one_more() for _ in range(5)))

    assert (await store.connections.get("T1", connection.id)).watch.streak == 2 + 5
