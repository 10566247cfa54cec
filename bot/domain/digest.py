"""The weekly digest: when it is due, and what it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.connection import Connection
from bot.domain.incident import Incident, spell
from bot.domain.observation import Quota
from bot.domain.status import Status, Watch
from bot.domain.uptime import WORTH_SAYING, Tally, percent

MONDAY_MORNING = time(9)
WEEK = timedelta(days=7)
STILL_NEWS = timedelta(days=1)
"""After which a digest that could not be told in time waits for the next Monday."""
OLD = timedelta(days=90)
"""Age of credentials from which on the digest says so."""
MOST = 12
"""Lines: so many fit into the 4,000 characters that Slack recommends for a message."""


def zone(name: str) -> ZoneInfo:
    """The time zone of that name (IANA), or UTC where there is none."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # a path, a directory, nothing of that name
        return ZoneInfo("UTC")


def due_at(now: datetime, tz: str) -> datetime:
    """The latest Monday, 09:00 by the clocks of `tz`, that is not after `now`; in UTC.

    By the calendar, not by adding hours: a week in which clocks change has 167 or 169.
    """
    there = zone(tz)
    today = now.astimezone(there).date()
    monday = today - timedelta(days=today.weekday())
    at = _morning(monday, there)
    return at if at <= now else _morning(monday - WEEK, there)


def same_week(one: datetime, other: datetime) -> bool:
    """Whether two digests were due on the same Monday, in whatever time zones."""
    return abs(one - other) < WEEK / 2


def _morning(day: date, there: ZoneInfo) -> datetime:
    return datetime.combine(day, MONDAY_MORNING, there).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Week:
    """One connection's last seven days."""

    connection: Connection
    watch: Watch
    quota: Quota | None
    tally: Tally
    incidents: Sequence[Incident]


def sentences(weeks: Sequence[Week], *, now: datetime, head: str = "") -> str:
    """The digest of one channel: a line for each connection, those with most trouble first. `head`
    is that of the workspace's audit."""
    ordered = sorted(weeks, key=lambda each: (each.tally.uptime or 0.0, each.connection.name))
    lines = [f"• {_line(each, now)}" for each in ordered[:MOST]]
    if (more := len(weeks) - MOST) > 0:
        lines.append(f"• … and {more} more, none of them worse. /autotask status NAME shows one.")
    if head:
        where = f"--workspace {weeks[0].connection.workspace_id} --seen {head}"
        lines.append(f"Audit up to {head}; to compare: autotask-bot audit verify {where}")
    return "\n".join(["Your Autotask connections in the last seven days:", *lines])


def _line(week: Week, now: datetime) -> str:
    parts = [_how_it_is(week), _incidents(week.incidents)]
    if week.tally.unknown >= WORTH_SAYING:
        parts.append(f"nobody watched for {spell(week.tally.unknown)}, which is not counted")
    if week.quota:
        parts.append(f"{week.quota.share:.0%} of the hourly request budget used just now")
    if week.tally.answered:
        parts.append(f"slowest check {week.tally.latency_max.total_seconds():.1f} s")
    age = now - week.connection.connected_at
    if age >= OLD:
        parts.append(f"credentials {age.days} days old: think of renewing them")
    return f"{week.connection.title}: {'; '.join(parts)}."


def _how_it_is(week: Week) -> str:
    shown = Status.ACTIVE if week.watch.status is Status.SUSPECT else week.watch.status
    up = week.tally.uptime
    worked = "no checks that count" if up is None else f"up {percent(up)} of the time"
    return f"{shown.capitalize()}, {worked}"


def _incidents(incidents: Sequence[Incident]) -> str:
    if not incidents:
        return "no incidents"
    mended = [each.closed_at - each.opened_at for each in incidents if each.closed_at]
    counted = "1 incident" if len(incidents) == 1 else f"{len(incidents)} incidents"
    going_on = len(incidents) - len(mended)
    said = [f"mended in {spell(sum(mended, timedelta()) / len(mended))}"] if mended else []
    if len(mended) > 1:
        said = [f"{said[0]} on average"]
    if going_on:
        said.append("still going on" if going_on == len(incidents) else f"{going_on} going on")
    return f"{counted}, {', '.join(said)}"
