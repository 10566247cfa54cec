"""Two who serve one database: two processes on PostgreSQL, two parts of one process on SQLite."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.audit import Chain, Deed, Entry, Notary
from bot.domain.incident import Telling
from bot.domain.observation import FailedLogins
from bot.store.audit import AuditTable
from bot.store.database import Database
from bot.usecases.audit_ports import Vouched
from bot.usecases.data_keys import MasterKey, WrappedKey
from bot.usecases.ports import Due
from tests.store.cast import NOW, Store, notices, opened, unchanged

Pair = tuple[Store, Store]


@pytest.fixture
async def replicas(store: Store, url: str) -> AsyncIterator[Pair]:
    one = Database.open(url)
    two = one if url.startswith("sqlite") else Database.open(url)
    yield Store(one), Store(two)
    for each in (one, two):
        await each.close()


async def claim_all(store: Store, limit: int) -> list[list[Due]]:
    claims: list[list[Due]] = []
    while claim := await store.watches.claim_due(limit):
        claims.append(list(claim))
    return claims


async def test_eight_claimers_share_the_work_and_no_connection(replicas: Pair) -> None:
    one, two = replicas
    names = {(await one.connect(f"n{number}", overdue=number)).name for number in range(60)}

    by_claimer = await asyncio.gather(*(claim_all(store, 7) for store in (one, two) * 4))

    claims = [claim for claims in by_claimer for claim in claims]
    claimed = [due.connection.name for claim in claims for due in claim]
    assert max(map(len, claims)) <= 7
    assert (len(claimed), set(claimed)) == (60, names)
    for claim in claims:
        assert claim == sorted(claim, key=lambda due: due.watch.next_check_at)


async def test_the_longest_overdue_go_first_whoever_asks(replicas: Pair) -> None:
    one, two = replicas
    for number in range(6):
        await one.connect(f"n{number}", overdue=number)

    claims = [await store.watches.claim_due(2) for store in (one, two, one)]

    names = [due.connection.name for claim in claims for due in claim]
    assert names == ["n5", "n4", "n3", "n2", "n1", "n0"]


async def test_when_the_lease_ends_the_other_takes_over(replicas: Pair) -> None:
    one, two = replicas
    connection = await one.connect()
    (late,) = await one.watches.claim_due(10)
    assert await two.watches.claim_due(10) == []
    two.seconds += 60

    (due,) = await two.watches.claim_due(10)

    telling = opened(connection)
    assert not await one.watches.apply(late, replace(unchanged(late), telling=telling))
    assert await one.outbox.claim(10) == []
    assert (await one.connections.get("T1", connection.id)).incident is None
    assert await two.watches.apply(due, replace(unchanged(due), telling=telling))


async def test_one_result_is_applied_by_whichever_comes_first(replicas: Pair) -> None:
    one, two = replicas
    connection = await one.connect()
    (due,) = await one.watches.claim_due(10)
    decision = replace(unchanged(due), telling=opened(connection))

    applied = await asyncio.gather(*(store.watches.apply(due, decision) for store in (one, two)))

    assert sorted(applied) == [False, True]


async def test_each_connections_alerts_are_sent_in_order(replicas: Pair) -> None:
    one, two = replicas
    owed_to = {}
    for number in range(5):
        connection = await one.connect(f"n{number}")
        telling = notices(connection, 4)
        await one.decide(connection, telling)
        owed_to[connection.id] = [alert.id for alert in telling.alerts]
    told: dict[str, list[str]] = {id_: [] for id_ in owed_to}
    in_flight: set[str] = set()

    async def send(store: Store) -> None:
        while any(len(each) < 4 for each in told.values()):
            one.seconds = two.seconds = one.seconds + 0.5  # a channel takes one a second
            for owed in await store.outbox.claim(3):
                assert owed.connection.id not in in_flight
                in_flight.add(owed.connection.id)
                told[owed.connection.id].append(owed.alert.id)
                await asyncio.sleep(0)
                in_flight.remove(owed.connection.id)
                await store.outbox.sent(owed, None)

    async with asyncio.timeout(10):
        await asyncio.gather(*(send(store) for store in (one, two) * 2))

    assert told == owed_to


async def test_only_one_of_many_may_sign_in(replicas: Pair) -> None:
    begun = await asyncio.gather(
        *(store.logins.begin("digest", expected=FailedLogins(), at=NOW) for store in replicas * 3)
    )

    assert len([booking for booking in begun if booking]) == 1


async def test_a_refusal_that_settles_meanwhile_is_seen(replicas: Pair) -> None:
    """Whoever begins sees it under way or on the books, never neither."""
    one, two = replicas
    for number in range(5):
        digest = f"digest {number}"
        booking = await one.logins.begin(digest, expected=FailedLogins(), at=NOW)
        assert booking

        _, second = await asyncio.gather(
            one.logins.settle(booking, refusals=1),
            two.logins.begin(digest, expected=FailedLogins(), at=NOW),
        )

        assert second is None


async def test_incidents_opened_at_once_have_numbers_of_their_own(replicas: Pair) -> None:
    connections = [await replicas[0].connect(f"n{number}") for number in range(6)]

    await asyncio.gather(
        *(
            store.decide(connection, opened(connection))
            for store, connection in zip(replicas * 3, connections, strict=True)
        )
    )

    numbers = [(await replicas[0].incident_of(connection)).number for connection in connections]
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]


async def test_a_name_is_given_once(replicas: Pair) -> None:
    added = await asyncio.gather(
        *(store.connect("Sandbox") for store in replicas * 2), return_exceptions=True
    )

    (stored,) = [each for each in added if not isinstance(each, BaseException)]
    assert [each.connection for each in await replicas[0].connections.all("T1")] == [stored]


async def test_all_who_name_managers_at_once_have_their_way(replicas: Pair) -> None:
    await replicas[0].workspaces.name_managers("T1", ["U1", "U2", "U3"], by="UA", at=NOW)
    named, dropped = ["U4", "U5", "U6", "U4"], ["U1", "U2", "U1", "U2"]

    await asyncio.gather(
        *(
            store.workspaces.name_managers("T1", [one], dropped=[other], by="UA", at=NOW)
            for store, one, other in zip(replicas * 2, named, dropped, strict=True)
        )
    )

    assert await replicas[0].workspaces.managers("T1") == {"U3", "U4", "U5", "U6"}


async def test_a_workspace_has_one_key_whoever_mints_it(replicas: Pair) -> None:
    minted = [
        WrappedKey(f"0{number}", MasterKey("file", "made-up"), b"wrapped") for number in range(6)
    ]

    in_use = await asyncio.gather(
        *(store.data_keys.add("T1", key) for store, key in zip(replicas * 3, minted, strict=True))
    )

    assert len({key.id for key in in_use}) == 1


async def test_nobody_waits_for_nobody(replicas: Pair) -> None:
    """All that touches one connection at once ends, one way or another, without a deadlock."""
    one, two = replicas
    connection = await one.connect()
    other = await one.connect("other")
    for _ in range(3):
        due = await one.watches.claim_one("T1", connection.id)
        await asyncio.gather(
            one.watches.apply(due, replace(unchanged(due), telling=notices(connection, 2))),
            two.watches.wake("digest of Autotask"),
            one.watches.wake("digest of other"),
            two.connections.choose_channel("T1", connection.id, "C2"),
            one.outbox.claim(10),
            two.decide(other, notices(other, 1)),
            two.watches.claim_due(10),
        )
    await asyncio.gather(
        one.connections.disconnect("T1", connection.id, at=NOW, telling=Telling()),
        two.outbox.claim(10),
        two.connections.choose_channel("T1", other.id, "C2"),
    )


async def test_entries_of_the_audit_written_at_once_are_one_chain(replicas: Pair) -> None:
    notary = Notary("made-up", lambda text: hashlib.sha256(text.encode()).hexdigest())
    entry = Entry("T1", NOW, "U1", Deed.TEST)
    count = 24

    await asyncio.gather(
        *(
            AuditTable(store.database).add(Vouched(replace(entry, detail=str(number)), notary))
            for store, number in zip(replicas * (count // 2), range(count), strict=True)
        )
    )

    chain = Chain()
    links = await AuditTable(replicas[0].database).chain("T1", after=0, limit=100)
    for link in links:
        chain.follow(link, notary)
    chain.close()
    assert (len(links), chain.flaw) == (count, "")
    assert {link.entry.detail for link in links} == {str(number) for number in range(count)}
