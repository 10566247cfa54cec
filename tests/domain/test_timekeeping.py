"""Clocks that are set."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.observation import Seen
from bot.domain.policy import Policy
from bot.domain.status import Status, Watch
from bot.domain.timekeeping import NONE, Reading, gap_limit, jump, latest_check, set_back

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@given(st.floats(0, 1e6), st.floats(-59, 59))
def test_time_that_passes_is_no_jump(passed: float, drift: float) -> None:
    later = Reading(NOON + timedelta(seconds=passed + drift), passed)

    assert jump(Reading(NOON, 0.0), later) == NONE


@pytest.mark.parametrize("by", [DAY, -DAY, timedelta(minutes=2), -timedelta(minutes=2)])
def test_a_clock_that_was_set_is_told_from_time_that_passed(by: timedelta) -> None:
    later = Reading(NOON + by + timedelta(seconds=30), 1030.0)

    assert jump(Reading(NOON, 1000.0), later) == by


@pytest.mark.parametrize(
    ("last", "back"),
    [(None, NONE), (NOON - DAY, NONE), (NOON + DAY / 1440, NONE), (NOON + DAY, -DAY)],
)
def test_a_sign_of_life_that_is_yet_to_come_tells_that_the_clock_was_set_back(
    last: datetime | None, back: timedelta
) -> None:
    assert set_back(last, NOON) == back


@pytest.mark.parametrize(
    ("seen", "streak", "seconds"),
    [
        (None, 0, 900),
        (Seen.OK, 9, 900),
        (Seen.REJECTED, 1, 120),
        (Seen.REJECTED, 3, 21_600),
        (Seen.REJECTED, 4, 86_400),
        (Seen.MOVED_BAD, 1, 900),
        (Seen.WITHHELD, 1, 86_400),
    ],
)
def test_no_check_is_planned_for_later_than_its_wait(
    seen: Seen | None, streak: int, seconds: float
) -> None:
    watch = replace(Watch(Status.ACTIVE, NOON, NOON), seen=seen, streak=streak)

    latest = latest_check(watch, now=NOON, policy=Policy())

    assert latest == NOON + timedelta(seconds=1.2 * seconds + 60)


def test_a_gap_is_two_intervals_and_at_least_two_minutes() -> None:
    assert gap_limit(Policy()) == timedelta(minutes=10)
    assert gap_limit(Policy(check_interval=5)) == timedelta(minutes=2)
