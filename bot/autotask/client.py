"""The client: from three headers to a cause, by a ladder of questions.

1. ThresholdInformation proves the three headers and tells the hourly budget, in one request.
2. Companies/0, where asked for, proves the right to read and tells the tenant's name.
3. After a 401, which has one look for every cause, the zone is asked without credentials.
4. Where the database lives at another zone than stored, one sign-in there.
"""

import asyncio
import time
from collections.abc import Callable, Collection
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from typing import TypeVar

from bot.autotask import zones
from bot.autotask.answers import (
    SEEN,
    Answer,
    denies,
    evidence,
    parse_access,
    parse_quota,
    parse_tenant,
    read,
    seen,
)
from bot.autotask.status_page import StatusPage
from bot.autotask.threads import Crowded, Threads
from bot.autotask.trail import Trail
from bot.autotask.wire import Wire
from bot.domain.credentials import Credentials
from bot.domain.diagnosis import diagnose
from bot.domain.observation import Cause, Observation, Seen, Tenant
from bot.domain.origin import AutotaskOrigin
from bot.domain.progress import Step, Steps, Tell, untold
from bot.domain.secret import Secret
from bot.usecases.ports import Zone

T = TypeVar("T")

DEADLINE = 25.0
"""Seconds for a whole check."""


SIGN_IN = "ThresholdInformation"
"""Needs no permission at all, and tells the quota: what it answers is about the sign-in. A bare 403
there is a firewall's rather than Autotask's, and proves no credentials."""

LIMITS = (Cause.HOURLY_LIMIT, Cause.THREAD_LIMIT)
"""Answers that leave open whether the credentials are good."""

GATEWAY = (502, 504)
"""What a gateway says for Autotask: that it has no answer, which leaves open what was done."""

_VERSIONS = "/ATServicesRest/versioninformation"


class AutotaskClient:
    """The port `Autotask` over a Wire. `extra_hosts` are the operator's `host:port`."""

    def __init__(
        self,
        wire: Wire,
        extra_hosts: Collection[str] = (),
        *,
        status_url: str | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        deadline: float = DEADLINE,
    ) -> None:
        """`status_url` is the vendor's status page, where the operator allows it to be asked;
        `monotonic` tells seconds, `deadline` is those that a whole check may take.
        """
        self._status_page = StatusPage(wire, status_url, monotonic) if status_url else None
        self._wire = wire
        self._extra_hosts = extra_hosts
        self._monotonic = monotonic
        self._deadline = deadline
        self._threads = Threads()

    async def find_zone(self, username: Secret) -> Zone | Observation:
        """The username's zone, or what was seen instead. Sends no secret."""
        return await zones.look_up(self._wire, username, extra_hosts=self._extra_hosts)

    async def knock(self, origin: AutotaskOrigin, *, tell: Tell = untold) -> Observation | None:
        """What keeps the zone from answering, by a question that needs no credentials (the list of
        versions); None where it answers, whatever that is.
        """
        steps = Steps(tell, self._monotonic)
        url = f"{origin.address}{_VERSIONS}"
        async with self._taken(tell):
            outcome = await self._wire.get(url, endpoint="versions", steps=steps)
        if isinstance(outcome, Answer) and outcome.status not in (503, *GATEWAY):
            return None
        found = read(outcome, lambda _: Cause.ODD_ANSWER)
        line = evidence("versioninformation", outcome, found)
        return replace(seen(found), evidence=(line,), requests=1)

    async def vendor_status(self, zone: str) -> str | None:
        """What the vendor's status page says of this zone, as a line of evidence."""
        return await self._status_page.says(zone) if self._status_page else None

    async def check(
        self,
        credentials: Credentials,
        *,
        permission: bool,
        zone: bool,
        sign_ins: int,
        tell: Tell = untold,
    ) -> Observation:
        """Sign in once, a second time only where the database has moved; with `permission`, also
        ask what the user may read. Evidence is one line per request, free of typed values.
        """
        started = self._monotonic()
        trail = Trail(sign_ins, Steps(tell, self._monotonic))
        try:
            async with asyncio.timeout(self._deadline), self._taken(tell):
                found = await self._climb(credentials, trail, permission=permission, zone=zone)
        except TimeoutError:
            trail.lines.append(f"Given up after {self._deadline:g} s")
            found = seen(Cause.TIME_OUT)
        except Crowded:
            trail.lines.append("Not asked: too many checks of this tracking identifier at once")
            found = seen(Cause.OURS)
        return replace(
            found,
            evidence=tuple(trail.lines),
            refused=trail.refused,
            unanswered=trail.unanswered,
            accepted=trail.accepted,
            requests=trail.requests,
            latency=self._monotonic() - started,
        )

    async def aclose(self) -> None:
        """Close the wire; whoever closes that need not call this."""
        await self._wire.aclose()

    def _taken(self, tell: Tell) -> AbstractAsyncContextManager[None]:
        """For who is told of each step: inside, name and connection are taken anew, too."""
        return nullcontext() if tell is untold else self._wire.afresh()

    async def _climb(
        self, credentials: Credentials, trail: Trail, *, permission: bool, zone: bool
    ) -> Observation:
        found = await self._sign_in(credentials, trail)
        if permission and found.seen is Seen.OK:
            found = await self._ask_permission(credentials, trail, accepted=found)
        if zone and found.seen is Seen.OK:
            found = await self._follow(credentials, trail, accepted=found)
        if found.cause is Cause.CREDENTIALS_REFUSED:
            found = await self._explain_refusal(credentials, trail)
        return found

    async def _sign_in(self, credentials: Credentials, trail: Trail) -> Observation:
        quota = await self._ask(credentials, SIGN_IN, trail, parse=parse_quota)
        if isinstance(quota, Cause):
            if trail.has_left:
                step = Step.QUOTA if quota in LIMITS else Step.SIGN_IN
                trail.steps.failed(step, diagnose(quota).title)
            return seen(quota)
        trail.steps.done(Step.SIGN_IN)
        trail.steps.told_by_the_same(Step.QUOTA, f"{quota.share:.0%} used")
        return Observation(Seen.OK, quota=quota, origin=credentials.origin)

    async def _ask_permission(
        self, credentials: Credentials, trail: Trail, *, accepted: Observation
    ) -> Observation:
        """Id 0 is the tenant's own company (opendns/autotask-php issue 71). Where it is hidden, a
        restricted user gets no error but nothing (official page REST_Security_Auth), and only the
        entity's own description says why.
        """
        tenant = await self._ask(credentials, "Companies/0", trail, parse=parse_tenant)
        if isinstance(tenant, Tenant) and tenant.company is None:
            described = await self._ask(
                credentials, "Companies/entityInformation", trail, parse=parse_access
            )
            tenant = described if isinstance(described, Cause) else tenant
        if isinstance(tenant, Tenant):
            trail.steps.done(Step.PERMISSION)
            return replace(accepted, tenant=tenant, permission_asked=True)
        trail.steps.failed(Step.PERMISSION, diagnose(tenant).title)
        asked = tenant is Cause.PERMISSION_MISSING
        return replace(accepted, seen=SEEN[tenant], cause=tenant, permission_asked=asked)

    async def _follow(
        self, credentials: Credentials, trail: Trail, *, accepted: Observation
    ) -> Observation:
        """Where the database has moved and the new zone accepts too: there. Else nothing changes,
        and the zone is asked again tomorrow, or sooner where it was not told."""
        zone = await self._find_zone(credentials, trail)
        if isinstance(zone, Observation):
            return replace(accepted, zone_unknown=True)
        here = replace(accepted, zone_asked=True, tenant=replace(accepted.tenant, zone=zone.name))
        if zone.origin == credentials.origin:
            return here
        if trail.sign_ins < 2:
            return accepted  # the next check that may sign in twice follows it
        there = await self._try_elsewhere(replace(credentials, origin=zone.origin), zone, trail)
        if there.seen is not Seen.MOVED_OK:
            return replace(accepted, zone_asked=True)
        return replace(there, zone_asked=True)

    async def _explain_refusal(self, credentials: Credentials, trail: Trail) -> Observation:
        """Tell an unknown user, a moved database and an outage from refused credentials."""
        zone = await self._find_zone(credentials, trail)
        if isinstance(zone, Observation):
            return zone
        if zone.origin == credentials.origin:
            return replace(seen(Cause.CREDENTIALS_REFUSED), tenant=Tenant(zone=zone.name))
        if trail.refused >= trail.sign_ins:
            return replace(seen(Cause.WRONG_ZONE), tenant=Tenant(zone=zone.name))
        return await self._try_elsewhere(replace(credentials, origin=zone.origin), zone, trail)

    async def _find_zone(self, credentials: Credentials, trail: Trail) -> Zone | Observation:
        trail.requests += 1
        zone = await self.find_zone(credentials.username)
        if isinstance(zone, Observation):
            trail.lines += zone.evidence
            trail.steps.failed(Step.ZONE, diagnose(zone.cause or Cause.OURS).title)
            return zone
        trail.lines.append(zones.line(zone))
        other = "" if zone.origin == credentials.origin else ", not the one that is stored"
        trail.steps.done(Step.ZONE, f"{zone.name or zone.origin.host}{other}")
        return zone

    async def _try_elsewhere(self, moved: Credentials, zone: Zone, trail: Trail) -> Observation:
        """What the user may read there is left to the next check: first the move is told."""
        found = await self._sign_in(moved, trail)
        if found.seen is Seen.OK:
            found = replace(found, seen=Seen.MOVED_OK)
        elif found.cause is Cause.CREDENTIALS_REFUSED:
            found = replace(found, seen=Seen.MOVED_BAD, cause=Cause.ZONE_MOVED)
        elif found.cause is Cause.INTEGRATION_CODE_REFUSED:
            found = replace(found, seen=Seen.MOVED_BAD)
        return replace(found, tenant=Tenant(zone=zone.name), origin=zone.origin)

    async def _ask(
        self,
        credentials: Credentials,
        path: str,
        trail: Trail,
        *,
        parse: Callable[[Answer], T | Cause],
    ) -> T | Cause:
        """One authenticated request: what it tells, or what is wrong.

        Zones count apart, so that one that hangs holds up nobody else's checks where a vendor's
        tracking identifier serves many tenants.
        """
        endpoint, api = path.partition("/")[0], credentials.origin.api
        code = credentials.integration_code.reveal()
        headers = {
            "ApiIntegrationCode": code,
            "UserName": credentials.username.reveal(),
            "Secret": credentials.secret.reveal(),
        }
        async with self._threads.place(code, f"{api}/{endpoint}"):
            trail.requests += 1
            outcome = await self._wire.get(
                f"{api}/{path}",
                endpoint=endpoint,
                headers=headers,
                on_sent=trail.leaves,
                steps=trail.steps,
            )
        if isinstance(outcome, Answer) and outcome.status not in GATEWAY:
            trail.comes_back()
        found = read(outcome, parse)
        if endpoint == SIGN_IN and found is Cause.PERMISSION_MISSING and not denies(outcome):
            found = Cause.ODD_ANSWER
        trail.learns(found)
        trail.lines.append(evidence(path, outcome, found))
        return found
