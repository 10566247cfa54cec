"""What is told of what is believed, whatever happens in whatever order."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.domain import quiet
from bot.domain.announce import Effect, News, accept, attend, decide, is_unstable, schedule
from bot.domain.observation import Cause, Observation, Quota, Seen
from bot.domain.policy import Care, Policy
from bot.domain.status import TROUBLE, Status, Watch
from tests.domain.test_status import ACTIVE, NOON, POLICY, saw

BROKEN = (Seen.REJECTED, Seen.REJECTED)


def told(watch: Watch, *seen: Seen, gap: float | None = None) -> tuple[Watch, list[Effect]]:
    """The watch after these observations, each when it was due or `gap` minutes later, and the
    news."""
    news: list[Effect] = []
    for each in seen:
        last = watch.last_checked_at or NOON
        now = watch.next_check_at if gap is None else last + timedelta(minutes=gap)
        watch, effects = decide(watch, saw(each), now=now, policy=POLICY)
        news += effects
    return watch, news


def kinds(news: list[Effect] | tuple[Effect, ...]) -> list[News]:
    return [each.news for each in news]


def checked(watch: Watch) -> datetime:
    assert watch.last_checked_at
    return watch.last_checked_at


def test_a_third_time_in_two_hours_it_is_unstable_and_its_end_waits_until_it_is_steady() -> None:
    up_and_down = [*BROKEN, Seen.OK] * 3
    watch, news = told(ACTIVE, *up_and_down, gap=2)

    assert is_unstable(watch)
    assert kinds(news) == [News.OPENED, News.RECOVERED] * 2 + [News.OPENED]

    watch, more = told(watch, Seen.OK, *BROKEN, Seen.OK, gap=2)
    assert more == []
    steady_since = checked(watch)
    watch, more = told(watch, *[Seen.OK] * 7, gap=5)
    assert kinds(more) == [News.RECOVERED]
    assert more[0].at == steady_since
    assert not is_unstable(watch)


def test_what_stays_broken_after_all_is_called_steady() -> None:
    watch, _ = told(ACTIVE, *[*BROKEN, Seen.OK] * 2, *BROKEN, gap=2)
    assert is_unstable(watch)

    watch, news = told(watch, *[Seen.REJECTED] * 7, gap=5)

    assert kinds(news) == [News.STEADY]
    assert not is_unstable(watch)


def test_trouble_in_a_snooze_is_told_at_its_end_and_only_then() -> None:
    end = NOON + timedelta(hours=1)
    watch = schedule(quiet.snooze(ACTIVE, end), NOON, POLICY)
    watch, news = told(watch, *BROKEN)
    assert news == []
    assert watch.attend_at == end

    watch, effects = attend(watch, now=end, policy=POLICY)

    assert kinds(effects) == [News.OPENED]
    assert attend(watch, now=end, policy=POLICY)[1] == ()


def test_what_came_and_went_under_maintenance_is_summed_up() -> None:
    end = NOON + timedelta(hours=2)
    watch, news = told(quiet.plan_maintenance(ACTIVE, NOON, end), *BROKEN, Seen.OK)
    assert news == []

    watch, effects = attend(watch, now=end, policy=POLICY)

    (over,) = effects
    assert over.news is News.QUIET_OVER
    assert "inactive, credentials refused since" in over.text
    assert "active since" in over.text
    assert watch.hushed == ()


def test_a_recovery_does_not_wait_for_the_end_of_a_snooze() -> None:
    watch, _ = told(ACTIVE, *BROKEN)
    watch = quiet.snooze(watch, checked(watch) + timedelta(hours=4))

    _, news = told(watch, Seen.OK, gap=5)

    assert kinds(news) == [News.RECOVERED]


def test_reminders_come_after_an_hour_then_three_then_daily_until_acknowledged() -> None:
    watch, _ = told(ACTIVE, *BROKEN)
    began, reminded = checked(watch), []
    for _ in range(4):
        assert watch.attend_at
        now = watch.attend_at
        watch, effects = attend(watch, now=now, policy=POLICY)
        assert kinds(effects) == [News.REMINDED]
        reminded.append((now - began) / timedelta(hours=1))

    assert reminded == [1, 4, 28, 52]
    assert schedule(quiet.acknowledge(watch), NOON, POLICY).attend_at is None


def test_another_cause_has_to_be_acknowledged_anew() -> None:
    watch, _ = told(ACTIVE, *BROKEN)
    watch, news = told(quiet.acknowledge(watch), *[Seen.UNREACHABLE] * 3, gap=5)

    assert kinds(news) == [News.CHANGED]
    assert watch.remind_at


def test_a_named_person_is_mentioned_once_where_nobody_acknowledges() -> None:
    policy = replace(POLICY, escalate_after=1_800)
    watch = ACTIVE
    for each in BROKEN:
        watch, _ = decide(watch, saw(each), now=watch.next_check_at, policy=policy)
    assert watch.attend_at == checked(watch) + timedelta(minutes=30)

    watch, effects = attend(watch, now=watch.attend_at, policy=policy)

    assert kinds(effects) == [News.ESCALATED]
    assert watch.escalate_at is None


def test_new_credentials_end_the_snooze_and_the_incident_at_once() -> None:
    watch, _ = told(ACTIVE, *[*BROKEN, Seen.OK] * 2, *BROKEN, gap=2)
    snoozed = quiet.snooze(watch, checked(watch) + timedelta(hours=4))

    watch, news = accept(snoozed, saw(Seen.OK), now=checked(watch), policy=POLICY)

    assert kinds(news) == [News.RECOVERED]
    assert watch.snoozed_until is None


def test_the_budget_is_not_told_under_maintenance_but_right_after() -> None:
    full = Observation(Seen.OK, quota=Quota(9_500, 10_000))
    planned = quiet.plan_maintenance(ACTIVE, NOON, NOON + timedelta(hours=1))
    watch, news = decide(planned, full, now=NOON, policy=POLICY)
    assert news == ()

    _, news = decide(watch, full, now=NOON + timedelta(hours=1), policy=POLICY)
    assert kinds(news) == [News.QUOTA]


class Life(RuleBasedStateMachine):
    """A connection's life, with everything that people and time can do to it.

    `open` is what people believe, from nothing but the news.
    """

    def __init__(self) -> None:
        super().__init__()
        self.watch, self.now, self.policy = ACTIVE, NOON, replace(POLICY, escalate_after=1_800)
        self.open: tuple[Status, Cause | None] | None = None
        self.quiet_before = False

    def hear(self, watch: Watch, effects: tuple[Effect, ...]) -> None:
        """Nothing is opened twice, and nothing ends or changes that was not open."""
        for effect in effects:
            match effect.news:
                case News.OPENED:
                    assert self.open is None
                    self.open = watch.trouble
                case News.CHANGED:
                    assert self.open not in (None, watch.trouble)
                    self.open = watch.trouble
                case News.RECOVERED:
                    assert self.open is not None
                    self.open = None
                case News.REMINDED | News.ESCALATED | News.STEADY:
                    assert self.open is not None
                    assert not quiet.is_quiet(watch, self.now)
                case News.MOVED | News.QUOTA | News.QUIET_OVER:
                    pass
        self.watch = watch

    @rule(seen=st.sampled_from(sorted(Seen)))
    def check(self, seen: Seen) -> None:
        self.now = max(self.now, self.watch.next_check_at)
        self.look(seen)

    @rule(seen=st.sampled_from(sorted(Seen)), minutes=st.integers(0, 90))
    def check_early(self, seen: Seen, minutes: int) -> None:
        """As a person's test does."""
        self.now += timedelta(minutes=minutes)
        self.look(seen)

    def look(self, seen: Seen) -> None:
        before = self.watch
        watch, effects = decide(before, saw(seen), now=self.now, policy=self.policy)
        if seen is Seen.INCONCLUSIVE or before.status is Status.PAUSED:
            assert effects == ()
            assert replace(watch, next_check_at=before.next_check_at) == before
        if before.status is not Status.PAUSED:
            assert self.now < watch.next_check_at <= self.now + timedelta(days=1, minutes=1)
        if {each.news for each in effects} & {News.OPENED, News.CHANGED, News.RECOVERED}:
            assert watch.trouble != self.open
        self.hear(watch, effects)

    @precondition(lambda self: self.watch.attend_at is not None)
    @rule()
    def let_time_pass(self) -> None:
        assert self.watch.attend_at
        self.now = max(self.now, self.watch.attend_at)
        before = self.watch
        watch, effects = attend(before, now=self.now, policy=self.policy)
        assert watch != before, "it would be attended to for ever"
        self.hear(watch, effects)

    @rule(hours=st.integers(1, 20))
    def snooze(self, hours: int) -> None:
        if self.watch.status is not Status.PAUSED:
            self.set(quiet.snooze(self.watch, self.now + timedelta(hours=hours)))

    @rule(first=st.integers(0, 5), hours=st.integers(1, 5))
    def plan(self, first: int, hours: int) -> None:
        if self.watch.status is not Status.PAUSED:
            start = self.now + timedelta(hours=first)
            self.set(quiet.plan_maintenance(self.watch, start, start + timedelta(hours=hours)))

    @rule()
    def acknowledge(self) -> None:
        self.set(quiet.acknowledge(self.watch))

    @rule()
    def pause(self) -> None:
        """Whoever pauses ends the incident."""
        self.set(quiet.pause(self.watch, self.now))
        self.open = None

    @rule()
    def resume(self) -> None:
        self.set(quiet.resume(self.watch, self.now))

    @rule(seen=st.sampled_from([Seen.OK, Seen.FORBIDDEN]))
    def connect_again(self, seen: Seen) -> None:
        watch, effects = accept(self.watch, saw(seen), now=self.now, policy=self.policy)
        self.hear(watch, effects)

    def set(self, watch: Watch) -> None:
        self.watch = schedule(watch, self.now, self.policy)

    @invariant()
    def people_are_believed_to_know_what_they_were_told(self) -> None:
        known = (self.watch.told, self.watch.told_cause) if self.watch.told else None
        assert known == self.open

    @invariant()
    def whoever_attends_when_it_is_due_leaves_nothing_untold(self) -> None:
        """Announced equals confirmed, unless it is quiet or unstable: then the time is set at which
        it will be."""
        watch = self.watch
        if watch.trouble != self.open:
            waits = quiet.is_quiet(watch, self.now) or is_unstable(watch)
            assert watch.attend_at is not None
            assert waits or watch.attend_at <= self.now

    @invariant()
    def trouble_alone_is_told(self) -> None:
        assert self.open is None or self.open[0] in TROUBLE


TestLife = Life.TestCase
TestLife.settings = settings(stateful_step_count=40)


def test_policy_of_a_connection_that_is_looked_after_as_usual_is_the_usual_one() -> None:
    assert Policy().of(Care()) == Policy()
    assert Policy().of(Care(outage_failures=5)).outage_retries == (30, 60, 60, 60)
    assert Policy().of(Care(outage_failures=2)).outage_retries == (30,)
