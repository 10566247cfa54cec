"""How the last hours went, in one line of signs, and in words for who cannot see them."""

import math
import statistics
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.incident import spell
from bot.domain.uptime import WORTH_SAYING, Size, Tally

Hours = Sequence[tuple[datetime, Tally]]
"""When each hour began, and what it held; the oldest first."""

BARS = "▁▂▃▄▅▆▇█"
DOWN, UNWATCHED, PAUSED = "✗", "·", "-"
SHOWN = 24
_SAID = {DOWN: "not working", UNWATCHED: "not watched", PAUSED: "paused"}


def sparkline(hours: Hours, *, until: datetime, count: int = SHOWN) -> str:
    """A sign for each of the last `count` hours, the present one last. A bar is how long answers
    took, the tallest at least twice the median, so that a steady hour is half as tall."""
    known = dict(hours)
    last = Size.HOUR.floor(until)
    asked = [known.get(last - Size.HOUR.span * back) for back in reversed(range(count))]
    took = [each.latency for each in asked if each and each.latency]
    top = max([*took, 2 * statistics.median_high(took)]) if took else timedelta(1)
    return "".join(_sign(each, top) for each in asked)


def legend(signs: str) -> str:
    """What the signs in use stand for."""
    bars = ["taller is slower"] if set(signs) & set(BARS) else []
    return ", ".join([*bars, *(f"{sign} {said}" for sign, said in _SAID.items() if sign in signs)])


def in_words(hours: Hours) -> str:
    """Such as "worked for 23 h, not working for 1 h, answers in 180 to 420 ms"."""
    total = sum((each for _, each in hours), Tally())
    spans = (
        (total.ok, "worked for"),
        (total.failed, "not working for"),
        (total.unknown, "not watched for"),
        (total.paused, "paused for"),
    )
    said = [f"{words} {spell(span)}" for span, words in spans if span >= WORTH_SAYING]
    took = [each.latency for _, each in hours if each.latency]
    if took:
        said.append(f"answers in {_range(min(took), max(took))}")
    return ", ".join(said) or "nothing is known yet"


def _sign(hour: Tally | None, top: timedelta) -> str:
    if hour is None or hour.unknown == hour.elapsed:
        return UNWATCHED
    if hour.failed:
        return DOWN
    if hour.paused and not hour.ok:
        return PAUSED
    share = hour.latency / top if hour.latency else 0.0
    return BARS[max(0, math.ceil(share * len(BARS)) - 1)]


def _range(least: timedelta, most: timedelta) -> str:
    low, high = (round(each / timedelta(milliseconds=1)) for each in (least, most))
    return f"{low} ms" if low == high else f"{low} to {high} ms"
