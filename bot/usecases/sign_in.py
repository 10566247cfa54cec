"""Sign in at Autotask once, within the budget of failed logins.

Autotask locks a user after a few refusals in a row, whoever caused them. So refusals are counted
per username over every door: the scheduler, buttons, forms and the command line.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from bot.domain.asking import permission_due, zone_due
from bot.domain.credentials import Credentials
from bot.domain.observation import Cause, FailedLogins, Observation, Seen
from bot.domain.policy import LOGINS_BEFORE_WITHHOLDING
from bot.domain.progress import Tell, untold
from bot.domain.status import Watch
from bot.usecases.ports import Ports

SOON = timedelta(seconds=5)
"""Until another try with the same username, which is under way, has its answer."""

UNDER_WAY = "Another sign-in with this username is under way."
BUSY = Observation(Seen.INCONCLUSIVE, Cause.OURS, (UNDER_WAY,))
"""What a person's try saw where it was not made."""


@dataclass(frozen=True, slots=True)
class Postponed:
    """Not now: the budget has the next automatic sign-in at `until`."""

    until: datetime


async def sign_in_unasked(
    ports: Ports, credentials: Credentials, digest: str, watch: Watch
) -> Observation | Postponed:
    """The scheduler's try. With the budget used up, only the zone is asked, without the secret."""
    if mute := await _knock(ports, credentials, watch):
        return mute
    now = ports.clock.now()
    logins = await ports.logins.so_far(digest, at=now)
    others = watch.seen is not Seen.REJECTED  # then it is others that were refused
    allowed_at = ports.policy.next_sign_in(logins, now, believed_good=others)
    if allowed_at is None:
        return await _ask_zone_only(ports, credentials, logins)
    if allowed_at > now:
        return Postponed(allowed_at)
    left = ports.policy.sign_ins_left(logins)
    if left < 1:
        return Postponed(now + SOON)
    look = partial(
        ports.autotask.check,
        credentials,
        permission=permission_due(watch, now=now, policy=ports.policy),
        zone=zone_due(watch, now=now, policy=ports.policy) and left > 1,
        sign_ins=left,
    )
    books = _Books(ports, digest, logins, believed_good=_believed_good(watch, logins))
    seen = await books.sign_in(look)
    if seen is None:
        return Postponed(now + SOON)
    return replace(seen, requests=seen.requests + _in_outage(watch))


async def sign_in_for_person(  # noqa: PLR0913 - what one try differs in from another
    ports: Ports,
    credentials: Credentials,
    digest: str,
    *,
    watch: Watch | None = None,
    may_lock: bool = False,
    tell: Tell = untold,
) -> Observation:
    """A person's try: one sign-in, at once. Past the budget only with their word that it
    `may_lock`. `watch` is that of stored credentials; those just typed have none, and their zone
    was asked for just now. `tell` hears of each step.
    """
    logins = await ports.logins.so_far(digest, at=ports.clock.now())
    if is_used_up(logins) and not may_lock:
        return withheld(logins)
    if watch and (mute := await _knock(ports, credentials, watch, tell)):
        return mute
    if not may_lock and ports.policy.sign_ins_left(logins) < 1:
        return BUSY
    look = partial(
        ports.autotask.check,
        credentials,
        permission=True,
        zone=watch is not None,
        sign_ins=1,
        tell=tell,
    )
    believed_good = watch is not None and _believed_good(watch, logins)
    books = _Books(ports, digest, logins, believed_good=believed_good)
    return await books.sign_in(look) or BUSY


def is_used_up(logins: FailedLogins) -> bool:
    """Whether one more refusal needs a person's word."""
    return logins.in_a_row >= LOGINS_BEFORE_WITHHOLDING


def withheld(logins: FailedLogins) -> Observation:
    """Nothing was sent, to spare the user."""
    said = f"Not signed in: the last {logins.in_a_row} sign-ins were refused or had no answer."
    return Observation(Seen.WITHHELD, Cause.LOGINS_WITHHELD, (said,))


def _in_outage(watch: Watch) -> bool:
    return watch.seen in (Seen.UNREACHABLE, Seen.SERVER_ERROR)


async def _knock(
    ports: Ports, credentials: Credentials, watch: Watch, tell: Tell = untold
) -> Observation | None:
    """Where the last try had no good answer: what keeps the zone from answering a question that
    needs no credentials. So an outage of days costs no sign-in whose answer nobody sees, and the
    user is not locked where the secret was regenerated meanwhile.
    """
    if not _in_outage(watch):
        return None
    return await ports.autotask.knock(credentials.origin, tell=tell)


def _believed_good(watch: Watch, logins: FailedLogins) -> bool:
    """Whether the last that Autotask said of these credentials was good. In an outage it has said
    nothing since it began, and the books remember whether it had refused before.
    """
    if _in_outage(watch) or watch.seen is Seen.THROTTLED:
        return logins.in_a_row == 0
    return watch.seen in (Seen.OK, Seen.MOVED_OK, Seen.FORBIDDEN)


@dataclass(frozen=True, slots=True)
class _Books:
    """The books of one username, as they were read before the try."""

    ports: Ports
    digest: str
    logins: FailedLogins
    believed_good: bool

    async def sign_in(self, look: Callable[[], Awaitable[Observation]]) -> Observation | None:
        """Book, try, and settle the books; None where another try got in between.

        A try that is cancelled may have been refused: like one without an answer it counts, unless
        the credentials are believed good. One that dies with the process stays booked, and counts.
        """
        logins = self.ports.logins
        booking = await logins.begin(self.digest, expected=self.logins, at=self.ports.clock.now())
        if booking is None:
            return None
        refusals = None if self.believed_good else 1
        try:
            seen = await look()
            refusals = seen.refusals(believed_good=self.believed_good)
        finally:
            await logins.settle(booking, refusals=refusals)
        if refusals == 0 and self.logins.in_a_row:
            await self.ports.watches.wake(self.digest)
        return seen


async def _ask_zone_only(
    ports: Ports, credentials: Credentials, logins: FailedLogins
) -> Observation:
    zone = await ports.autotask.find_zone(credentials.username)
    if isinstance(zone, Observation) and zone.cause is Cause.USERNAME_UNKNOWN:
        return zone
    return withheld(logins)
