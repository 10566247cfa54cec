"""The state machine's second half: what people have to be told of what is believed.

Pure. News is the difference between what is confirmed and what people were last told, never a
step from one state to the next: so nothing is lost where telling has to wait. It waits while
somebody has snoozed the connection or planned maintenance, and while it is unstable, that is, keeps
going up and down. The end of an open incident waits for the latter alone.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.diagnosis import diagnose
from bot.domain.observation import Cause, Observation, Seen
from bot.domain.policy import Policy
from bot.domain.quiet import after_quiet, is_quiet, wake
from bot.domain.stamps import stamp
from bot.domain.status import Status, Watch, accept_proven, believe

OPENINGS_UNTIL_UNSTABLE = 3
MOST_HUSHED = 10
"""Sentences kept of what nobody was told; the incidents' own history has the rest."""


class News(StrEnum):
    """What people have to be told."""

    OPENED = "opened"
    CHANGED = "changed"
    STEADY = "steady"
    """Still the same, and no longer going up and down."""
    RECOVERED = "recovered"
    MOVED = "moved"
    QUOTA = "quota"
    REMINDED = "reminded"
    ESCALATED = "escalated"
    QUIET_OVER = "quiet_over"
    """A snooze or maintenance has ended; `text` says what was kept back."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One piece of news. `at` is when it became true, which is before it was confirmed."""

    news: News
    at: datetime
    text: str = ""


Told = tuple[Watch, tuple[Effect, ...]]


def decide(
    watch: Watch, seen: Observation, *, now: datetime, policy: Policy, jitter: float = 0.0
) -> Told:
    """The watch after `seen`, and the news. `jitter` in [-1, 1] spreads the regular checks."""
    after = believe(watch, seen, now=now, policy=policy, jitter=jitter)
    if watch.status is Status.PAUSED or seen.seen is Seen.INCONCLUSIVE:
        return after, ()
    after, told = _tell(after, now, policy)
    if not told and after.trouble != watch.trouble and is_quiet(after, now):
        after = _keep_back(after)
    after, quota = _tell_quota(after, seen, now)
    return schedule(after, now, policy), _moved(seen, now) + told + quota


def accept(before: Watch | None, seen: Observation, *, now: datetime, policy: Policy) -> Told:
    """The watch of credentials that a person's own try has just proven, and the news. Whoever gives
    new credentials is there, so a snooze ends and nothing waits for calm."""
    proven = accept_proven(before, seen, now=now, policy=policy)
    after, told = _tell(replace(proven, openings=(), snoozed_until=None), now, policy)
    return schedule(after, now, policy), _moved(seen, now) + told


def attend(watch: Watch, *, now: datetime, policy: Policy) -> Told:
    """What time alone brings: the end of a snooze or of maintenance, reminders, a mention."""
    if watch.status is Status.PAUSED:
        return watch, ()
    awake, what = wake(watch, now)
    over: tuple[Effect, ...] = ()
    if what and not is_quiet(awake, now):
        awake, over = _sum_up(awake, what, now)
    after, told = _tell(awake, now, policy)
    if told:  # says by itself what is wrong now
        over = over if len(watch.hushed) > 1 else ()
    else:
        after, told = _nag(after, now, policy)
    return schedule(after, now, policy), over + told


def schedule(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """With the moment at which `attend` has something to do next."""
    steady_at = watch.since + timedelta(seconds=policy.steady_after)
    untold = now if watch.trouble != _known(watch) else None
    settles = steady_at if is_unstable(watch) else untold
    waiting = (watch.remind_at, watch.escalate_at, settles)
    heard = [after_quiet(watch, max(each, now)) for each in waiting if each]
    ends = [each for each in (watch.snoozed_until, watch.maintenance_until) if each]
    due = min(heard + ends, default=None)
    return replace(watch, attend_at=None if watch.status is Status.PAUSED else due)


def is_unstable(watch: Watch) -> bool:
    """Whether it keeps going up and down."""
    return len(watch.openings) >= OPENINGS_UNTIL_UNSTABLE


def in_words(trouble: tuple[Status, Cause | None] | None, last_ok_at: datetime | None) -> str:
    """Such as "inactive, credentials refused"; "active" where nothing is wrong."""
    if trouble is None:
        return "active"
    status, cause = trouble
    return f"{status}, {diagnose(cause or Cause.OURS, last_ok_at=last_ok_at).title}"


def _tell(watch: Watch, now: datetime, policy: Policy) -> Told:
    """The difference between what is confirmed and what people were told, unless it waits."""
    unstable, told = is_unstable(watch), _known(watch)
    if unstable and now - watch.since < timedelta(seconds=policy.steady_after):
        return watch, ()
    if watch.trouble == told:
        steady = (Effect(News.STEADY, now),) if unstable else ()
        return (replace(watch, openings=()) if unstable else watch), steady
    if watch.trouble is None:
        return _close(watch), (Effect(News.RECOVERED, watch.since),)
    if is_quiet(watch, now):
        return watch, ()
    if told is None:
        return _open(watch, now, policy), (Effect(News.OPENED, watch.since),)
    openings = () if unstable else watch.openings
    changed = replace(_begin(watch, now, policy), openings=openings)
    return changed, (Effect(News.CHANGED, now),)


def _known(watch: Watch) -> tuple[Status, Cause | None] | None:
    """The trouble that people know of."""
    return (watch.told, watch.told_cause) if watch.told else None


def _open(watch: Watch, now: datetime, policy: Policy) -> Watch:
    lately = timedelta(seconds=policy.unstable_within)
    openings = (*(each for each in watch.openings if now - each < lately), now)
    return replace(_begin(watch, now, policy), openings=openings)


def _begin(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """People are told of this trouble now, and reminders start over."""
    patience = policy.escalate_after
    return replace(
        watch,
        told=watch.status,
        told_cause=watch.cause,
        reminders=0,
        remind_at=now + timedelta(seconds=policy.reminders[0]),
        escalate_at=None if patience is None else now + timedelta(seconds=patience),
    )


def _close(watch: Watch) -> Watch:
    return replace(
        watch,
        told=None,
        told_cause=None,
        openings=() if is_unstable(watch) else watch.openings,
        reminders=0,
        remind_at=None,
        escalate_at=None,
    )


def _keep_back(watch: Watch) -> Watch:
    """Remember, in a sentence, what nobody is told just now."""
    sentence = f"{in_words(watch.trouble, watch.last_ok_at)} since {stamp(watch.since)}"
    return replace(watch, hushed=(*watch.hushed, sentence)[-MOST_HUSHED:])


def _sum_up(watch: Watch, what: str, now: datetime) -> Told:
    """All is audible again: say what was kept back, and that trouble known before still is."""
    again = replace(watch, hushed=(), remind_at=now if watch.remind_at else None)
    if not watch.hushed:
        return again, ()
    text = f"{what} is over. Kept back meanwhile: {'; '.join(watch.hushed)}."
    return again, (Effect(News.QUIET_OVER, now, text),)


def _nag(watch: Watch, now: datetime, policy: Policy) -> Told:
    """A reminder that is due, and a mention."""
    if is_quiet(watch, now):
        return watch, ()
    after, news = watch, []
    if watch.remind_at and watch.remind_at <= now:
        count = watch.reminders + 1
        gap = policy.reminders[min(count, len(policy.reminders) - 1)]
        after = replace(after, reminders=count, remind_at=now + timedelta(seconds=gap))
        news.append(Effect(News.REMINDED, now))
    if watch.escalate_at and watch.escalate_at <= now:
        after = replace(after, escalate_at=None)
        news.append(Effect(News.ESCALATED, now))
    return after, tuple(news)


def _tell_quota(watch: Watch, seen: Observation, now: datetime) -> Told:
    """One piece of news for each band and day. Quota is no status: nothing else changes."""
    if seen.quota is None:
        return watch, ()
    told_at = watch.quota_told_at
    told_today = watch.quota_band if told_at and told_at.date() == now.date() else 0
    if seen.quota.band <= told_today or is_quiet(watch, now):
        return watch, ()
    told = replace(watch, quota_band=seen.quota.band, quota_told_at=now)
    return told, (Effect(News.QUOTA, now),)


def _moved(seen: Observation, now: datetime) -> tuple[Effect, ...]:
    return (Effect(News.MOVED, now),) if seen.seen is Seen.MOVED_OK else ()
