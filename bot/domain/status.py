"""The state machine's first half: what is believed of a connection after what was seen.

Pure. `believe` takes the watch as it stands and one observation, and returns the watch as it stands
now; what people have to be told of that is `domain/announce.py`. One observation is a suspicion;
what it takes to be sure differs by what was seen:

| seen                      | sure after            | then                                  |
|---------------------------|-----------------------|---------------------------------------|
| ok, moved_ok              | 1, or 2 after outage  | active                                |
| rejected                  | 2                     | inactive                              |
| moved_bad                 | 1 (two hosts refused) | inactive                              |
| unreachable, server_error | 1 + outage_retries    | inactive                              |
| forbidden                 | 2                     | degraded                              |
| throttled                 | 1 hour                | degraded                              |
| withheld                  | 1                     | degraded, unless inactive already     |
| unreadable                | 1                     | inactive                              |
| inconclusive              | never                 | nothing changes                       |
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from bot.domain.observation import Cause, Observation, Seen
from bot.domain.policy import Policy


class Status(StrEnum):
    """What the state machine believes. People see *suspect* as "Active, rechecking"."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPECT = "suspect"
    DEGRADED = "degraded"
    INACTIVE = "inactive"
    PAUSED = "paused"


OUTAGE_CAUSES = frozenset(
    {
        Cause.SERVER_ERROR,
        Cause.MAINTENANCE,
        Cause.REDIRECTED,
        Cause.ODD_ANSWER,
        Cause.DNS,
        Cause.CONNECTION_REFUSED,
        Cause.CONNECTION_LOST,
        Cause.TLS,
        Cause.TIME_OUT,
        Cause.SLOW_ANSWER,
    }
)
"""Causes that are Autotask's or the network's; credentials have no part in them."""

TROUBLE = frozenset({Status.DEGRADED, Status.INACTIVE})
_GOOD = frozenset({Seen.OK, Seen.MOVED_OK})
_OUTAGE = frozenset({Seen.UNREACHABLE, Seen.SERVER_ERROR})


@dataclass(frozen=True, slots=True)
class Watch:
    """What is believed of one connection, and what it was last seen doing."""

    status: Status
    since: datetime
    """Since when this status (the first observation of a streak, not the one that confirmed it)."""
    next_check_at: datetime
    cause: Cause | None = None
    seen: Seen | None = None
    """The class of the last conclusive observation."""
    streak: int = 0
    """How many conclusive observations of that class in a row; both outage classes are one."""
    streak_since: datetime | None = None
    last_checked_at: datetime | None = None
    last_ok_at: datetime | None = None
    permission_asked_at: datetime | None = None
    zone_asked_at: datetime | None = None
    quota_band: int = 0
    """The highest band of the hourly budget that was told of on the day of `quota_told_at`."""
    quota_told_at: datetime | None = None
    latency: float | None = None
    told: Status | None = None
    """What people were last told: degraded or inactive; None: that it is active."""
    told_cause: Cause | None = None
    openings: tuple[datetime, ...] = ()
    """When trouble was announced lately; three in two hours and it is unstable."""
    reminders: int = 0
    """How often people were reminded of the trouble that is still open."""
    remind_at: datetime | None = None
    escalate_at: datetime | None = None
    """When a named person is mentioned, unless somebody has acknowledged by then."""
    snoozed_until: datetime | None = None
    maintenance_from: datetime | None = None
    maintenance_until: datetime | None = None
    hushed: tuple[str, ...] = ()
    """Sentences about what nobody was told while it was snoozed or under maintenance."""
    attend_at: datetime | None = None
    """When time alone brings something to say; None: not before something is seen."""
    evidence: tuple[str, ...] = ()
    """What the last conclusive observation went by, where it was not a good one."""

    @property
    def trouble(self) -> tuple[Status, Cause | None] | None:
        """What is wrong for certain; None where nothing is."""
        return (self.status, self.cause) if self.status in TROUBLE else None


def believe(
    watch: Watch, seen: Observation, *, now: datetime, policy: Policy, jitter: float = 0.0
) -> Watch:
    """The watch after `seen`. `jitter` in [-1, 1] spreads the regular checks."""
    if watch.status is Status.PAUSED:
        return watch
    if seen.seen is Seen.INCONCLUSIVE:
        return _look_again(watch, seen, now, policy)
    noted = _note(watch, seen, now, policy)
    after = _become(noted, _verdict(noted, seen.seen, now, policy), seen)
    gap = _gap(after, policy, jitter)
    if after.status in TROUBLE and seen.seen not in _GOOD:
        gap = max(gap, policy.pace(seen.requests))
    return replace(after, next_check_at=now + timedelta(seconds=gap))


def accept_proven(
    before: Watch | None, seen: Observation, *, now: datetime, policy: Policy
) -> Watch:
    """The watch of credentials that a person's own try has just proven.

    One answer is enough here: there is nothing to confirm, the person is waiting for it. `before`
    is the watch of the credentials they replace. The person's zone was asked for on the way.
    """
    was = before or Watch(status=Status.PENDING, since=now, next_check_at=now)
    noted = replace(_note(was, seen, now, policy), streak=2, streak_since=now, zone_asked_at=now)
    after = _become(noted, _verdict(noted, seen.seen, now, policy), seen)
    due = now + timedelta(seconds=_gap(after, policy, 0.0))
    return replace(after, next_check_at=due)


def _look_again(watch: Watch, seen: Observation, now: datetime, policy: Policy) -> Watch:
    """Our own fault is no evidence: only the next look is arranged; soon, unless sign-ins leave."""
    reached = seen.unanswered or seen.accepted
    soon = policy.check_interval if reached else policy.inconclusive_retry
    soon = min(soon, policy.check_interval)
    return replace(watch, next_check_at=now + timedelta(seconds=soon))


def _note(watch: Watch, seen: Observation, now: datetime, policy: Policy) -> Watch:
    """Count the streak. An answer of another class starts a new one."""
    goes_on = watch.seen is not None and _kind(watch.seen) == _kind(seen.seen)
    return replace(
        watch,
        seen=seen.seen,
        streak=watch.streak + 1 if goes_on else 1,
        streak_since=watch.streak_since if goes_on else now,
        last_checked_at=now,
        last_ok_at=now if seen.seen in _GOOD else watch.last_ok_at,
        permission_asked_at=now if seen.permission_asked else watch.permission_asked_at,
        zone_asked_at=_zone_asked_at(watch, seen, now, policy),
        latency=seen.latency,
        evidence=() if seen.seen in _GOOD else seen.evidence,
    )


def _zone_asked_at(
    watch: Watch, seen: Observation, now: datetime, policy: Policy
) -> datetime | None:
    """After a look-up that failed, such that it is due again after `zone_retry`."""
    if seen.zone_asked:
        return now
    if seen.zone_unknown:
        return now - timedelta(seconds=policy.zone_interval - policy.zone_retry)
    return watch.zone_asked_at


def _kind(seen: Seen) -> str:
    if seen in _OUTAGE:
        return "outage"
    return "good" if seen in _GOOD else seen.value


def _verdict(  # noqa: C901 - the table of this module's docstring, one case per row
    watch: Watch, seen: Seen, now: datetime, policy: Policy
) -> Status | None:
    """The status that this streak, as long as it is by now, proves; None: not sure yet."""
    match seen:
        case Seen.OK | Seen.MOVED_OK:
            return Status.ACTIVE if watch.streak >= 2 or not _in_outage(watch) else None
        case Seen.REJECTED:
            return Status.INACTIVE if watch.streak >= 2 else None
        case Seen.MOVED_BAD | Seen.UNREADABLE:
            return Status.INACTIVE
        case Seen.UNREACHABLE | Seen.SERVER_ERROR:
            return Status.INACTIVE if watch.streak > len(policy.outage_retries) else None
        case Seen.FORBIDDEN:
            return Status.DEGRADED if watch.streak >= 2 else None
        case Seen.THROTTLED:
            return _after_throttled(watch, now, policy)
        case Seen.WITHHELD:
            refused = watch.status is Status.INACTIVE and not _in_outage(watch)
            return None if refused else Status.DEGRADED
        case Seen.INCONCLUSIVE:
            return None
        case unreachable:
            assert_never(unreachable)


def _after_throttled(watch: Watch, now: datetime, policy: Policy) -> Status | None:
    """It answered, so it is no outage; for an hour it is not news either."""
    waited = now - (watch.streak_since or now)
    if watch.status is Status.INACTIVE and not _in_outage(watch):
        return None  # refused credentials are not mended by a limit
    if _in_outage(watch) or waited >= timedelta(seconds=policy.throttled_patience):
        return Status.DEGRADED
    return Status.ACTIVE if watch.status in (Status.ACTIVE, Status.SUSPECT) else None


def _in_outage(watch: Watch) -> bool:
    return watch.status is Status.INACTIVE and watch.cause in OUTAGE_CAUSES


def _become(watch: Watch, proven: Status | None, seen: Observation) -> Watch:
    """Take the proven status and its cause; unproven, an active connection becomes suspect."""
    if proven is None:
        doubted = watch.status is Status.ACTIVE
        status, cause = (Status.SUSPECT if doubted else watch.status), watch.cause
    else:
        status, cause = proven, _cause(watch, proven, seen)
    if status is watch.status:
        return replace(watch, cause=cause)
    return replace(watch, status=status, cause=cause, since=watch.streak_since or watch.since)


def _cause(watch: Watch, proven: Status, seen: Observation) -> Cause | None:
    """An outage keeps the cause it began with: its symptoms change from check to check."""
    if proven not in TROUBLE:
        return None
    if proven is watch.status and _in_outage(watch) and seen.cause in OUTAGE_CAUSES:
        return watch.cause
    return seen.cause


def _gap(watch: Watch, policy: Policy, jitter: float) -> float:
    """Seconds until the next check."""
    regular = policy.check_interval * (1 + 0.1 * jitter)
    match watch.seen:
        case Seen.REJECTED:
            return policy.after_refusal(watch.streak) or policy.withheld_interval
        case Seen.MOVED_BAD:  # two hosts refused it: two sign-ins
            return policy.after_refusal(watch.streak + 1) or policy.withheld_interval
        case Seen.UNREACHABLE | Seen.SERVER_ERROR:
            retries = policy.outage_retries
            return retries[watch.streak - 1] if watch.streak <= len(retries) else regular
        case Seen.FORBIDDEN:
            return policy.rejected_confirm_after if watch.streak == 1 else regular
        case Seen.THROTTLED:
            return regular * 3
        case Seen.WITHHELD:
            return policy.withheld_interval
        case _:
            recovering = watch.status in TROUBLE
            return min(policy.outage_retries, default=regular) if recovering else regular
