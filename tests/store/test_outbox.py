import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.incident import Place, Telling
from bot.usecases.ports import Owed
from tests.store.cast import Store, closed, notices, opened

ROOT = Place("C1", "1700000000.000100")


async def test_one_connections_alerts_go_one_after_the_other(store: Store) -> None:
    connection = await store.connect()
    telling = notices(connection, 3)
    await store.decide(connection, telling)

    told = []
    while claimed := await store.outbox.claim(10):
        (owed,) = claimed
        assert await store.outbox.claim(10) == []
        await store.outbox.sent(owed, ROOT)
        told.append(owed.alert.id)
        store.seconds += 1

    assert told == [alert.id for alert in telling.alerts]


async def test_two_claimers_get_different_alerts(store: Store) -> None:
    for number in range(9):
        connection = await store.connect(f"n{number}", channel=f"C{number}")
        await store.decide(connection, notices(connection, 2))

    claims = await asyncio.gather(*(store.outbox.claim(4) for _ in range(4)))

    assert sorted(len(claim) for claim in claims) == [0, 1, 4, 4]
    assert len({owed.connection.id for claim in claims for owed in claim}) == 9


async def test_an_alert_that_waits_holds_up_the_younger_ones(store: Store) -> None:
    connection = await store.connect()
    await store.decide(connection, opened(connection, wait=30))
    await store.decide(connection, notices(connection, 1))

    assert await store.outbox.claim(10) == []
    store.seconds += 30

    (owed,) = await store.outbox.claim(10)
    assert owed.incident == await store.incident_of(connection)


async def test_an_incident_that_is_over_waits_no_longer(store: Store) -> None:
    connection = await store.connect()
    await store.decide(connection, opened(connection, wait=30))
    await store.decide(
        connection, closed(connection, await store.incident_of(connection)), bad=False
    )

    (owed,) = await store.outbox.claim(10)

    assert (owed.alert.version, owed.incident and owed.incident.version) == (1, 2)
    await store.outbox.retry(owed, after=5, error="ratelimited")
    assert await store.outbox.claim(10) == []


async def test_a_crashed_senders_alert_is_claimed_again(store: Store) -> None:
    connection = await store.connect()
    await store.decide(connection, notices(connection, 1))
    (first,) = await store.outbox.claim(10)

    store.seconds += 60

    (second,) = await store.outbox.claim(10)
    assert (second.alert.id, second.alert.attempts) == (first.alert.id, 2)
    await store.outbox.give_up(first, error="too late to say so")
    await store.outbox.sent(second, ROOT)
    assert (await store.outbox.waiting(), await store.outbox.dead()) == ((0, 0.0), 0)


async def test_slack_took_it_after_the_lease_but_before_anybody_else(store: Store) -> None:
    connection = await store.connect()
    await store.decide(connection, notices(connection, 1))
    (owed,) = await store.outbox.claim(10)
    store.seconds += 61

    await store.outbox.sent(owed, ROOT)

    assert await store.outbox.claim(10) == []


async def test_the_incident_remembers_its_message(store: Store) -> None:
    connection = await store.connect()
    await store.decide(connection, opened(connection))
    (owed,) = await store.outbox.claim(10)
    await store.outbox.sent(owed, ROOT)
    first = await store.incident_of(connection)

    changed = replace(first, version=2, place=None, shown_version=0)
    alert = replace(owed.alert, id="second", version=2)
    await store.decide(connection, Telling(changed, (alert,)))
    (owed,) = await store.outbox.claim(10)
    await store.outbox.sent(owed, ROOT)

    assert (first.place, first.shown_version, first.first_shown_version) == (ROOT, 1, 1)
    assert await store.incident_of(connection) == replace(first, version=2, shown_version=2)


async def test_a_message_posted_anew_is_where_the_incident_stands(store: Store) -> None:
    connection = await store.connect()
    await store.decide(connection, opened(connection))
    (owed,) = await store.outbox.claim(10)
    assert owed.incident

    stood = None
    for place, version in ((ROOT, 1), (Place("C2", "1700000000.000200"), 3)):
        again = replace(owed, incident=replace(owed.incident, version=version, place=stood))
        stood = place
        await store.outbox.sent(again, place)
        await revive(store)

    shown = await store.incident_of(connection)
    assert (shown.place, shown.first_shown_version) == (Place("C2", "1700000000.000200"), 3)


async def test_what_is_told_already_costs_its_channel_no_turn(store: Store) -> None:
    for number in range(4):
        connection = await store.connect(f"n{number}")
        await store.decide(connection, notices(connection, 1))
    told: list[Owed] = []
    while claimed := await store.outbox.claim(10):
        told += claimed
        await store.outbox.already_told(claimed[0])

    assert len(told) == 4
    assert await store.outbox.waiting() == (0, 0.0)


async def test_a_retry_waits_and_a_broken_destination_does_not(store: Store) -> None:
    connection = await store.connect()
    await store.decide(connection, notices(connection, 1))
    (owed,) = await store.outbox.claim(10)
    await store.outbox.retry(owed, after=2.5, error="ratelimited")

    assert await store.outbox.claim(10) == []
    store.seconds += 2.5
    (owed,) = await store.outbox.claim(10)
    await store.outbox.next_destination(owed, step=1, to="U1", error="is_archived")

    (owed,) = await store.outbox.claim(10)
    assert (owed.alert.step, owed.alert.attempts, owed.lane) == (1, 1, "U1")


@pytest.mark.parametrize(
    ("settle", "onward"), [("next_destination", {"step": 2, "to": "U0"}), ("give_up", {})]
)
async def test_a_channel_chosen_during_the_last_try_still_comes_first(
    store: Store, settle: str, onward: dict[str, Any]
) -> None:
    connection = await store.connect()
    await store.decide(connection, notices(connection, 1))
    (owed,) = await store.outbox.claim(10)
    await store.outbox.next_destination(owed, step=1, to="U1", error="is_archived")
    (owed,) = await store.outbox.claim(10)

    await store.connections.choose_channel("T1", connection.id, "C2")
    await getattr(store.outbox, settle)(owed, error="user_not_found", **onward)

    store.seconds += 60
    (owed,) = await store.outbox.claim(10)
    assert (owed.alert.step, owed.connection.channel) == (0, "C2")


async def test_operators_see_what_waits_and_what_died(store: Store) -> None:
    connection = await store.connect()
    await store.decide(connection, notices(connection, 2))
    store.seconds += 90

    assert await store.outbox.waiting() == (2, 90.0)
    (owed,) = await store.outbox.claim(10)
    await store.outbox.give_up(owed, error="account_inactive")

    assert (await store.outbox.waiting(), await store.outbox.dead()) == ((1, 90.0), 1)


async def revive(store: Store) -> None:
    """Owe everything once more, under the claims that were made of it."""
    async with store.database.write() as transaction:
        await transaction.exec_driver_sql("UPDATE alerts SET state = 'pending'")
