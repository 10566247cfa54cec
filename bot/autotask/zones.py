"""Where a username belongs: the one question that Autotask answers without credentials."""

from collections.abc import Collection
from dataclasses import replace
from functools import partial

from bot.autotask.answers import SEEN, Answer, evidence, printable, read, seen
from bot.autotask.failures import Failure
from bot.autotask.wire import Wire
from bot.domain.errors import BadInput
from bot.domain.observation import Cause, Observation, Seen
from bot.domain.origin import API_PATH, AutotaskOrigin
from bot.domain.secret import Secret
from bot.usecases.ports import Zone

ENDPOINT = "zoneInformation"
_UNKNOWN = "could not be determined"
"""Part of the 500 for a username that nobody has (measured by w6w; django-autotask)."""


async def look_up(
    wire: Wire, username: Secret, *, extra_hosts: Collection[str]
) -> Zone | Observation:
    """The username's zone, or what was seen instead. No authentication and no tracking identifier
    is needed (official page REST_ZoneInformation), so none is sent.
    """
    outcome = await wire.get(
        f"{wire.zone_url}{API_PATH}/{ENDPOINT}",
        endpoint=ENDPOINT,
        params={"user": username.reveal()},
    )
    found = _read(outcome, extra_hosts)
    if isinstance(found, Zone):
        return found
    return replace(seen(found), evidence=(evidence(ENDPOINT, outcome, found),))


def line(zone: Zone) -> str:
    """The evidence of a zone that was found."""
    return f"{ENDPOINT}: {zone.name or zone.origin.host}"


def _read(outcome: Answer | Failure, extra_hosts: Collection[str]) -> Zone | Cause:
    if isinstance(outcome, Answer) and _UNKNOWN in outcome.errors.lower():
        return Cause.USERNAME_UNKNOWN
    found = read(outcome, partial(_parse, extra_hosts=extra_hosts))
    if isinstance(found, Cause) and SEEN[found] in (Seen.REJECTED, Seen.FORBIDDEN):
        return Cause.ODD_ANSWER  # nothing was sent that could be refused
    return found


def _parse(answer: Answer, *, extra_hosts: Collection[str]) -> Zone | Cause:
    """The secret will go where `url` points, so it has to be Autotask or the operator's choice."""
    url = answer.body.get("url")
    try:
        origin = AutotaskOrigin.parse(url if isinstance(url, str) else "", extra_hosts=extra_hosts)
    except BadInput:
        return Cause.ODD_ANSWER
    return Zone(origin, printable(answer.body.get("zoneName")))
