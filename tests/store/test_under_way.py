"""What a process has begun: it is not taken for a dead one's, and leaves little in doubt."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.domain.incident import Doubt, Place, Telling
from bot.store.outbox import OutboxTable
from bot.usecases.ports import Outbox, Owed
from tests.store.cast import Store, an_accepted, notices, unchanged

ROOT = Place("C1", "1700000000.000100")
ENDS: dict[str, Callable[[Outbox, Owed], Awaitable[None]]] = {
    "retry": lambda outbox, owed: outbox.retry(owed, after=5, error="timeout"),
    "put_aside": lambda outbox, owed: outbox.put_aside(owed, after=3600, error="KeyError"),
    "hold": lambda outbox, owed: outbox.hold(owed, seconds=5, error="ratelimited"),
    "give_up": lambda outbox, owed: outbox.give_up(owed, error="is_archived"),
    "already_told": lambda outbox, owed: outbox.already_told(owed),
}


@pytest.fixture
def outbox(store: Store) -> OutboxTable:
    """Nobody can look what came of a call, so that they go one by one."""
    return OutboxTable(
        store.database, lease=60, now=store.now, elapsed=store.now, one_by_one=lambda: True
    )


async def owe(store: Store, count: int) -> None:
    """So many connections, each with a message to a channel of its own."""
    for number in range(count):
        connection = await store.connect(f"n{number}", channel=f"C{number}")
        await store.decide(connection, notices(connection, 1))


async def owe_elsewhere(store: Store) -> None:
    """The same, one, in another workspace."""
    accepted = an_accepted("n1")
    connection = replace(accepted.connection, workspace_id="T2")
    await store.connections.add(replace(accepted, connection=connection))
    due = await store.watches.claim_one("T2", connection.id)
    telling = Telling(None, notices(connection, 1).alerts)
    assert await store.watches.apply(due, replace(unchanged(due), telling=telling))


async def test_a_process_that_stood_still_does_not_take_its_own_claim_for_a_dead_one_s(
    store: Store, outbox: Outbox
) -> None:
    await owe(store, 1)
    (owed,) = await outbox.claim(10)

    store.seconds += 600
    assert await outbox.claim(10) == []

    await outbox.sent(owed, ROOT)
    assert await outbox.waiting() == (0, 0.0)


async def test_nor_where_it_stood_still_while_it_claimed(store: Store) -> None:
    await owe(store, 1)
    moments = iter([0, 0, 1, 600])
    outbox = OutboxTable(store.database, now=store.now, elapsed=lambda: next(moments))
    assert await outbox.claim(10)

    store.seconds += 600
    assert await outbox.claim(10) == []


async def test_what_nobody_hears_of_is_claimed_again_a_moment_later(
    store: Store, outbox: Outbox
) -> None:
    await owe(store, 1)
    (first,) = await outbox.claim(10)
    store.seconds += 600
    assert await outbox.claim(10) == []
    store.seconds += 10
    assert await outbox.claim(10) == []

    store.seconds += 10
    (second,) = await outbox.claim(10)

    assert (second.alert.id, second.alert.doubt) == (first.alert.id, Doubt.UNCLEAR)


async def test_another_process_need_not_wait(store: Store, outbox: Outbox) -> None:
    await owe(store, 1)
    await outbox.claim(10)
    store.seconds += 600

    assert await store.outbox.claim(10)


async def test_a_claim_knows_how_long_it_holds(store: Store, outbox: Outbox) -> None:
    await owe(store, 1)

    (owed,) = await outbox.claim(10)

    assert owed.until == store.seconds + 60


async def test_calls_go_one_by_one_where_nobody_can_look_what_came_of_them(
    store: Store, outbox: Outbox
) -> None:
    await owe(store, 3)

    for number in range(3):
        (owed,) = await outbox.claim(10)
        assert owed.lane == f"C{number}"
        assert await outbox.claim(10) == []
        await outbox.sent(owed, ROOT)


async def test_where_somebody_can_they_go_at_once(store: Store) -> None:
    await owe(store, 3)

    assert len(await store.outbox.claim(10)) == 3


async def test_each_workspace_has_one_under_way(store: Store, outbox: Outbox) -> None:
    await owe(store, 2)
    await owe_elsewhere(store)

    workspaces = [each.alert.workspace_id for each in await outbox.claim(10)]

    assert workspaces == ["T1", "T2"]


async def test_a_slow_one_holds_up_the_others_for_a_second(store: Store, outbox: Outbox) -> None:
    await owe(store, 2)
    await outbox.claim(10)
    store.seconds += 0.9
    assert await outbox.claim(10) == []
    store.seconds += 0.1

    (owed,) = await outbox.claim(10)
    assert owed.lane == "C1"


@pytest.mark.parametrize("end", ENDS)
async def test_however_one_ends_the_next_one_goes(store: Store, outbox: Outbox, end: str) -> None:
    await owe(store, 2)
    (owed,) = await outbox.claim(10)

    await ENDS[end](outbox, owed)

    (following,) = await outbox.claim(10)
    assert following.lane == "C1"
