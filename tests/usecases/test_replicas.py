"""Two processes that serve side by side: each change is told once, whoever saw it."""

import asyncio
from collections import Counter
from dataclasses import replace

from bot.domain.status import Status
from bot.store.outbox import OutboxTable
from bot.store.watches import WatchTable
from bot.usecases.attend import attend_due
from bot.usecases.check import check_due
from bot.usecases.deliver import deliver_due
from bot.usecases.ports import Ports
from tests.fakes import DOWN, FINE
from tests.usecases.conftest import House


def replica(house: House) -> Ports:
    """Another one over the same database."""
    seconds = house.clock.seconds
    return replace(
        house.ports,
        watches=WatchTable(house.database, now=seconds),
        outbox=OutboxTable(house.database, now=seconds),
    )


async def live(house: House, pair: tuple[Ports, Ports], minutes: int) -> None:
    """All ticks of both at once, each minute."""
    for _ in range(minutes):
        house.clock.pass_(minutes=1)
        for tick in (check_due, attend_due, deliver_due):
            await asyncio.gather(*(tick(ports) for ports in pair))


async def test_each_change_is_posted_once_and_each_check_made_once(house: House) -> None:
    for number in range(4):
        user = f"a1b2c3d4e5f{number:04}@example.com"
        await house.connect(name=f"n{number}", channel=f"C{number}", username=user)
    await house.deliver()
    house.messenger.texts.clear()
    house.messenger.calls.clear()
    house.autotask.sign_ins.clear()
    pair = house.ports, replica(house)
    await live(house, pair, 4)
    house.autotask.answer = DOWN
    await live(house, pair, 8)

    posted = [channel for what, channel in house.messenger.calls if what == "post"]
    assert sorted(posted) == ["C0", "C1", "C2", "C3"]
    house.autotask.answer = FINE
    await live(house, pair, 12)

    assert [len(house.messenger.said(f"C{number}")) for number in range(4)] == [1, 1, 1, 1]
    assert [lines for lines in house.messenger.threads.values() if len(lines) != 1] == []
    assert (await house.overview("n0")).watch.status is Status.ACTIVE
    users = Counter(each.username.reveal() for each in house.autotask.sign_ins)
    assert set(users.values()) == {7}  # as many as one process alone makes
