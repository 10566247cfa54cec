"""Sign in at Autotask once, within the budget of failed logins.

Autotask locks a user after a few refusals in a row, whoever caused them. So refusals are counted
per username over every door: the scheduler, buttons, forms and the command line.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.domain.credentials import Credentials
from bot.domain.observation import Cause, FailedLogins, Observation, Seen
from bot.domain.policy import LOGINS_BEFORE_WITHHOLDING
from bot.domain.status import Watch, permission_due, zone_due
from bot.usecases.ports import Ports

SOON = timedelta(seconds=5)
"""Until another try with the same username, which is under way, has its answer."""


@dataclass(frozen=True, slots=True)
class Postponed:
    """Not now: the budget has the next automatic sign-in at `until`."""

    until: datetime


async def sign_in_unasked(
    ports: Ports, credentials: Credentials, digest: str, watch: Watch
) -> Observation | Postponed:
    """The scheduler's try. With the budget used up, only the zone is asked, without the secret."""
    now = ports.clock.now()
    logins = await ports.logins.so_far(digest, at=now)
    believed_good = watch.seen is not Seen.REJECTED
    allowed_at = ports.policy.next_sign_in(logins, now, believed_good=believed_good)
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
    return await _sign_in(ports, digest, logins, look) or Postponed(now + SOON)


async def sign_in_for_person(
    ports: Ports, credentials: Credentials, digest: str, *, may_lock: bool = False
) -> Observation:
    """A person's try: one, at once. Past the budget only with their word that it `may_lock`."""
    logins = await ports.logins.so_far(digest, at=ports.clock.now())
    if is_used_up(logins) and not may_lock:
        return withheld(logins)
    left = 1 if may_lock else ports.policy.sign_ins_left(logins)
    if left < 1:
        return _busy()
    look = partial(ports.autotask.check, credentials, permission=True, zone=False, sign_ins=left)
    return await _sign_in(ports, digest, logins, look) or _busy()


def is_used_up(logins: FailedLogins) -> bool:
    """Whether one more refusal needs a person's word."""
    return logins.in_a_row >= LOGINS_BEFORE_WITHHOLDING


def withheld(logins: FailedLogins) -> Observation:
    """Nothing was sent, to spare the user."""
    said = f"Not signed in: the last {logins.in_a_row} sign-ins were refused."
    return Observation(Seen.WITHHELD, Cause.LOGINS_WITHHELD, (said,))


async def _sign_in(
    ports: Ports, digest: str, logins: FailedLogins, look: Callable[[], Awaitable[Observation]]
) -> Observation | None:
    """Book, try, and settle the books; None where another try got in between.

    A try that is cancelled before its answer takes its booking back; one that dies with the
    process stays booked, and counts as refused.
    """
    booking = await ports.logins.begin(digest, expected=logins, at=ports.clock.now())
    if booking is None:
        return None
    refusals = None
    try:
        seen = await look()
        refusals = seen.refusals
    finally:
        await ports.logins.settle(booking, refusals=refusals)
    if refusals == 0 and logins.in_a_row:
        await ports.watches.wake(digest)
    return seen


async def _ask_zone_only(
    ports: Ports, credentials: Credentials, logins: FailedLogins
) -> Observation:
    zone = await ports.autotask.find_zone(credentials.username)
    if isinstance(zone, Observation) and zone.cause is Cause.USERNAME_UNKNOWN:
        return zone
    return withheld(logins)


def _busy() -> Observation:
    said = "Another sign-in with this username is under way. /autotask status shows its result."
    return Observation(Seen.INCONCLUSIVE, Cause.OURS, (said,))
