"""The arithmetic of uptime."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.observation import Seen
from bot.domain.status import Status, Watch
from bot.domain.uptime import (
    Mark,
    Size,
    Tally,
    Uptime,
    counts_until,
    known_from,
    percent,
    phrase,
    tally,
)

START = datetime(2026, 3, 29, tzinfo=UTC)
END = START + timedelta(days=1)
SECONDS = st.integers(-7_200, 90_000).map(lambda each: timedelta(seconds=each))
SPANS = st.integers(0, 90_000).map(lambda each: timedelta(milliseconds=each))


@st.composite
def marks(draw: st.DrawFn) -> Mark:
    at = START + draw(SECONDS)
    until = draw(st.none() | st.integers(0, 20_000).map(lambda each: timedelta(seconds=each)))
    return Mark(
        at,
        draw(st.sampled_from(Status)),
        None if until is None else at + until,
        draw(st.none() | SPANS),
    )


MANY = st.lists(marks(), max_size=30, unique_by=lambda each: each.at)


@given(MANY)
def test_the_four_spans_are_all_the_time_there_was(seen: list[Mark]) -> None:
    found = tally(seen, START, END)

    assert found.elapsed == END - START
    assert timedelta() <= found.degraded <= found.ok
    assert min(found.ok, found.failed, found.unknown, found.paused) >= timedelta()


@given(MANY, st.randoms())
def test_hours_in_any_order_make_the_day(seen: list[Mark], dice: random.Random) -> None:
    hours = [START + timedelta(hours=number) for number in range(24)]
    parts = [tally(seen, each, each + timedelta(hours=1)) for each in hours]
    dice.shuffle(parts)

    assert sum(parts, Tally()) == tally(seen, START, END)


@given(MANY, st.randoms())
def test_the_order_in_which_marks_come_is_irrelevant(seen: list[Mark], dice: random.Random) -> None:
    shuffled = dice.sample(seen, len(seen))

    assert tally(shuffled, START, END) == tally(seen, START, END)


def at(minutes: float, status: Status = Status.ACTIVE, counts: float = 11) -> Mark:
    moment = START + timedelta(minutes=minutes)
    return Mark(moment, status, moment + timedelta(minutes=counts), timedelta(milliseconds=200))


def test_time_counts_as_the_earlier_check_found_it_and_beyond_its_word_is_unknown() -> None:
    seen = [at(0), at(5, Status.INACTIVE), at(10, Status.DEGRADED), at(40)]

    found = tally(seen, START, START + timedelta(minutes=45))

    assert found.failed == timedelta(minutes=5)
    assert found.degraded == timedelta(minutes=11)
    assert found.ok == timedelta(minutes=5 + 11 + 5)
    assert found.unknown == timedelta(minutes=19)
    assert found.uptime == 21 / 26
    assert (found.checks, found.latency) == (4, timedelta(milliseconds=200))


def test_a_paused_connection_is_paused_until_it_goes_on() -> None:
    paused = Mark(START, Status.PAUSED, None)

    found = tally([paused, at(600)], START, START + timedelta(minutes=605))

    assert (found.paused, found.ok) == (timedelta(minutes=600), timedelta(minutes=5))
    assert found.uptime == 1


def test_before_the_first_check_there_was_nothing_to_watch() -> None:
    assert known_from([at(7)], START) == START + timedelta(minutes=7)
    assert known_from([at(-7)], START) == START
    assert known_from([], START) is None


def watch(status: Status, planned: float) -> Watch:
    return Watch(status, START, START + timedelta(seconds=planned))


def test_a_check_counts_for_two_intervals_and_a_minute() -> None:
    until = counts_until(watch(Status.ACTIVE, 300), Seen.OK, START)

    assert until == START + timedelta(seconds=660)


def test_a_planned_wait_of_a_day_is_no_gap() -> None:
    until = counts_until(watch(Status.INACTIVE, 86_400), Seen.REJECTED, START)

    assert until == START + timedelta(hours=25, minutes=1)


def test_what_nobody_could_tell_counts_for_nothing_and_a_pause_until_it_ends() -> None:
    assert counts_until(watch(Status.ACTIVE, 30), Seen.INCONCLUSIVE, START) == START
    assert counts_until(watch(Status.PAUSED, 30), Seen.OK, START) is None


def test_a_day_is_a_day_of_utc() -> None:
    late = datetime(2026, 3, 29, 23, 59, tzinfo=UTC)

    assert Size.DAY.floor(late) == START
    assert Size.HOUR.floor(late) == START + timedelta(hours=23)


def test_one_hundred_per_cent_means_all_of_it() -> None:
    assert percent(1.0) == "100 %"
    assert percent(0.99999) == "99.99 %"
    assert percent(0.995) == "99.5 %"
    assert percent(None) == "unknown"


def test_unknown_and_paused_time_is_said() -> None:
    hour = timedelta(hours=1)
    day, off = Tally(ok=24 * hour), 620 * hour
    month = Tally(ok=99 * hour, failed=hour, unknown=3 * hour, paused=off, degraded=hour)

    assert phrase(Uptime(day, month, month)) == (
        "uptime 100 % in 24 h, 99 % in 7 d, 99 % in 30 d "
        "(1 h degraded, 3 h not watched, 25 d 20 h paused)"
    )


@pytest.mark.parametrize(
    ("lasted", "said"),
    [
        (timedelta(seconds=4), "uptime 100 % since it was connected, just now"),
        (timedelta(minutes=3), "uptime 100 % since it was connected, 3 min ago"),
        (
            timedelta(days=3),
            "uptime 100 % in 24 h, 100 % since it was connected, 3 d ago",
        ),
    ],
)
def test_no_span_is_said_that_is_longer_than_it_has_lasted(lasted: timedelta, said: str) -> None:
    whole = Tally(ok=lasted)

    assert phrase(Uptime(Tally(ok=min(lasted, timedelta(days=1))), whole, whole)) == said
