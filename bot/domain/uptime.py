"""How long an integration worked: arithmetic on what the checks saw.

Each conclusive check vouches for the time after it, until the next one or until it counts no more:
when the next check was planned, and as long again (an hour at most), and a minute. What nobody
vouches for is *unknown*: nobody watched. So the four spans of a tally always add up.

Active counts as ok, and so does a suspicion that nothing has confirmed. Degraded counts as ok,
since the three headers work, and is reported beside it. Inactive is failed. Uptime is
ok / (ok + failed): unknown and paused time is left out of it and shown as such. An outage is
confirmed by its third failure, and counts from then on; its incident begins with the first.

All in UTC, without calendar: a day is 24 hours from midnight UTC, whatever a clock on a wall does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.incident import spell
from bot.domain.observation import Seen
from bot.domain.status import Status, Watch

NOTHING = timedelta()
SLACK = timedelta(minutes=1)
LONGEST_GRACE = timedelta(hours=1)
SPANS = (timedelta(days=1), timedelta(days=7), timedelta(days=30))
"""What people are shown."""
WORTH_SAYING = timedelta(minutes=1)


class Size(StrEnum):
    """The sizes in which history is kept for long."""

    HOUR = "hour"
    DAY = "day"

    @property
    def span(self) -> timedelta:
        return timedelta(hours=1) if self is Size.HOUR else timedelta(days=1)

    def floor(self, at: datetime) -> datetime:
        """When the hour or the day of `at` (in UTC) began."""
        began = at.replace(minute=0, second=0, microsecond=0)
        return began if self is Size.HOUR else began.replace(hour=0)


@dataclass(frozen=True, slots=True)
class Mark:
    """What one conclusive check left behind."""

    at: datetime
    status: Status
    """What was believed once it was over."""
    counts_until: datetime | None
    """None: until the next one, however long that takes (paused)."""
    latency: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """A length of time, divided up. Adding is exact, in any order."""

    ok: timedelta = NOTHING
    failed: timedelta = NOTHING
    unknown: timedelta = NOTHING
    paused: timedelta = NOTHING
    degraded: timedelta = NOTHING
    """The part of ok that was degraded."""
    checks: int = 0
    answered: int = 0
    """How many checks had an answer whose time was taken."""
    latency_sum: timedelta = NOTHING
    latency_max: timedelta = NOTHING

    def __add__(self, other: "Tally") -> "Tally":
        summed = {
            each.name: getattr(self, each.name) + getattr(other, each.name)
            for each in fields(self)
            if each.name != "latency_max"
        }
        return Tally(**summed, latency_max=max(self.latency_max, other.latency_max))

    @property
    def elapsed(self) -> timedelta:
        return self.ok + self.failed + self.unknown + self.paused

    @property
    def uptime(self) -> float | None:
        """In [0, 1]; None where nothing is known."""
        known = self.ok + self.failed
        return self.ok / known if known else None

    @property
    def latency(self) -> timedelta | None:
        """The mean."""
        return self.latency_sum / self.answered if self.answered else None


@dataclass(frozen=True, slots=True)
class Uptime:
    """One connection's last 24 hours, 7 days and 30 days, each exact to the hour it begins in."""

    day: Tally = Tally()
    week: Tally = Tally()
    month: Tally = Tally()


def counts_until(watch: Watch, seen: Seen, at: datetime) -> datetime | None:
    """How long the check at `at`, which led to `watch`, vouches for what is believed now."""
    if watch.status is Status.PAUSED:
        return None
    if seen is Seen.INCONCLUSIVE:
        return at
    planned = max(watch.next_check_at - at, NOTHING)
    return at + planned + min(planned, LONGEST_GRACE) + SLACK


def tally(marks: Iterable[Mark], start: datetime, end: datetime) -> Tally:
    """Divide up the time from `start` until `end`. Marks from before `start` still vouch."""
    ordered = sorted((each for each in marks if each.at < end), key=lambda each: each.at)
    followed = zip(ordered, [*(each.at for each in ordered[1:]), end], strict=False)
    total = Tally()
    for mark, following in followed:
        until = following if mark.counts_until is None else min(following, mark.counts_until)
        total += _vouched(mark.status, max(until - max(mark.at, start), NOTHING))
        if mark.at >= start:
            total += _counted(mark)
    return total + Tally(unknown=max(end - start, NOTHING) - total.elapsed)


def known_from(marks: Iterable[Mark], start: datetime) -> datetime | None:
    """`start`, or the first mark where none is older: before it there was nothing to watch. None
    where there is no mark at all."""
    first = min((each.at for each in marks), default=None)
    return None if first is None else max(start, first)


def _vouched(status: Status, span: timedelta) -> Tally:
    match status:
        case Status.ACTIVE | Status.SUSPECT:
            return Tally(ok=span)
        case Status.DEGRADED:
            return Tally(ok=span, degraded=span)
        case Status.INACTIVE:
            return Tally(failed=span)
        case Status.PAUSED:
            return Tally(paused=span)
        case Status.PENDING:
            return Tally(unknown=span)


def _counted(mark: Mark) -> Tally:
    if mark.latency is None:
        return Tally(checks=1)
    return Tally(checks=1, answered=1, latency_sum=mark.latency, latency_max=mark.latency)


def percent(share: float | None) -> str:
    """Such as "99.95 %"; rounded down, so that "100 %" means all of it."""
    if share is None:
        return "unknown"
    hundredths = int(share * 10_000 + 1e-6)
    text = f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")
    return f"{text} %"


def phrase(uptime: Uptime) -> str:
    """In a few words, such as "uptime 100 % in 24 h, 99.95 % in 7 d, 99.98 % in 30 d"."""
    beside = (
        ("degraded", uptime.month.degraded),
        ("not watched", uptime.month.unknown),
        ("paused", uptime.month.paused),
    )
    more = [f"{spell(span)} {word}" for word, span in beside if span >= WORTH_SAYING]
    return f"uptime {', '.join(shares(uptime))}" + (f" ({', '.join(more)})" if more else "")


def shares(uptime: Uptime) -> list[str]:
    """Such as "99.98 % in 30 d", of each span that it has lasted, the longest one last; of what is
    younger, "100 % since it was connected, 3 min ago" comes last."""
    lasted = uptime.month.elapsed
    spans = (("24 h", uptime.day), ("7 d", uptime.week), ("30 d", uptime.month))
    said = [
        f"{percent(each.uptime)} in {name}"
        for span, (name, each) in zip(SPANS, spans, strict=True)
        if lasted >= span
    ]
    if lasted < SPANS[-1]:
        ago = f"{spell(lasted)} ago" if lasted >= WORTH_SAYING else "just now"
        said.append(f"{percent(uptime.month.uptime)} since it was connected, {ago}")
    return said
