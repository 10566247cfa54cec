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
from bot.usecases.ports import Ports

SOON = timedelta(seconds=5)
"""Until another try with the same username, which is under way, has its answer."""


@dataclass(frozen=True, slots=True)
class Postponed:
    """Not now: the budget has the next automatic sign-in at `until`."""

    until: datetime


async def sign_in_unasked(
    ports: Ports, credentials: Credentials, digest: str, *, permission: bool, zone: bool
) -> Observation | Postponed:
    """The scheduler's try. With the budget used up, only the zone is asked, without the secret."""
    now = ports.clock.now()
    logins = await ports.logins.so_far(digest)
    allowed_at = ports.policy.next_sign_in(logins, now)
    if allowed_at is None:
        return await _ask_zone_only(ports, credentials, logins)
    if allowed_at > now:
        return Postponed(allowed_at)
    look = partial(ports.autotask.check, credentials, permission=permission, zone=zone)
    seen = await _sign_in(ports, digest, logins, look)
    return seen or Postponed(now + SOON)


async def sign_in_for_person(
    ports: Ports, credentials: Credentials, digest: str, *, may_lock: bool = False
) -> Observation:
    """A person's try: one, at once. Past the budget only with their word that it `may_lock`."""
    logins = await ports.logins.so_far(digest)
    if logins.in_a_row >= LOGINS_BEFORE_WITHHOLDING and not may_lock:
        return _withheld(logins)
    look = partial(ports.autotask.check, credentials, permission=True, zone=False)
    seen = await _sign_in(ports, digest, logins, look)
    return seen or Observation(
        Seen.INCONCLUSIVE,
        Cause.OURS,
        ("Somebody else is signing in with this username right now.",),
    )


async def _sign_in(
    ports: Ports, digest: str, logins: FailedLogins, look: Callable[[], Awaitable[Observation]]
) -> Observation | None:
    """Book a refusal, try, and settle the books; None where another try got in between."""
    if not await ports.logins.begin(digest, expected=logins, at=ports.clock.now()):
        return None
    seen = await look()
    await ports.logins.settle(digest, refusals=seen.refusals)
    return seen


async def _ask_zone_only(
    ports: Ports, credentials: Credentials, logins: FailedLogins
) -> Observation:
    zone = await ports.autotask.find_zone(credentials.username)
    if isinstance(zone, Observation) and zone.cause is Cause.USERNAME_UNKNOWN:
        return zone
    return _withheld(logins)


def _withheld(logins: FailedLogins) -> Observation:
    return Observation(
        Seen.WITHHELD,
        Cause.LOGINS_WITHHELD,
        (f"Not signed in: the last {logins.in_a_row} sign-ins were refused.",),
    )
