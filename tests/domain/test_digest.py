"""Monday morning, wherever it is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.connection import Connection
from bot.domain.digest import MOST, Week, due_at, sentences, zone
from bot.domain.incident import Incident
from bot.domain.observation import Quota
from bot.domain.origin import AutotaskOrigin
from bot.domain.status import Status, Watch
from bot.domain.uptime import Tally

MONDAY = datetime(2026, 3, 30, 7, tzinfo=UTC)
"""09:00 in Berlin, the day after its clocks went forward."""
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Nonsense/None"]
)


MINUTES = st.integers(0, 15 * 525_600).map(lambda each: MONDAY + timedelta(minutes=each))


@given(MINUTES, ZONES)
def test_it_is_due_on_monday_at_nine_by_the_clocks_there(now: datetime, tz: str) -> None:
    due = due_at(now, tz)
    there = due.astimezone(zone(tz))

    assert (there.weekday(), there.hour, there.minute) == (0, 9, 0)
    assert due <= now < due + timedelta(days=7, hours=1)
    assert due_at(due, tz) == due


@pytest.mark.parametrize(
    ("tz", "sunday", "hours"),
    [
        ("Europe/Berlin", datetime(2026, 3, 29, tzinfo=UTC), 167),
        ("Europe/Berlin", datetime(2026, 10, 25, tzinfo=UTC), 169),
        ("America/New_York", datetime(2026, 3, 8, tzinfo=UTC), 167),
        ("America/New_York", datetime(2026, 11, 1, tzinfo=UTC), 169),
    ],
)
def test_a_week_in_which_clocks_change_is_an_hour_shorter_or_longer(
    tz: str, sunday: datetime, hours: int
) -> None:
    before, after = due_at(sunday, tz), due_at(sunday + timedelta(days=2), tz)

    assert after - before == timedelta(hours=hours)


def week(name: str = "Autotask", **facts: object) -> Week:
    connection = Connection(
        id=name,
        workspace_id="T1",
        name=name,
        origin=AutotaskOrigin("https://webservices3.autotask.net"),
        company="Lakeside IT",
        zone=None,
        connected_by="U1",
        connected_at=MONDAY - timedelta(days=10),
        channel="C1",
    )
    tally = Tally(ok=timedelta(days=7), checks=9, answered=9, latency_max=timedelta(seconds=1.24))
    watch = Watch(Status.ACTIVE, MONDAY, MONDAY)
    return replace(Week(connection, watch, Quota(42, 10_000), tally, ()), **facts)  # type: ignore[arg-type]


def incident(hours: float, *, open_: bool = False) -> Incident:
    return Incident(
        id="i",
        number=1,
        workspace_id="T1",
        connection_id="c",
        status=Status.INACTIVE,
        cause=None,
        evidence=(),
        opened_at=MONDAY,
        last_ok_at=None,
        closed_at=None if open_ else MONDAY + timedelta(hours=hours),
    )


def said(*weeks: Week) -> list[str]:
    return sentences(weeks, now=MONDAY).splitlines()


def test_a_quiet_week_is_one_line() -> None:
    assert said(week()) == [
        "Your Autotask connections in the last seven days:",
        "• Autotask (Lakeside IT): Active, up 100 % of the time; no incidents; "
        "0% of the hourly request budget used just now; slowest check 1.2 s.",
    ]


def test_trouble_comes_first_with_how_long_it_took() -> None:
    tally = Tally(ok=timedelta(hours=99), failed=timedelta(hours=1), unknown=timedelta(hours=3))
    bad = week(
        "EU",
        tally=tally,
        incidents=(incident(1), incident(2), incident(0, open_=True)),
        quota=None,
        watch=Watch(Status.INACTIVE, MONDAY, MONDAY),
    )

    assert said(week(), bad)[1] == (
        "• EU (Lakeside IT): Inactive, up 99 % of the time; 3 incidents, mended in 1 h 30 min on "
        "average, 1 going on; nobody watched for 3 h, which is not counted."
    )


def test_one_incident_that_is_not_over_says_so() -> None:
    assert "1 incident, still going on" in said(week(incidents=(incident(0, open_=True),)))[1]
    assert "1 incident, mended in 2 h" in said(week(incidents=(incident(2),)))[1]


def test_credentials_of_ninety_days_are_old() -> None:
    old = replace(week().connection, connected_at=MONDAY - timedelta(days=90))

    assert "credentials 90 days old" in said(week(connection=old))[1]
    assert "days old" not in said(week())[1]


def test_very_many_connections_fit_a_message() -> None:
    many = said(*(week(f"N{number}") for number in range(MOST + 40)))

    assert len(many) == MOST + 2
    assert "and 40 more" in many[-1]
    assert len("\n".join(many)) < 4_000
