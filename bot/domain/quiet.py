"""When people want no alerts: a snooze, planned maintenance, a pause. Pure.

Checks go on meanwhile, but for a pause; what is kept back is compared, and summed up, at the end.
"""

from dataclasses import replace
from datetime import datetime

from bot.domain.status import Status, Watch


def acknowledge(watch: Watch) -> Watch:
    """Somebody looks after it: no reminders and no mention until it changes."""
    return replace(watch, remind_at=None, escalate_at=None)


def snooze(watch: Watch, until: datetime) -> Watch:
    """Keep alerts back until then, and remind people then of what is still wrong."""
    remind_at = until if watch.told else None
    return replace(watch, snoozed_until=until, remind_at=remind_at, escalate_at=None)


def plan_maintenance(watch: Watch, start: datetime, end: datetime) -> Watch:
    """Keep alerts back from `start` to `end`; an earlier plan is replaced."""
    return replace(watch, maintenance_from=start, maintenance_until=end)


def pause(watch: Watch, now: datetime) -> Watch:
    """Check nothing any more, and be silent."""
    return Watch(
        status=Status.PAUSED,
        since=now,
        next_check_at=watch.next_check_at,
        last_checked_at=watch.last_checked_at,
        last_ok_at=watch.last_ok_at,
    )


def resume(watch: Watch, now: datetime) -> Watch:
    """Watch again at once: the end of a pause, a snooze and maintenance alike. What had been kept
    back is compared at the next check."""
    awake = replace(
        watch,
        snoozed_until=now if watch.snoozed_until else None,
        maintenance_from=now if watch.maintenance_until else None,
        maintenance_until=now if watch.maintenance_until else None,
    )
    if watch.status is not Status.PAUSED:
        return awake
    return replace(awake, status=Status.PENDING, since=now, next_check_at=now)


def is_quiet(watch: Watch, at: datetime) -> bool:
    """Whether somebody wants no alerts at that time."""
    return after_quiet(watch, at) > at


def after_quiet(watch: Watch, at: datetime) -> datetime:
    """The first moment from `at` on that is neither snoozed nor under maintenance."""
    for _ in range(2):  # one may begin where the other ends
        if watch.snoozed_until and at < watch.snoozed_until:
            at = watch.snoozed_until
        start, end = watch.maintenance_from, watch.maintenance_until
        if start and end and start <= at < end:
            at = end
    return at


def wake(watch: Watch, now: datetime) -> tuple[Watch, str]:
    """Without the snooze or maintenance that is over by `now`, and what that was; empty where
    nothing has ended."""
    woken = watch.snoozed_until is not None and watch.snoozed_until <= now
    ended = watch.maintenance_until is not None and watch.maintenance_until <= now
    awake = replace(
        watch,
        snoozed_until=None if woken else watch.snoozed_until,
        maintenance_from=None if ended else watch.maintenance_from,
        maintenance_until=None if ended else watch.maintenance_until,
    )
    return awake, "Maintenance" if ended else "The snooze" if woken else ""
