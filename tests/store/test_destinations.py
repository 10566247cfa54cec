"""The pace of a channel, holds, places that are broken and workspaces that take nothing."""

import asyncio
from collections.abc import Sequence

from bot.domain.connection import Connection
from bot.domain.incident import Doubt, Incident, Place, Telling
from bot.domain.outage import Member
from bot.usecases.ports import Broken, Owed
from tests.store.cast import NOW, Store, an_alert, notices, opened


def broken(channel: str = "C1", workspace: str = "T1") -> Broken:
    return Broken(workspace, channel, "is_archived", NOW, summary_id=f"summary of {channel}")


async def owing(store: Store, number: int, *, channel: str = "C1") -> list[Connection]:
    """So many connections of one channel, each with one alert owed."""
    connections = [
        await store.connect(f"{channel} {each}", channel=channel) for each in range(number)
    ]
    for connection in connections:
        await store.decide(connection, notices(connection, 1))
    return connections


async def drain(store: Store, seconds: float) -> list[float]:
    """When a claim was granted, looking ten times a second."""
    start, at = store.seconds, list[float]()
    while store.seconds < start + seconds:
        for owed in await store.outbox.claim(10):
            at.append(store.seconds - start)
            await store.outbox.sent(owed, Place(owed.lane, str(len(at))))
        store.seconds += 0.1
    return at


async def test_a_channel_gets_a_message_a_second_after_a_burst_of_two(store: Store) -> None:
    await owing(store, 12)

    at = await drain(store, 10)

    assert len(at) in (10, 11, 12)
    assert all(at[each + 2] - at[each] >= 0.99 for each in range(len(at) - 2))
    assert at[9] < 9.2


async def test_a_full_channel_takes_no_claim_from_the_others(store: Store) -> None:
    await owing(store, 12)
    await owing(store, 1, channel="C2")

    first = await store.outbox.claim(2)

    assert sorted(owed.lane for owed in first) == ["C1", "C2"]


async def test_a_hold_covers_the_whole_channel_and_no_other(store: Store) -> None:
    await owing(store, 3)
    (owed,) = await store.outbox.claim(10)
    await store.outbox.hold(owed, seconds=30, error="ratelimited")
    await owing(store, 1, channel="C2")

    assert [each.lane for each in await store.outbox.claim(10)] == ["C2"]
    store.seconds += 29.9
    assert await store.outbox.claim(10) == []
    store.seconds += 0.1
    (again,) = await store.outbox.claim(10)
    assert (again.alert.id, again.alert.attempts) == (owed.alert.id, 1)


async def test_a_hold_is_of_one_workspace(store: Store) -> None:
    await owing(store, 1)
    (owed,) = await store.outbox.claim(10)
    async with store.database.write() as transaction:
        await transaction.exec_driver_sql(
            "INSERT INTO destinations (workspace_id, channel, held_until) "
            "SELECT 'T2', 'C1', 9000000000000000"
        )
    await store.outbox.retry(owed, after=0, error="x", counted=False)
    store.seconds += 2

    assert len(await store.outbox.claim(10)) == 1


async def test_a_claim_says_what_is_in_doubt(store: Store) -> None:
    await owing(store, 1)
    (owed,) = await store.outbox.claim(10)
    assert owed.alert.doubt is Doubt.NONE
    first_tried = owed.alert.first_tried_at

    store.seconds += 60  # nobody settled it
    (owed,) = await store.outbox.claim(10)
    assert (owed.alert.doubt, owed.alert.first_tried_at) == (Doubt.UNCLEAR, first_tried)

    await store.outbox.retry(owed, after=1, error="TimeoutError", doubt=Doubt.UNCLEAR)
    store.seconds += 59  # not before the lease has passed
    assert await store.outbox.claim(10) == []
    store.seconds += 1
    (owed,) = await store.outbox.claim(10)
    assert owed.alert.doubt is Doubt.UNCLEAR

    await store.outbox.next_destination(owed, step=1, to="U1", error="is_archived")
    (owed,) = await store.outbox.claim(10)
    assert owed.alert.doubt is Doubt.NONE


async def test_a_place_breaks_once_whoever_says_so(store: Store) -> None:
    connection = await store.connect()
    tellings = [Telling(None, (an_alert(connection),)) for _ in range(4)]

    firsts = await asyncio.gather(
        *(store.destinations.mark_broken(broken(), telling=each) for each in tellings)
    )

    assert sorted(firsts) == [False, False, False, True]
    assert (await store.outbox.waiting())[0] == 1
    assert set(await store.destinations.broken("T1")) == {"C1"}
    assert await store.destinations.broken("T2") == {}


async def test_a_probe_is_due_after_an_hour_and_claimed_once(store: Store) -> None:
    await store.destinations.mark_broken(broken(), telling=Telling())
    store.seconds += 3599
    assert await store.destinations.claim_probes(5) == []
    store.seconds += 1

    claims = await asyncio.gather(*(store.destinations.claim_probes(5) for _ in range(3)))
    (probe,) = [each for claim in claims for each in claim]
    assert probe == broken()

    store.seconds += 60  # it died in the call
    (again,) = await store.destinations.claim_probes(5)
    assert again.probed_at is not None
    await store.destinations.still_broken(again, after=3600, reason="channel_not_found")
    assert await store.destinations.claim_probes(5) == []
    assert (await store.destinations.broken("T1"))["C1"].reason == "channel_not_found"


async def test_healing_gives_an_incident_its_old_message_back(store: Store) -> None:
    connection = await store.connect()
    await store.decide(connection, opened(connection))
    (owed,) = await store.outbox.claim(10)
    await store.outbox.sent(owed, Place("C1", "1.0"))
    await store.destinations.mark_broken(broken(), telling=Telling())
    elsewhere = await _told_elsewhere(store, owed)
    incident = await store.incident_of(connection)
    assert incident.place == elsewhere

    asked: list[tuple[list[Incident], list[Incident]]] = []

    def tell(back: Sequence[Member], stay: Sequence[Incident]) -> Telling:
        asked.append(([each.incident for each in back], list(stay)))
        return Telling()

    await store.destinations.heal(broken(), [connection.id], tell)

    assert asked == [([incident], [])]
    incident = await store.incident_of(connection)
    assert (incident.place, incident.shown_version) == (Place("C1", "1.0"), 0)
    assert await store.destinations.broken("T1") == {}
    await store.destinations.heal(broken(), [connection.id], tell)
    assert asked[1:] == [([], [])]


async def _told_elsewhere(store: Store, owed: Owed) -> Place:
    """The same alert once more, by way of the fallback."""
    async with store.database.write() as transaction:
        await transaction.exec_driver_sql(
            "UPDATE alerts SET state = 'pending', step = 1, destination = 'U1'"
        )
    store.seconds += 5
    (again,) = await store.outbox.claim(10)
    place = Place("D1", "2.0")
    await store.outbox.sent(again, place)
    return place


async def test_a_suspended_workspace_gets_one_probe_at_a_time(store: Store) -> None:
    await owing(store, 2)
    await owing(store, 2, channel="C2")
    (owed, _) = await store.outbox.claim(10)

    firsts = [
        await store.installations.suspend("T1", "token_revoked", tries=1, probe_after=10)
        for _ in range(2)
    ]
    assert firsts == [True, False]
    await store.outbox.retry(owed, after=0, error="token_revoked", counted=False)
    assert await store.outbox.claim(10) == []
    store.seconds += 10
    (probe,) = await store.outbox.claim(10)
    assert probe.probes == 1
    assert await store.outbox.claim(10) == []

    await store.installations.resume("T1")
    await store.outbox.sent(probe, Place("C1", "1.0"))
    assert await store.installations.suspended() == []
    assert len(await store.outbox.claim(10)) == 2


async def test_the_dead_are_revived_in_their_own_workspace(store: Store) -> None:
    await owing(store, 2)
    (owed,) = await store.outbox.claim(1)
    await store.outbox.give_up(owed, error="no destination is left")

    assert await store.outbox.died_of() == [("no destination is left", 1)]
    assert await store.outbox.died_in("T1") == [("no destination is left", 1)]
    assert await store.outbox.died_in("T2") == []
    assert await store.outbox.revive("T2") == 0
    assert await store.outbox.revive("T1") == 1
    assert (await store.outbox.dead(), (await store.outbox.waiting())[0]) == (0, 2)
