"""The past of the sample connection: six weeks of checks, hour by hour, and what went wrong.

No clock is faked and nobody waits for weeks, so it is written into the bot's database from outside,
as somebody does who restores what was lost. A test reads it with the bot's own store.
"""

import json
import math
import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = dict[str, Any]

MINUTE, HOUR, DAY = 60, 3600, 86_400
LENGTH = 42 * DAY
"""Seconds."""
HOURS_KEPT = 35 * DAY
EVERY = 5 * MINUTE
"""Seconds between two checks."""
SINGLE = DAY
"""So far back the checks are there one by one."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that went wrong, and is over: so many seconds `ago` it began, so many it lasted."""

    ago: float
    lasted: float
    status: str
    cause: str
    evidence: str
    acknowledged: bool = False
    mended: bool = False
    """Whether somebody gave it new credentials; else it recovered by itself."""


TROUBLES = (
    Trouble(
        33.4 * DAY,
        161 * MINUTE,
        "inactive",
        "credentials_refused",
        "ThresholdInformation: 401, empty",
        acknowledged=True,
        mended=True,
    ),
    Trouble(19.6 * DAY, 47 * MINUTE, "inactive", "maintenance", "ThresholdInformation: 503, HTML"),
    Trouble(
        8.7 * DAY,
        312 * MINUTE,
        "degraded",
        "permission_missing",
        "Companies: 200, nothing in it",
        acknowledged=True,
    ),
    Trouble(2.3 * DAY, 13 * MINUTE, "inactive", "time_out", "ThresholdInformation: no answer"),
)


def remember(database: Path, connection: str, *, person: str, now: float, seed: int = 0) -> None:
    """Give the connection of this name its past. `person` (a Slack user id) has mended things;
    `now` is in seconds since the epoch. Raises sqlite3.Error.
    """
    with closing(sqlite3.connect(database, timeout=5)) as opened, opened:
        opened.execute("BEGIN IMMEDIATE")
        found = opened.execute(
            "SELECT id, workspace_id FROM connections WHERE name = ?", (connection,)
        )
        connection_id, workspace_id = found.fetchone()
        _write(opened, "rollups", _rollups(now, random.Random(seed)), connection_id=connection_id)
        _write(opened, "checks", _checks(now, random.Random(seed)), connection_id=connection_id)
        incidents = _incidents(now, person, connection_id)
        owner = {"connection_id": connection_id, "workspace_id": workspace_id}
        _write(opened, "incidents", incidents, **owner)
        _write(opened, "rollup_marks", _marks(now))
        opened.execute(
            "UPDATE connections SET connected_at = ? WHERE id = ?",
            (_moment(now - LENGTH), connection_id),
        )
        latest = TROUBLES[-1]
        opened.execute(
            "UPDATE watches SET since = ? WHERE connection_id = ?",
            (_moment(now - latest.ago + latest.lasted), connection_id),
        )


def _write(opened: sqlite3.Connection, table: str, rows: Sequence[Row], **same: str) -> None:
    """The names are ours; whatever the bot has written of the same hour is overwritten."""
    names = [*rows[0], *same]
    into = f"{table} ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"
    opened.executemany(f"INSERT OR REPLACE INTO {into}", [{**row, **same} for row in rows])


def _rollups(now: float, rng: random.Random) -> list[Row]:
    """Days, and the hours of which there are still hours."""
    hours = [(start, _hour(start, now, rng)) for start in _hours(now)]
    days: dict[float, Row] = {}
    for start, hour in hours:
        day = days.setdefault(start - start % DAY, dict.fromkeys(hour, 0))
        for name, value in hour.items():
            day[name] = max(day[name], value) if name == "latency_max" else day[name] + value
    kept = [(start, hour) for start, hour in hours if start >= now - HOURS_KEPT]
    whole = [(start, day) for start, day in days.items() if start < now - now % DAY]
    return [
        {"size": size, "start": _moment(start), **tally}
        for size, tallies in (("hour", kept), ("day", whole))
        for start, tally in tallies
    ]


def _hours(now: float) -> Iterator[float]:
    over = now - now % HOUR
    return (over - back for back in range(LENGTH, 0, -HOUR))


def _hour(start: float, now: float, rng: random.Random) -> Row:
    """How its time divides up, in microseconds, and what its checks took."""
    failed = _in_trouble(start, now, "inactive")
    degraded = _in_trouble(start, now, "degraded")
    checks = HOUR // EVERY
    answered = round(checks * (1 - failed / HOUR))
    taken = [_latency(start + number * EVERY, rng) for number in range(answered)]
    return {
        "ok": _span(HOUR - failed),
        "failed": _span(failed),
        "unknown": 0,
        "paused": 0,
        "degraded": _span(degraded),
        "checks": checks,
        "answered": answered,
        "latency_sum": sum(map(_span, taken)),
        "latency_max": max(map(_span, taken), default=0),
    }


def _in_trouble(start: float, now: float, status: str) -> float:
    """Seconds of the hour."""
    spans = ((now - each.ago, each.lasted) for each in TROUBLES if each.status == status)
    return sum(
        max(0.0, min(began + lasted, start + HOUR) - max(began, start)) for began, lasted in spans
    )


def _latency(at: float, rng: random.Random) -> float:
    """Seconds: busier by day than by night, and now and then slow."""
    by_day = 1 + 0.5 * math.sin(2 * math.pi * (at % DAY / DAY - 0.3))
    return 0.034 * by_day * rng.uniform(0.9, 1.2) * (4 if rng.random() < 0.004 else 1)


def _checks(now: float, rng: random.Random) -> list[Row]:
    first = now - now % HOUR - SINGLE
    return [
        {
            "at": _moment(at),
            "status": "active",
            "seen": "ok",
            "counts_until": _moment(at + 2 * EVERY + MINUTE),
            "latency": _span(_latency(at, rng)),
        }
        for at in (first + number * EVERY for number in range(int((now - first) // EVERY)))
    ]


def _incidents(now: float, person: str, connection_id: str) -> list[Row]:
    rows = []
    for number, each in enumerate(TROUBLES, start=1):
        began = now - each.ago
        rows.append(
            {
                "id": f"{connection_id}-{number}",
                "number": number,
                "status": each.status,
                "cause": each.cause,
                "evidence": json.dumps([each.evidence]),
                "opened_at": _moment(began),
                "last_ok_at": _moment(began - EVERY),
                "version": 2,
                "closed_at": _moment(began + each.lasted),
                "closed_by": person if each.mended else None,
                "closed_how": "mended" if each.mended else "recovered",
                "acknowledged_by": person if each.acknowledged else None,
                "acknowledged_at": _moment(began + 8 * MINUTE) if each.acknowledged else None,
                "shown_version": 2,
                "first_shown_version": 1,
            }
        )
    return rows


def _marks(now: float) -> list[Row]:
    """Until when the roll-ups reach, so that the bot goes on from there."""
    sizes = (("hour", HOUR), ("day", DAY))
    return [{"size": size, "until": _moment(now - now % span), "after": ""} for size, span in sizes]


def _moment(seconds: float) -> int:
    return round(seconds * 1_000_000)


def _span(seconds: float) -> int:
    return round(seconds * 1_000_000)
