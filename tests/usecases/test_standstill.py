"""A machine that its host pauses finds nothing of it in its own clocks, but in Slack's."""

import logging
import time

import pytest

from bot.clock import SystemClock
from bot.domain.status import Status
from bot.usecases.watchdog import Watchdog
from bot.usecases.watching import Node
from tests.fakes import FakeWitness
from tests.usecases.conftest import House
from tests.usecases.test_watchdog import said, told, watch, watchdog


@pytest.fixture
async def dog(house: House) -> Watchdog:
    """Has watched a connection for a while."""
    found = watchdog(house)
    await found.start()
    await house.connect()
    await watch(house, found, minutes=5, step=1)
    return found


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="a clock of Linux")
def test_what_the_machine_sleeps_by_itself_counts_as_time_that_has_passed() -> None:
    """Which a clock that stands still in sleep would hide."""
    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    elapsed = SystemClock().elapsed()

    assert before <= elapsed <= time.clock_gettime(time.CLOCK_BOOTTIME)


async def test_a_pause_is_told_once_when_the_time_of_day_is_set_right(
    house: House, dog: Watchdog
) -> None:
    stopped = house.clock.now()
    house.clock.stand_still(hours=2)
    house.clock.set_by(hours=2)
    went_on = house.clock.now()
    await dog.sweep()
    await watch(house, dog, minutes=15, step=2.5)

    assert told(house) == [said(stopped, went_on)]
    assert (await house.overview()).watch.status is Status.ACTIVE


async def test_so_it_is_where_that_takes_some_minutes(house: House, dog: Watchdog) -> None:
    """Meanwhile the clock is behind, and everything goes on by it."""
    house.clock.stand_still(hours=2)
    await watch(house, dog, minutes=3, step=1)
    stopped = house.clock.now()
    house.clock.set_by(hours=2)
    await watch(house, dog, minutes=15, step=2.5)

    (only,) = told(house)
    assert only.startswith(said(stopped, stopped).partition(" to ")[0])


async def test_a_sign_of_life_that_comes_before_the_next_sweep_hides_nothing(
    house: House, dog: Watchdog
) -> None:
    house.clock.stand_still(hours=2)
    house.clock.set_by(hours=2)
    await dog.beat()
    await watch(house, dog, minutes=3, step=1)

    assert len(told(house)) == 1


async def test_a_clock_that_is_set_forward_claims_no_gap(
    house: House, dog: Watchdog, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, logger="bot")
    for _ in range(2):
        house.clock.set_by(hours=2)
        await watch(house, dog, minutes=15, step=2.5)

    assert told(house) == []
    assert [each.message for each in caplog.records] == ["clock_set", "clock_set"]


async def test_each_jump_is_judged_by_itself(house: House, dog: Watchdog) -> None:
    house.clock.stand_still(hours=2)
    house.clock.set_by(hours=2)
    await watch(house, dog, minutes=15, step=2.5)
    house.clock.set_by(hours=2)
    await watch(house, dog, minutes=15, step=2.5)

    assert len(told(house)) == 1


async def test_where_slack_cannot_say_so_a_gap_is_told_rather_than_not(
    house: House, dog: Watchdog
) -> None:
    assert isinstance(dog.outside.witness, FakeWitness)
    dog.outside.witness.away = True
    house.clock.stand_still(hours=2)
    house.clock.set_by(hours=2)
    await watch(house, dog, minutes=15, step=2.5)

    assert len(told(house)) == 1


async def test_a_short_pause_is_no_news(house: House, dog: Watchdog) -> None:
    house.clock.stand_still(minutes=6)
    house.clock.set_by(minutes=6)
    await watch(house, dog, minutes=15, step=2.5)

    assert told(house) == []


async def test_while_another_replica_watched_there_was_no_gap(house: House, dog: Watchdog) -> None:
    """Its machine was not paused."""
    house.clock.stand_still(hours=2)
    house.clock.set_by(hours=2)
    now = house.clock.now()
    await house.ports.nodes.beat(Node("n2", now, now, 0.0), gap_after=None, gap_id="g2")
    await watch(house, dog, minutes=15, step=2.5)

    assert told(house) == []
