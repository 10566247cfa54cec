"""A line of signs, and what it says in words."""

from datetime import UTC, datetime, timedelta

from bot.domain.sparkline import BARS, in_words, legend, sparkline
from bot.domain.uptime import Tally

HOUR = timedelta(hours=1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW = NOON + timedelta(minutes=30)
DOWN, UNWATCHED, PAUSED = Tally(failed=HOUR), Tally(unknown=HOUR), Tally(paused=HOUR)


def fine(milliseconds: float) -> Tally:
    latency = timedelta(milliseconds=milliseconds)
    return Tally(ok=HOUR, checks=1, answered=1, latency_sum=latency, latency_max=latency)


def line(*hours: Tally | None) -> str:
    """Of so many hours, the present one last."""
    start = NOON - HOUR * (len(hours) - 1)
    known = [(start + HOUR * n, each) for n, each in enumerate(hours) if each]
    return sparkline(known, until=NOW, count=len(hours))


def test_steady_hours_are_half_as_tall_and_a_slow_one_stands_out() -> None:
    assert line(*[fine(300)] * 4) == "▄▄▄▄"
    assert line(fine(300), fine(300), fine(900), fine(1)) == "▃▃█▁"


def test_what_did_not_work_was_not_watched_or_was_paused_has_a_sign_of_its_own() -> None:
    assert line(None, UNWATCHED, DOWN, PAUSED, fine(200)) == "··✗-▄"
    assert line(DOWN + fine(200)) == "✗"
    assert line(Tally(ok=HOUR)) == BARS[0]


def test_the_legend_names_the_signs_in_use_and_no_others() -> None:
    assert legend("▄▄") == "taller is slower"
    assert legend("·✗▄") == "taller is slower, ✗ not working, · not watched"
    assert legend("--") == "- paused"


def test_in_words_it_is_the_same_for_who_cannot_see_it() -> None:
    told = in_words([(NOON, fine(180)), (NOON, fine(420)), (NOON, DOWN), (NOON, UNWATCHED)])

    assert told == (
        "worked for 2 h, not working for 1 h, not watched for 1 h, answers in 180 to 420 ms"
    )
    assert in_words([(NOON, fine(180))]) == "worked for 1 h, answers in 180 ms"
    assert in_words([]) == "nothing is known yet"
