"""Who watches the watcher."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from bot.domain.errors import StoreUnavailable
from bot.domain.stamps import stamp
from bot.domain.status import Status
from bot.slack.text import plain_sentence
from bot.usecases.blindness import look_for_blindness
from bot.usecases.connect import Connected
from bot.usecases.outside import Outside
from bot.usecases.report import report, uptimes
from bot.usecases.watchdog import Watchdog
from tests.fakes import DOWN, FINE, OURS, REFUSED, FakeWitness
from tests.usecases.conftest import ALICE, House

NOTHING_LEFT = "what happened in that time is unknown and not counted."


@dataclass
class FakeHeartbeat:
    pings: int = 0

    async def ping(self) -> bool:
        self.pings += 1
        return True


def watchdog(house: House, node: str = "n1", heartbeat: FakeHeartbeat | None = None) -> Watchdog:
    outside = Outside(FakeWitness(house.clock), house.clock)
    return Watchdog(house.ports, node, house.clock.now(), lambda: 0.0, outside, heartbeat)


@pytest.fixture
async def dog(house: House) -> Watchdog:
    """A process that has just begun to serve, for the first time ever."""
    found = watchdog(house)
    await found.start()
    return found


async def connect_some(house: House, count: int) -> None:
    """Each with an API user of its own."""
    for number in range(count):
        user = f"a1b2c3d4e5f{number:04}@example.com"
        assert isinstance(await house.connect(name=f"n{number}", username=user), Connected)


async def watch(house: House, dog: Watchdog, *, minutes: float, step: float = 0.25) -> int:
    """Let time pass with all ticks, and the sweep in each step; returns how many checks."""
    checked = 0
    for number in range(round(minutes / step)):
        house.clock.pass_(minutes=step)
        checked += await dog.sweep()
        await dog.beat()
        if number % 4 == 0 or step >= 1:
            await dog.outside.look()
            await look_for_blindness(house.ports)
        await house.deliver()
    return checked


async def restart(house: House, *, after: timedelta, node: str = "n2") -> Watchdog:
    house.clock.pass_(seconds=after.total_seconds())
    again = watchdog(house, node)
    await again.start()
    return again


def told(house: House, channel: str = "C1") -> list[str]:
    return [each for each in house.messenger.said(channel) if "watch" in each]


def said(start: datetime, end: datetime) -> str:
    words = f"Nobody watched Autotask from {stamp(start)} to {stamp(end)}; {NOTHING_LEFT}"
    return plain_sentence(words)


async def test_the_first_start_ever_tells_nothing(house: House, dog: Watchdog) -> None:
    await house.connect()
    await watch(house, dog, minutes=10)

    assert told(house) == []


async def test_after_a_day_each_connection_is_checked_once_and_its_channel_told_once(
    house: House, dog: Watchdog
) -> None:
    await connect_some(house, 2)
    await watch(house, dog, minutes=10)
    stopped = house.clock.now()
    house.autotask.sign_ins.clear()

    again = await restart(house, after=timedelta(days=1))
    back = house.clock.now()
    assert told(house) == []
    checked = await watch(house, again, minutes=2)

    assert (checked, len(house.autotask.sign_ins)) == (2, 2)
    assert told(house) == [said(stopped, back)]


async def test_what_has_changed_meanwhile_is_one_message_each(house: House, dog: Watchdog) -> None:
    await connect_some(house, 3)
    await watch(house, dog, minutes=5)
    house.messenger.texts.clear()
    house.autotask.answer = REFUSED
    again = await restart(house, after=timedelta(days=1))
    await watch(house, again, minutes=20)

    news = [each for each in house.messenger.said("C1") if "Inactive" in each]
    assert (len(news), len(told(house))) == (3, 1)
    assert len(house.messenger.said("C1")) == 4


async def test_a_quick_restart_is_no_news(house: House, dog: Watchdog) -> None:
    await house.connect()
    await watch(house, dog, minutes=5)

    again = await restart(house, after=timedelta(minutes=9))
    await watch(house, again, minutes=5)

    assert told(house) == []


async def test_each_channel_is_told_and_who_has_none_in_person(house: House, dog: Watchdog) -> None:
    for name, channel in (("a", "C1"), ("b", "C1"), ("c", "C2"), ("d", None)):
        await house.connect(name=name)
        connection_id = (await house.overview(name)).connection.id
        await house.ports.connections.choose_channel("T1", connection_id, channel)
    await watch(house, dog, minutes=1)

    await watch(house, await restart(house, after=timedelta(hours=1)), minutes=3)

    assert [len(told(house, each)) for each in ("C1", "C2", "U1")] == [1, 1, 1]


async def test_a_connection_made_after_it_began_is_not_told(house: House, dog: Watchdog) -> None:
    await dog.beat()
    house.clock.pass_(minutes=5)
    await house.connect()

    await watch(house, await restart(house, after=timedelta(hours=1)), minutes=3)

    assert told(house) == []


async def test_who_dies_before_telling_leaves_it_to_the_next(house: House, dog: Watchdog) -> None:
    await house.connect()
    await watch(house, dog, minutes=5)
    stopped = house.clock.now()

    await restart(house, after=timedelta(hours=3))
    back = house.clock.now()
    await watch(house, await restart(house, after=timedelta(seconds=5), node="n3"), minutes=3)

    assert told(house) == [said(stopped, back)]


async def test_two_that_start_at_once_tell_once(house: House, dog: Watchdog) -> None:
    await house.connect()
    await watch(house, dog, minutes=5)
    house.clock.pass_(hours=3)
    both = watchdog(house, "n2"), watchdog(house, "n3")
    for each in both:
        await each.start()
    house.clock.pass_(minutes=2)
    for each in both:
        await each.sweep()
    await house.deliver()

    assert len(told(house)) == 1


async def test_while_another_replica_watches_there_is_no_gap(house: House, dog: Watchdog) -> None:
    await house.connect()
    other = watchdog(house, "n2")
    await other.start()
    await watch(house, other, minutes=30, step=1)
    await watch(house, dog, minutes=2)  # was held up all the time

    assert told(house) == []


async def test_a_process_that_slept_tells_for_how_long(house: House, dog: Watchdog) -> None:
    await house.connect()
    await watch(house, dog, minutes=5)
    slept = house.clock.now()

    house.clock.pass_(hours=2)
    woke = house.clock.now()
    await dog.sweep()
    await watch(house, dog, minutes=3)

    assert told(house) == [said(slept, woke)]


async def test_a_database_that_is_away_is_a_gap_too(
    house: House, dog: Watchdog, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.connect()
    await watch(house, dog, minutes=5)
    lost = house.clock.now()

    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(house.ports.nodes, "beat", away)
        for _ in range(80):
            house.clock.pass_(seconds=15)
            with pytest.raises(StoreUnavailable):
                await dog.beat()
    house.clock.pass_(seconds=15)
    found = house.clock.now()
    await watch(house, dog, minutes=3)

    assert len(told(house)) == 1
    assert plain_sentence(stamp(lost)) in told(house)[0]
    assert abs(found - lost) > timedelta(minutes=20)


async def test_what_nobody_watched_does_not_count(house: House, dog: Watchdog) -> None:
    await house.connect()
    await watch(house, dog, minutes=5)

    await watch(house, await restart(house, after=timedelta(hours=4)), minutes=30, step=1)

    overviews = await report(house.ports, ALICE)
    (uptime,) = (await uptimes(house.ports, overviews)).values()
    assert timedelta(hours=4) <= uptime.day.unknown <= timedelta(hours=4, minutes=1)
    assert uptime.day.uptime == 1


async def test_what_is_overdue_after_downtime_is_spread_over_a_minute(
    house: House, dog: Watchdog
) -> None:
    await connect_some(house, 300)
    await dog.sweep()
    house.autotask.sign_ins.clear()
    again = await restart(house, after=timedelta(days=1))

    per_second = [await again.sweep()]
    for _ in range(60):
        house.clock.pass_(seconds=1)
        per_second.append(await again.sweep())

    assert sum(per_second) == len(house.autotask.sign_ins) == 300
    assert max(per_second) <= 6


@pytest.mark.parametrize("days", [1, -1])
async def test_a_clock_that_is_set_by_a_day_is_no_storm_no_gap_and_no_outage(
    house: House, dog: Watchdog, days: int
) -> None:
    await connect_some(house, 30)
    await watch(house, dog, minutes=10)
    house.autotask.sign_ins.clear()

    house.clock.set_by(days=days)
    at_once = await dog.sweep()
    await watch(house, dog, minutes=11)

    assert at_once <= 1
    assert 30 * 2 <= len(house.autotask.sign_ins) <= 30 * 4
    assert told(house) == []
    overviews = await report(house.ports, ALICE)
    assert {each.watch.status for each in overviews} == {Status.ACTIVE}


async def test_a_clock_that_was_set_back_while_nobody_ran_stops_no_checks(
    house: House, dog: Watchdog
) -> None:
    await house.connect()
    await watch(house, dog, minutes=5)

    house.clock.set_by(days=-1)
    checked = await watch(house, await restart(house, after=timedelta(minutes=1)), minutes=6)

    assert checked >= 1


async def test_a_clock_set_back_does_not_hold_up_a_refused_sign_in_for_a_day(
    house: House, dog: Watchdog
) -> None:
    await house.connect()
    house.autotask.answer = REFUSED
    await watch(house, dog, minutes=10)
    assert (await house.overview()).watch.status is Status.INACTIVE
    house.autotask.answer = FINE

    house.clock.set_by(days=-1)
    await watch(house, dog, minutes=20)

    assert (await house.overview()).watch.status is Status.ACTIVE


async def test_an_alert_that_waits_goes_out_though_the_clock_was_set_back(
    house: House, dog: Watchdog
) -> None:
    await house.connect()
    house.autotask.answer = DOWN
    house.clock.pass_(minutes=4, seconds=45)
    while (await house.overview()).watch.status is not Status.INACTIVE:
        house.clock.pass_(seconds=15)
        await dog.sweep()
    await house.deliver()
    assert len(house.messenger.said("C1")) == 1  # the alert is held back for half a minute
    house.clock.set_by(days=-1)
    await dog.sweep()
    house.clock.pass_(seconds=40)
    await house.deliver()

    assert any("Inactive" in each for each in house.messenger.said("C1"))


async def blind_for(house: House, dog: Watchdog, minutes: float, *, cut_off: bool) -> datetime:
    await watch(house, dog, minutes=5)
    last = (await report(house.ports, ALICE))[0].watch.last_checked_at
    assert last
    house.autotask.answer, house.messenger.cut_off = OURS, cut_off
    await watch(house, dog, minutes=minutes, step=2)
    house.autotask.answer, house.messenger.cut_off = FINE, False
    return last


async def test_half_an_hour_offline_is_told_afterwards_once_and_not_counted(
    house: House, dog: Watchdog
) -> None:
    await connect_some(house, 2)
    since = await blind_for(house, dog, 40, cut_off=True)
    assert told(house) == []
    await watch(house, dog, minutes=45, step=2.5)

    (only,) = told(house)
    assert plain_sentence(f"from {stamp(since)} to ") in only
    assert NOTHING_LEFT in only
    overviews = await report(house.ports, ALICE)
    unknown = [each.day.unknown for each in (await uptimes(house.ports, overviews)).values()]
    assert min(unknown) > timedelta(minutes=38)


async def test_a_short_time_offline_is_no_news(house: House, dog: Watchdog) -> None:
    await house.connect()
    await blind_for(house, dog, 25, cut_off=True)
    await watch(house, dog, minutes=10, step=2.5)

    assert told(house) == []


async def test_a_reason_of_the_bot_s_own_is_told_while_it_lasts_and_once(
    house: House, dog: Watchdog
) -> None:
    await house.connect()
    since = await blind_for(house, dog, 40, cut_off=False)
    during = told(house)
    await watch(house, dog, minutes=30, step=2.5)

    assert told(house) == during
    (only,) = during
    assert plain_sentence(f"Nobody has been watching Autotask since {stamp(since)}") in only


async def test_the_heartbeat_is_sent_while_sweeps_finish_and_nothing_is_late(
    house: House,
) -> None:
    heartbeat = FakeHeartbeat()
    dog = watchdog(house, heartbeat=heartbeat)
    await dog.start()
    await house.connect()

    assert not await dog.ping()  # no sweep yet
    await dog.sweep()
    assert await dog.ping()
    assert not await dog.ping()  # none since
    for _ in range(4):
        house.clock.pass_(minutes=4)
        await dog.beat()
    dog._swept = True  # one that left the connection lying
    assert not await dog.ping()
    await dog.sweep()
    assert await dog.ping()
    assert heartbeat.pings == 2


async def test_a_database_that_cannot_be_written_stops_the_heartbeat(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    heartbeat = FakeHeartbeat()
    dog = watchdog(house, heartbeat=heartbeat)
    await dog.start()
    await dog.sweep()
    async with house.database.read() as connection:
        await connection.exec_driver_sql("PRAGMA query_only=ON")

    with pytest.raises(StoreUnavailable):
        await dog.ping()
    assert heartbeat.pings == 0
