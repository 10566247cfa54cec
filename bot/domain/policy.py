"""The numbers that decide when: seconds, from the settings, the same for everybody."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.errors import BadInput
from bot.domain.observation import FailedLogins

LOGINS_BEFORE_WITHHOLDING = 4
"""Autotask locks a user after a number of refused sign-ins that each tenant sets itself (official
page SystemSettingsSiteSetup); five is common, so the bot stops one short of it."""


@dataclass(frozen=True, slots=True)
class Care:
    """How one connection is looked after, where it differs from the rest."""

    check_interval: float | None = None
    """Seconds; None: as all the others."""
    outage_failures: int | None = None
    """Failures in a row that make an outage; None: one more than OUTAGE_RETRIES has gaps."""
    escalate_to: str | None = None
    """The Slack user who is mentioned where nobody acknowledges."""
    escalate_after: float | None = None
    """Seconds until then."""
    broadcast_recovery: bool = False
    """Whether the channel, and not its thread alone, is told of a recovery."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How often to look and how sure to be before saying so. All in seconds."""

    check_interval: float = 300
    rejected_confirm_after: float = 120
    rejected_backoff: tuple[float, ...] = (900, 21_600)
    outage_retries: tuple[float, ...] = (30, 60)
    group_wait: float = 30
    zone_interval: float = 86_400
    zone_retry: float = 3_600
    withheld_interval: float = 86_400
    throttled_patience: float = 3_600
    inconclusive_retry: float = 30
    reminders: tuple[float, ...] = (3_600, 10_800, 86_400)
    """Until the first reminder, from there to the second, and so on; the last one repeats."""
    unstable_within: float = 7_200
    """Three announcements of trouble in so long, and it is unstable."""
    steady_after: float = 1_800
    """How long something unstable has to stay as it is before that is told."""
    escalate_after: float | None = None
    """How long somebody has to acknowledge before a named person is mentioned; None: for ever."""

    def of(self, care: Care) -> "Policy":
        """The same, with what a connection has of its own."""
        retries = self.outage_retries
        if care.outage_failures:
            retries = (retries + retries[-1:] * care.outage_failures)[: care.outage_failures - 1]
        return replace(
            self,
            check_interval=care.check_interval or self.check_interval,
            outage_retries=retries,
            escalate_after=care.escalate_after if care.escalate_to else None,
        )

    def pace(self, requests: int) -> float:
        """Seconds for checks that take so many requests each: at most 18 an hour and connection at
        the usual interval, since they eat into what all of a tenant's integrations share."""
        return requests * self.check_interval * 2 / 3

    @property
    def permission_interval(self) -> float:
        """How often a check also asks what the user may read: every sixth time."""
        return 6 * self.check_interval

    def sign_ins_left(self, logins: FailedLogins) -> int:
        """How many refusals the user can still take before nothing is sent unasked."""
        return LOGINS_BEFORE_WITHHOLDING - logins.in_a_row - logins.pending

    def after_refusal(self, in_a_row: int) -> float | None:
        """Seconds until the next automatic sign-in after that many refusals; None: not without
        a person's word.
        """
        if in_a_row >= LOGINS_BEFORE_WITHHOLDING:
            return None
        gaps = (0.0, self.rejected_confirm_after, *self.rejected_backoff)
        return gaps[min(in_a_row, len(gaps) - 1)]

    def next_sign_in(
        self, logins: FailedLogins, now: datetime, *, believed_good: bool = False
    ) -> datetime | None:
        """When the scheduler may sign in again as this user; None: not without a person's word.

        Credentials that are `believed_good` do not wait for long because somebody mistyped others.
        """
        gap = self.after_refusal(logins.in_a_row)
        if gap is None:
            return None
        if believed_good:
            gap = min(gap, self.rejected_confirm_after)
        return max(now, logins.last + timedelta(seconds=gap)) if logins.last else now


def require_sensible(care: Care) -> None:
    """Raises BadInput, with the field, where a connection would be looked after too much or too
    little."""
    bounds = (
        ("check_interval", care.check_interval, 60, 86_400, "Between 1 minute and 24 hours."),
        ("outage_failures", care.outage_failures, 2, 10, "Between 2 and 10 failures."),
        ("escalate_after", care.escalate_after, 60, 86_400, "Between 1 minute and 24 hours."),
    )
    for field, value, least, most, sentence in bounds:
        if value is not None and not least <= value <= most:
            raise BadInput(sentence, field=field)
