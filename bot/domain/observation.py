"""What one check saw: a named outcome, never an exception."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.origin import AutotaskOrigin


class Seen(StrEnum):
    """The classes of outcome that the state machine tells apart."""

    OK = "ok"
    MOVED_OK = "moved_ok"
    REJECTED = "rejected"
    FORBIDDEN = "forbidden"
    THROTTLED = "throttled"
    UNREACHABLE = "unreachable"
    SERVER_ERROR = "server_error"
    MOVED_BAD = "moved_bad"
    WITHHELD = "withheld"
    UNREADABLE = "unreadable"
    INCONCLUSIVE = "inconclusive"


class Cause(StrEnum):
    """Why, as far as Autotask gives evidence. `domain/diagnosis.py` has the words for each."""

    USERNAME_UNKNOWN = "username_unknown"
    CREDENTIALS_REFUSED = "credentials_refused"
    INTEGRATION_CODE_REFUSED = "integration_code_refused"
    WRONG_ZONE = "wrong_zone"
    ZONE_MOVED = "zone_moved"
    PERMISSION_MISSING = "permission_missing"
    THREAD_LIMIT = "thread_limit"
    HOURLY_LIMIT = "hourly_limit"
    SERVER_ERROR = "server_error"
    MAINTENANCE = "maintenance"
    REDIRECTED = "redirected"
    ODD_ANSWER = "odd_answer"
    DNS = "dns"
    CONNECTION_REFUSED = "connection_refused"
    TLS = "tls"
    TIME_OUT = "time_out"
    SLOW_ANSWER = "slow_answer"
    CONNECTION_LOST = "connection_lost"
    LOGINS_WITHHELD = "logins_withheld"
    UNREADABLE = "unreadable"
    ENTRY_NOT_FOUND = "entry_not_found"
    ENTRY_FORBIDDEN = "entry_forbidden"
    ENTRY_MALFORMED = "entry_malformed"
    ENTRY_ELSEWHERE = "entry_elsewhere"
    ENTRY_UNAVAILABLE = "entry_unavailable"
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class Tenant:
    """Whose Autotask it is. What was not asked this time is None."""

    company: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Quota:
    """Requests of all integrations together in the current window (official page Thresholds)."""

    used: int
    limit: int
    window_minutes: int = 60

    @property
    def share(self) -> float:
        """0.82 means 82 % of the budget is used."""
        return self.used / self.limit if self.limit else 0.0

    @property
    def band(self) -> int:
        """The highest threshold reached, in per cent: 0, 75 or 90. From 75 % on Autotask slows
        every request down, at 100 % it refuses all integrations for a while."""
        return max((band for band in (75, 90) if self.share * 100 >= band), default=0)


@dataclass(frozen=True, slots=True)
class Observation:
    """The result of one check, free of secrets and safe to store and to show."""

    seen: Seen
    cause: Cause | None = None
    evidence: tuple[str, ...] = ()
    """What was asked and what came back, one line each, in the order it happened."""
    latency: float | None = None
    """Seconds, of the whole check."""
    tenant: Tenant = field(default_factory=Tenant)
    quota: Quota | None = None
    origin: AutotaskOrigin | None = None
    """Where the credentials were accepted, or where the tenant now is."""
    refused: int = 0
    """How many sign-ins Autotask refused on the way, even where that is not what was concluded."""
    unanswered: int = 0
    """How many sign-ins left, and nobody saw the answer: each may have been refused."""
    accepted: bool = False
    """Whether a sign-in was accepted on the way, even where the check ended badly."""
    requests: int = 0
    """How many requests the check took."""
    permission_asked: bool = False
    """Whether this check also asked what the user may read."""
    zone_asked: bool = False
    """Whether this check also asked where the user's database is."""
    zone_unknown: bool = False
    """Whether it asked and was not told."""

    def refusals(self, *, believed_good: bool) -> int | None:
        """For the books of failed logins: 0 where a sign-in was accepted, None where nobody can
        tell. A sign-in without an answer may have been refused, unless the credentials are
        `believed_good`: then it is the zone that fails, and that may last for days.
        """
        if self.seen in (Seen.OK, Seen.MOVED_OK, Seen.FORBIDDEN):
            return 0
        if self.refused:
            return self.refused + self.unanswered
        if self.accepted:
            return 0
        return None if believed_good else self.unanswered or None


@dataclass(frozen=True, slots=True)
class FailedLogins:
    """Refused sign-ins in a row of one Autotask username, over every door of this bot."""

    in_a_row: int = 0
    last: datetime | None = None
    pending: int = 0
    """Sign-ins under way, whose answer is not known yet."""
