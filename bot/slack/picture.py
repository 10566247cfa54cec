"""A picture of how a connection went: how long answers took, hour by hour, and its incidents.

Nothing is told by colour alone: time that was not watched is hatched, what did not work is a solid
block, the taller the longer, and incidents carry their numbers. Moments are in UTC, since one
picture is for all readers. The library is an extra, so it is imported where it is used.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING

from bot.domain.incident import Incident
from bot.domain.sparkline import Hours
from bot.domain.uptime import Size, Tally

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

WIDTH, HEIGHT = 1600, 640
LEFT, RIGHT, TOP = 130, 1560, 70
BOTTOM, BAND_TOP, BAND_BOTTOM = 430, 450, 490
INK, GRID, PAPER = "#1d1c1d", "#d8dbe0", "#ffffff"
BAR, BAD, BLANK = "#1f6f9f", "#b42318", "#8a9099"
LEAST = 0.2
"""How much of the band a moment that did not work takes, so that it is seen."""
_NICE = (0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10, 20, 30)
"""Seconds that the scale may end at."""


def can_draw() -> bool:
    """Whether the extra is installed."""
    return find_spec("PIL") is not None


@dataclass(frozen=True, slots=True)
class Axis:
    """Moments to columns, and seconds to rows."""

    since: datetime
    until: datetime
    top: float

    def x(self, at: datetime) -> float:
        share = (at - self.since) / (self.until - self.since)
        return LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, share))

    def y(self, seconds: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * min(1.0, seconds / self.top)


def draw(hours: Hours, incidents: Sequence[Incident], *, since: datetime, until: datetime) -> bytes:
    """A PNG, up to the end of the hour of `until`. Blocks for about 0.1 s: not to be called in the
    event loop."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    pen.font = ImageFont.load_default(22)
    axis = Axis(since, Size.HOUR.floor(until) + Size.HOUR.span, _top(hours))
    _draw_scale(pen, axis)
    for at, hour in hours:
        _draw_hour(pen, axis, at, hour)
    _draw_incidents(pen, axis, incidents)
    _draw_days(pen, axis)
    _draw_legend(pen)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _top(hours: Hours) -> float:
    """Where the scale ends, in seconds: at a round number above all means."""
    most = max((each.latency.total_seconds() for _, each in hours if each.latency), default=0.0)
    return next((each for each in _NICE if each >= most), most)


def _draw_scale(pen: "ImageDraw", axis: Axis) -> None:
    pen.text((LEFT, 20), "Mean time to answer, by the hour (UTC)", fill=INK)
    for quarter in range(5):
        seconds = axis.top * quarter / 4
        y = axis.y(seconds)
        pen.line((LEFT, y, RIGHT, y), fill=GRID)
        label = f"{seconds * 1000:.0f} ms" if axis.top < 2 else f"{seconds:.1f} s"
        pen.text((LEFT - 14, y), label, fill=INK, anchor="rm")
    pen.text((LEFT - 14, (BAND_TOP + BAND_BOTTOM) / 2), "State", fill=INK, anchor="rm")


def _draw_hour(pen: "ImageDraw", axis: Axis, at: datetime, hour: Tally) -> None:
    left, right = axis.x(at), axis.x(at + Size.HOUR.span) - 1
    if right <= left:
        return
    if hour.latency:
        pen.rectangle((left, axis.y(hour.latency.total_seconds()), right, BOTTOM), fill=BAR)
    if hour.failed:
        share = max(LEAST, hour.failed / hour.elapsed)
        top = BAND_BOTTOM - (BAND_BOTTOM - BAND_TOP) * share
        pen.rectangle((left, top, right, BAND_BOTTOM), fill=BAD)
    elif hour.unknown + hour.paused == hour.elapsed:
        _hatch(pen, left, right)
    else:
        pen.line((left, BAND_BOTTOM, right, BAND_BOTTOM), fill=BAR, width=4)


def _hatch(pen: "ImageDraw", left: float, right: float) -> None:
    for x in range(round(left), round(right), 5):
        pen.line((x, BAND_TOP, x, BAND_BOTTOM), fill=BLANK)


def _draw_incidents(pen: "ImageDraw", axis: Axis, incidents: Sequence[Incident]) -> None:
    """Each one's number below where it began, where there is room."""
    free = 0.0
    for incident in sorted(incidents, key=lambda each: each.opened_at):
        x = axis.x(incident.opened_at)
        pen.line((x, BAND_TOP, x, BAND_BOTTOM + 8), fill=INK, width=2)
        if x >= free:
            side = "la" if x < RIGHT - 60 else "ra"
            pen.text((x, BAND_BOTTOM + 10), f"#{incident.number}", fill=INK, anchor=side)
            free = x + pen.textlength(f"#{incident.number}  ")


def _draw_days(pen: "ImageDraw", axis: Axis) -> None:
    for day in _midnights(axis):
        x = axis.x(day)
        pen.line((x, TOP, x, BAND_BOTTOM), fill=GRID)
        if x < RIGHT - 60:
            pen.text((x + 6, HEIGHT - 100), f"{day:%a %d %b}", fill=INK)


def _midnights(axis: Axis) -> Iterator[datetime]:
    day = Size.DAY.floor(axis.since) + timedelta(days=1)
    while day < axis.until:
        yield day
        day += timedelta(days=1)


def _draw_legend(pen: "ImageDraw") -> None:
    y = HEIGHT - 36
    pen.line((LEFT, y, LEFT + 40, y), fill=BAR, width=4)
    pen.text((LEFT + 54, y), "worked", fill=INK, anchor="lm")
    pen.rectangle((LEFT + 200, y - 12, LEFT + 240, y + 12), fill=BAD)
    pen.text((LEFT + 254, y), "did not work", fill=INK, anchor="lm")
    for x in range(LEFT + 460, LEFT + 500, 5):
        pen.line((x, y - 12, x, y + 12), fill=BLANK)
    pen.text((LEFT + 514, y), "not watched, or paused", fill=INK, anchor="lm")
    pen.text((LEFT + 820, y), "#1  an incident began", fill=INK, anchor="lm")
