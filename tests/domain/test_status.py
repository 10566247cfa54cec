"""The state machine: one row per thing seen, and the rules that hold for all of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.announce import News, accept, decide
from bot.domain.asking import permission_due, zone_due
from bot.domain.observation import Cause, Observation, Seen
from bot.domain.policy import Policy
from bot.domain.status import TROUBLE, Status, Watch

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
POLICY = Policy()
ACTIVE = Watch(
    status=Status.ACTIVE,
    since=NOON,
    next_check_at=NOON,
    seen=Seen.OK,
    streak=9,
    streak_since=NOON,
    last_ok_at=NOON,
)
CAUSES = {
    Seen.REJECTED: Cause.CREDENTIALS_REFUSED,
    Seen.MOVED_BAD: Cause.ZONE_MOVED,
    Seen.UNREACHABLE: Cause.DNS,
    Seen.SERVER_ERROR: Cause.SERVER_ERROR,
    Seen.FORBIDDEN: Cause.PERMISSION_MISSING,
    Seen.THROTTLED: Cause.HOURLY_LIMIT,
    Seen.WITHHELD: Cause.LOGINS_WITHHELD,
    Seen.UNREADABLE: Cause.UNREADABLE,
    Seen.INCONCLUSIVE: Cause.OURS,
}


def saw(seen: Seen) -> Observation:
    return Observation(seen, CAUSES.get(seen))


def after(watch: Watch, *seen: Seen) -> tuple[Watch, list[News]]:
    """The watch after these observations, each made when it was due, and all the news."""
    news: list[News] = []
    for each in seen:
        watch, effects = decide(watch, saw(each), now=watch.next_check_at, policy=POLICY)
        news += [effect.news for effect in effects]
    return watch, news


@pytest.mark.parametrize(
    ("seen", "times", "status"),
    [
        (Seen.OK, 1, Status.ACTIVE),
        (Seen.REJECTED, 2, Status.INACTIVE),
        (Seen.MOVED_BAD, 1, Status.INACTIVE),
        (Seen.UNREACHABLE, 3, Status.INACTIVE),
        (Seen.SERVER_ERROR, 3, Status.INACTIVE),
        (Seen.FORBIDDEN, 2, Status.DEGRADED),
        (Seen.THROTTLED, 5, Status.DEGRADED),
        (Seen.WITHHELD, 1, Status.DEGRADED),
        (Seen.UNREADABLE, 1, Status.INACTIVE),
    ],
)
def test_what_is_seen_is_believed_after_so_many_times_and_told_once(
    seen: Seen, times: int, status: Status
) -> None:
    """One time less is a suspicion at most, and nobody is told."""
    doubted, early_news = after(ACTIVE, *[seen] * (times - 1))
    believed, news = after(ACTIVE, *[seen] * (times + 2))

    assert doubted.status in (Status.ACTIVE, Status.SUSPECT)
    assert early_news == []
    assert believed.status is status
    assert news == ([News.OPENED] if status in TROUBLE else [])


def test_a_suspicion_goes_away_without_a_word() -> None:
    watch, news = after(ACTIVE, Seen.REJECTED, Seen.OK)

    assert watch.status is Status.ACTIVE
    assert news == []


def test_unreachable_and_server_errors_are_one_streak() -> None:
    watch, news = after(ACTIVE, Seen.UNREACHABLE, Seen.SERVER_ERROR, Seen.UNREACHABLE)

    assert watch.status is Status.INACTIVE
    assert news == [News.OPENED]


def test_an_outage_is_confirmed_within_its_retries() -> None:
    """The first failure and one per gap: about 90 seconds, not three intervals."""
    watch, _ = after(ACTIVE, Seen.UNREACHABLE, Seen.UNREACHABLE, Seen.UNREACHABLE)

    assert watch.last_checked_at == NOON + timedelta(seconds=30 + 60)
    assert watch.since == NOON


def test_an_outage_is_over_after_two_good_checks_anything_else_after_one() -> None:
    down, _ = after(ACTIVE, *[Seen.UNREACHABLE] * 3)
    refused, _ = after(ACTIVE, *[Seen.REJECTED] * 2)

    assert after(down, Seen.OK)[1] == []
    assert after(down, Seen.OK, Seen.OK)[1] == [News.RECOVERED]
    assert after(refused, Seen.OK)[1] == [News.RECOVERED]


def test_an_outage_keeps_the_cause_it_began_with() -> None:
    down, _ = after(ACTIVE, *[Seen.UNREACHABLE] * 3)
    watch, news = after(down, Seen.SERVER_ERROR, Seen.SERVER_ERROR)

    assert watch.cause is Cause.DNS
    assert news == []


def test_another_cause_is_a_change_of_the_same_incident() -> None:
    down, _ = after(ACTIVE, *[Seen.UNREACHABLE] * 3)
    watch, news = after(down, Seen.REJECTED, Seen.REJECTED)

    assert watch.cause is Cause.CREDENTIALS_REFUSED
    assert news == [News.CHANGED]


def test_a_throttled_answer_ends_an_outage_and_calms_a_suspicion() -> None:
    down, _ = after(ACTIVE, *[Seen.UNREACHABLE] * 3)

    assert after(down, Seen.THROTTLED)[0].status is Status.DEGRADED
    assert after(ACTIVE, Seen.UNREACHABLE, Seen.THROTTLED)[0].status is Status.ACTIVE


def test_a_limit_does_not_mend_refused_credentials() -> None:
    refused, _ = after(ACTIVE, *[Seen.REJECTED] * 2)
    watch, news = after(refused, *[Seen.THROTTLED] * 6)

    assert (watch.status, watch.cause) == (Status.INACTIVE, Cause.CREDENTIALS_REFUSED)
    assert news == []


def test_checks_on_hold_during_an_outage_say_so() -> None:
    down, _ = after(ACTIVE, *[Seen.UNREACHABLE] * 3)
    watch, news = after(down, Seen.WITHHELD)

    assert watch.cause is Cause.LOGINS_WITHHELD
    assert news == [News.CHANGED]


def test_refused_sign_ins_are_spaced_ever_further_apart() -> None:
    """Autotask locks a user after a few of them."""
    watch, gaps = ACTIVE, []
    for _ in range(5):
        asked_at = watch.next_check_at
        watch, _ = after(watch, Seen.REJECTED)
        gaps.append((watch.next_check_at - asked_at).total_seconds())

    assert gaps == [120, 900, 21_600, 86_400, 86_400]


def test_a_move_is_told_and_is_no_trouble() -> None:
    watch, news = after(ACTIVE, Seen.MOVED_OK)

    assert watch.status is Status.ACTIVE
    assert news == [News.MOVED]


def test_a_persons_own_try_needs_no_second_one() -> None:
    fine, nothing = accept(None, saw(Seen.OK), now=NOON, policy=POLICY)
    limited, news = accept(None, saw(Seen.FORBIDDEN), now=NOON, policy=POLICY)

    assert (fine.status, nothing) == (Status.ACTIVE, ())
    assert limited.status is Status.DEGRADED
    assert [effect.news for effect in news] == [News.OPENED]


def test_new_credentials_mend_an_outage_at_once() -> None:
    down, _ = after(ACTIVE, *[Seen.UNREACHABLE] * 3)
    watch, news = accept(down, saw(Seen.OK), now=NOON, policy=POLICY)

    assert watch.status is Status.ACTIVE
    assert [effect.news for effect in news] == [News.RECOVERED]


def test_a_missing_permission_is_asked_for_until_it_is_there() -> None:
    """A check that did not ask could not see it come back."""
    limited, _ = after(ACTIVE, Seen.FORBIDDEN, Seen.FORBIDDEN, Seen.UNREACHABLE)
    calm = replace(ACTIVE, permission_asked_at=NOON)

    assert permission_due(limited, now=NOON, policy=POLICY)
    assert not permission_due(calm, now=NOON + timedelta(minutes=29), policy=POLICY)
    assert permission_due(calm, now=NOON + timedelta(minutes=30), policy=POLICY)


def test_a_zone_that_could_not_be_told_is_asked_again_after_an_hour() -> None:
    unknown = replace(saw(Seen.OK), zone_unknown=True)
    watch, _ = decide(ACTIVE, unknown, now=NOON, policy=POLICY)

    assert not zone_due(watch, now=NOON + timedelta(minutes=59), policy=POLICY)
    assert zone_due(watch, now=NOON + timedelta(hours=1), policy=POLICY)


@pytest.mark.parametrize(("requests", "gap"), [(1, 300), (2, 400), (3, 600)])
def test_lasting_trouble_is_checked_the_more_seldom_the_more_a_check_costs(
    requests: int, gap: int
) -> None:
    watch, _ = after(ACTIVE, Seen.FORBIDDEN, Seen.FORBIDDEN)
    seen = replace(saw(Seen.FORBIDDEN), requests=requests)
    later, _ = decide(watch, seen, now=NOON, policy=POLICY)

    assert later.next_check_at == NOON + timedelta(seconds=gap)


def test_our_own_network_is_looked_at_soon_unless_sign_ins_leave() -> None:
    ours = saw(Seen.INCONCLUSIVE)
    soon, _ = decide(ACTIVE, ours, now=NOON, policy=POLICY)
    later, _ = decide(ACTIVE, replace(ours, unanswered=1), now=NOON, policy=POLICY)

    assert soon.next_check_at == NOON + timedelta(seconds=30)
    assert later.next_check_at == NOON + timedelta(seconds=300)


@given(st.lists(st.sampled_from(sorted(Seen)), max_size=20))
def test_our_own_faults_are_never_evidence(seen: list[Seen]) -> None:
    """Sprinkled anywhere, they change nothing but when the next check is."""
    sprinkled = [each for one in seen for each in (one, Seen.INCONCLUSIVE)]
    calm = Policy(throttled_patience=10**9)

    def run(all_seen: list[Seen]) -> tuple[Status, Cause | None, int]:
        watch = ACTIVE
        for each in all_seen:
            watch, _ = decide(watch, saw(each), now=watch.next_check_at, policy=calm)
        return watch.status, watch.cause, watch.streak

    assert run(sprinkled) == run(seen)


def test_paused_is_inert_even_to_late_results() -> None:
    paused = replace(ACTIVE, status=Status.PAUSED)

    for each in Seen:
        assert decide(paused, saw(each), now=NOON, policy=POLICY) == (paused, ())
