"""The picture of a week: what is drawn where."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from PIL import Image, ImageColor

from bot.domain.incident import Incident
from bot.domain.observation import Cause
from bot.domain.status import Status
from bot.domain.uptime import Tally
from bot.slack import picture

HOUR = timedelta(hours=1)
UNTIL = datetime(2026, 3, 8, 12, 30, tzinfo=UTC)
SINCE = UNTIL - timedelta(days=7)
AXIS = picture.Axis(SINCE, UNTIL + HOUR / 2, 1.0)


def fine(seconds: float) -> Tally:
    latency = timedelta(seconds=seconds)
    return Tally(ok=HOUR, checks=1, answered=1, latency_sum=latency, latency_max=latency)


def drawn(*hours: Tally, incidents: Sequence[Incident] = ()) -> Image.Image:
    """Hour by hour from three days before the end."""
    start = UNTIL - timedelta(days=3)
    known = [(start + HOUR * n, each) for n, each in enumerate(hours)]
    png = picture.draw(known, incidents, since=SINCE, until=UNTIL)
    return Image.open(io.BytesIO(png))


def colour(image: Image.Image, hour: float, y: float) -> str:
    """Of the point at so many hours after the first one."""
    x = round(AXIS.x(UNTIL - timedelta(days=3) + HOUR * hour))
    return next(
        (name for name in (picture.BAR, picture.BAD, picture.BLANK, picture.PAPER)
         if image.getpixel((x, round(y))) == ImageColor.getrgb(name)),
        "other",
    )  # fmt: skip


def test_bars_are_as_tall_as_answers_were_slow() -> None:
    image = drawn(fine(0.9), fine(0.3))

    assert image.format == "PNG"
    assert image.size == (picture.WIDTH, picture.HEIGHT)
    assert colour(image, 0.5, AXIS.y(0.85)) == picture.BAR
    assert colour(image, 0.5, AXIS.y(0.95)) == picture.PAPER
    assert colour(image, 1.5, AXIS.y(0.28)) == picture.BAR
    assert colour(image, 1.5, AXIS.y(0.85)) == picture.PAPER


def test_what_did_not_work_is_solid_and_what_was_not_watched_is_hatched() -> None:
    image = drawn(*[Tally(failed=HOUR)] * 6, *[Tally(unknown=HOUR)] * 6, fine(0.5))
    middle = (picture.BAND_TOP + picture.BAND_BOTTOM) / 2
    solid = {colour(image, 0.2 + n / 10, middle) for n in range(50)}
    hatched = {colour(image, 6.2 + n / 10, middle) for n in range(50)}

    assert solid - {"other"} == {picture.BAD}  # a column where two hours meet may be neither
    assert {picture.BLANK, picture.PAPER} <= hatched
    assert picture.BAD not in hatched
    assert colour(image, 12.5, middle) == picture.PAPER
    assert colour(image, 12.5, picture.BAND_BOTTOM) == picture.BAR


def test_a_moment_that_did_not_work_is_seen_and_is_not_the_whole_hour() -> None:
    image = drawn(Tally(ok=HOUR * 59 / 60, failed=HOUR / 60))

    assert colour(image, 0.5, picture.BAND_BOTTOM - 4) == picture.BAD
    assert colour(image, 0.5, picture.BAND_TOP + 4) == picture.PAPER


def test_an_incident_is_marked_where_it_began_and_an_older_one_at_the_edge() -> None:
    begun = UNTIL - timedelta(days=2)
    incidents = [_incident(7, begun), _incident(6, SINCE - HOUR), _incident(8, begun + HOUR)]
    bare, marked = drawn(fine(0.5)), drawn(fine(0.5), incidents=incidents)
    below = picture.BAND_BOTTOM + 5

    for at in (begun, SINCE):
        where = (round(AXIS.x(at)), below)
        assert bare.getpixel(where) == ImageColor.getrgb(picture.PAPER)
        assert marked.getpixel(where) == ImageColor.getrgb(picture.INK)


def test_a_week_without_anything_is_drawn_too() -> None:
    assert drawn().size == (picture.WIDTH, picture.HEIGHT)


def _incident(number: int, at: datetime) -> Incident:
    return Incident(
        str(number), number, "T1", "c", Status.INACTIVE, Cause.DNS, (), at, None, closed_at=UNTIL
    )
