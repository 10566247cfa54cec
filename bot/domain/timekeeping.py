"""Clocks that are set, and checks that are planned too far ahead."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.observation import Seen
from bot.domain.policy import Policy
from bot.domain.status import Watch

NONE = timedelta()
SET = timedelta(minutes=1)
"""A clock that runs is corrected by less."""
SHORTEST_GAP = 120.0
"""Seconds; a restart takes less, and is no news."""
PUSHED_AHEAD = timedelta(hours=1)
"""Until what has stumbled over a fault of ours is tried again: at once it would be the same."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Two clocks read at once."""

    wall: datetime
    elapsed: float
    """Seconds since some moment, whatever the time of day is set to."""


def jump(before: Reading, now: Reading) -> timedelta:
    """By how much the time of day was set forward (negative: back) between two readings."""
    passed = timedelta(seconds=now.elapsed - before.elapsed)
    off = now.wall - before.wall - passed
    return off if abs(off) > SET else NONE


def set_back(last: datetime | None, now: datetime) -> timedelta:
    """By how much, at least, the time of day was set back since that last sign of life."""
    off = now - last if last else NONE
    return off if off < -SET else NONE


def gap_limit(policy: Policy) -> timedelta:
    """How long nobody may watch until people have to know."""
    return timedelta(seconds=max(2 * policy.check_interval, SHORTEST_GAP))


def latest_check(watch: Watch, *, now: datetime, policy: Policy) -> datetime:
    """When the next check may be at the latest, by what was seen last. What is planned for later
    was planned by a clock that has been set back since.
    """
    match watch.seen:
        case Seen.REJECTED | Seen.MOVED_BAD:
            refusals = watch.streak + (watch.seen is Seen.MOVED_BAD)
            wait = policy.after_refusal(refusals) or policy.withheld_interval
        case Seen.WITHHELD:
            wait = policy.withheld_interval
        case _:
            wait = 3 * policy.check_interval
    return now + timedelta(seconds=1.2 * wait) + SET
