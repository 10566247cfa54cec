"""Everything that can be wrong with a connection, each set up for real and looked at over HTTP."""

import socket
import ssl
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from aiohttp import ClientSession, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.autotask.client import AutotaskClient
from bot.autotask.wire import Wire
from bot.domain.credentials import Typed
from bot.domain.observation import Observation, Seen
from bot.domain.origin import AutotaskOrigin
from bot.domain.secret import Secret
from bot.domain.shapes import advise
from bot.sandbox.autotask import Plan
from bot.trust import trusted
from bot.usecases import check
from bot.usecases.connect import Attempt, Connected, connect
from tests.autotask.far_side import BUDGET, Answering, Heard, far_side, js
from tests.autotask.tenant import Tenant
from tests.sandbox.autotask.visitor import Clock, Visitor, draw_world
from tests.sqlite import new_file
from tests.usecases.conftest import ALICE, built

DEADLINE = 0.4
"""Seconds; the product's own is 15."""


class NoNames(AbstractResolver):
    """Knows no name at all, so that no question leaves this machine."""

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        raise OSError(socket.EAI_NONAME, "Name or service not known")

    async def close(self) -> None: ...


@dataclass
class Scene:
    """A tenant of a make-believe Autotask, with good credentials to spoil."""

    tenant: Tenant
    folder: Path

    async def check(self, **changed: str) -> str:
        """The cause that a check names, with these values changed."""
        secrets = {name: Secret(value) for name, value in changed.items() if name != "origin"}
        credentials = replace(self.tenant.credentials, **secrets)  # type: ignore[arg-type]
        if "origin" in changed:
            credentials = replace(credentials, origin=AutotaskOrigin(changed["origin"]))
        return verdict(
            await self.tenant.client.check(credentials, permission=True, zone=False, sign_ins=2)
        )

    async def swapped(self, one: str, other: str) -> str:
        """What is said, before any request, of two values in each other's field."""
        values = {
            "integration_code": self.tenant.credentials.integration_code.reveal(),
            "secret": self.tenant.credentials.secret.reveal(),
            "username": self.tenant.credentials.username.reveal(),
        }
        values[one], values[other] = values[other], values[one]
        fields = advise(Typed.of(values))
        return f"swapped {one}, {other}" if set(fields) == {one, other} else str(sorted(fields))

    async def guide_s_arrangement(self) -> str:
        """What is said, before any request, of the arrangement that many a guide teaches."""
        key = self.tenant.credentials.username.reveal()
        secret = self.tenant.credentials.secret.reveal()
        typed = Typed(url="", integration_code=key, secret=secret, username="ann@lakeside.example")
        advice = advise(typed)
        asked = "Tracking Identifier" in advice.get("integration_code", "")
        return "tracking identifier asked for" if asked else str(sorted(advice))

    async def pressed_with_slack_away(self) -> str:
        """What the button Test names while the zone drops every connection, and Slack is away."""
        known = self.tenant.visitor.world.announcement()
        async with built(new_file(self.folder / "bot.db")) as house:
            house.messenger.cut_off = True
            ports = replace(
                house.ports,
                autotask=self.tenant.client,
                extra_hosts=frozenset(known["extra_hosts"].split(",")),
            )
            typed = Typed("", *(known[name] for name in ("integration_code", "secret", "username")))
            connected = await connect(ports, ALICE, Attempt(typed, "One"))
            assert isinstance(connected, Connected)
            await self.tenant.do("zone_fault", zone="all", fault="reset")
            tested = await check.test(ports, ALICE, connected.connection.id, may_lock=False)
            return verdict(tested.seen)

    async def certificate_of_another(self) -> str:
        """What is named of a zone that shows somebody else's certificate."""
        world = draw_world(plan=Plan(secure=True))
        await world.start(0)
        known, authority = world.announcement(), self.folder / "authority.pem"
        authority.write_bytes(world.authority)
        trust = trusted(authority)
        async with (
            ClientSession(connector=TCPConnector(ssl=trust)) as session,
            looking(known["base_url"], *known["extra_hosts"].split(","), trust=trust) as client,
        ):
            tenant = Tenant(Visitor(session, world, Clock()), client)
            assert (await tenant.check()).seen is Seen.OK
            await tenant.do("zone_fault", zone="all", fault="tls")
            found = verdict(await tenant.check())
        await world.stop()
        return found

    async def at(self, answer: Answering) -> str:
        """The cause that is named where something else answers at the zone's address."""
        async with far_side(answer) as far, looking(far.address, far.host) as client:
            return verdict(
                await client.check(far.credentials, permission=True, zone=False, sign_ins=2)
            )


def verdict(seen: Observation) -> str:
    """The cause's name, or that all is well."""
    return seen.cause.value if seen.cause else seen.seen.value


@asynccontextmanager
async def looking(
    zone_url: str, *hosts: str, trust: ssl.SSLContext | None = None
) -> AsyncIterator[AutotaskClient]:
    """A client with a short deadline."""
    trust = trust or trusted(None)
    wire = Wire(zone_url=zone_url, trust=trust, deadline=DEADLINE, resolver=NoNames())
    try:
        yield AutotaskClient(wire, frozenset(hosts))
    finally:
        await wire.aclose()


@asynccontextmanager
async def scene() -> AsyncIterator[Scene]:
    """A fresh one."""
    world = draw_world()
    await world.start(0)
    known = world.announcement()
    with tempfile.TemporaryDirectory() as folder:
        async with (
            ClientSession() as session,
            looking(known["base_url"], *known["extra_hosts"].split(",")) as client,
        ):
            yield Scene(Tenant(Visitor(session, world, Clock()), client), Path(folder))
    await world.stop()


def switched(verb: str, **arguments: object) -> Callable[[Scene], Awaitable[str]]:
    """A switch of the admin panel is thrown; then a check looks."""

    async def look(each: Scene) -> str:
        await each.tenant.do(verb, **arguments)
        return await each.check()

    return look


def faulty(fault: str) -> Callable[[Scene], Awaitable[str]]:
    return switched("zone_fault", zone="all", fault=fault)


async def _moved(each: Scene) -> str:
    await each.tenant.do("move_database", tenant=each.tenant.visitor.company, zone=29)
    return await each.check()


async def _moved_and_refused(each: Scene) -> str:
    await each.tenant.do("move_database", tenant=each.tenant.visitor.company, zone=29)
    await each.tenant.do("regenerate_secret")
    return await each.check()


async def _limit_used_up(each: Scene) -> str:
    await each.tenant.do("burn_quota", tenant=each.tenant.visitor.company, used=10_000)
    return await each.check()


async def _too_young(each: Scene) -> str:
    await each.tenant.do("quirk", name="available_after", value=300)
    state = await each.tenant.visitor.do("add_user", tenant=each.tenant.visitor.company)
    tenant = next(t for t in state["tenants"] if t["name"] == each.tenant.visitor.company)
    user = [each for each in tenant["users"] if each["kind"] == "api"][-1]
    names = ("username", "secret", "integration_code")
    return await each.check(**{name: user[name] for name in names})


async def _a_person_s_login(each: Scene) -> str:
    state = await each.tenant.visitor.state()
    tenant = next(t for t in state["tenants"] if t["name"] == each.tenant.visitor.company)
    human = next(each for each in tenant["users"] if each["kind"] == "human")
    return await each.check(username=human["username"], secret=human["secret"])


async def _wrong_zone(each: Scene) -> str:
    elsewhere = await each.tenant.origin(4)
    credentials = replace(each.tenant.credentials, origin=elsewhere)
    return verdict(
        await each.tenant.client.check(credentials, permission=True, zone=False, sign_ins=1)
    )


def _hides_companies(heard: Heard) -> bytes:
    """A user of a restricted line of business."""
    if heard.target.endswith("/ThresholdInformation"):
        return js(BUDGET)
    if heard.target.endswith("/entityInformation"):
        return js({"info": {"name": "Company", "canQuery": True, "userAccessForQuery": "None"}})
    return js({"item": None})


@dataclass(frozen=True)
class Situation:
    """What is wrong, the verdict that it has to get, and how it comes about."""

    name: str
    expected: str
    look: Callable[[Scene], Awaitable[str]]


REFUSED = "credentials_refused"
"""All that Autotask answers with one and the same empty 401 while it knows the user."""

SITUATIONS = (
    Situation("all is well", "ok", lambda s: s.check()),
    *(
        Situation(f"{one} and {other} swapped", f"swapped {one}, {other}", look)
        for one, other, look in (
            ("integration_code", "secret", lambda s: s.swapped("integration_code", "secret")),
            ("integration_code", "username", lambda s: s.swapped("integration_code", "username")),
            ("secret", "username", lambda s: s.swapped("secret", "username")),
        )
    ),
    Situation(
        "tracking identifier missing, as guides have it",
        "tracking identifier asked for",
        lambda s: s.guide_s_arrangement(),
    ),
    Situation("secret wrong", REFUSED, lambda s: s.check(secret="made-up~secret$1")),
    Situation("secret regenerated", REFUSED, switched("regenerate_secret")),
    Situation("password expired", REFUSED, switched("expire")),
    Situation("user locked", REFUSED, switched("lock")),
    Situation("user inactive", REFUSED, switched("deactivate")),
    Situation("not an API-only user", REFUSED, _a_person_s_login),
    Situation("user younger than 5 minutes", REFUSED, _too_young),
    Situation(
        "tracking identifier wrong",
        "integration_code_refused",
        lambda s: s.check(integration_code="MADEUPMADEUPMADEUPMADEUP234"),
    ),
    Situation(
        "tracking identifier replaced", "integration_code_refused", switched("change_tracking")
    ),
    Situation(
        "username unknown",
        "username_unknown",
        lambda s: s.check(username="made0up0username@nobody.example"),
    ),
    Situation("user deleted", "username_unknown", switched("delete_user")),
    Situation("zone moved, accepted there", "moved_ok", _moved),
    Situation("zone moved, refused there", "zone_moved", _moved_and_refused),
    Situation("wrong zone, no sign-in left to try the right one", "wrong_zone", _wrong_zone),
    Situation("permission missing", "permission_missing", switched("deny", entity="Companies")),
    Situation(
        "permission missing without an error",
        "permission_missing",
        lambda s: s.at(_hides_companies),
    ),
    Situation("hourly limit used up", "hourly_limit", _limit_used_up),
    Situation("thread limit", "thread_limit", switched("thread_cap", n=0)),
    Situation("server error", "server_error", faulty("outage_5xx")),
    Situation("maintenance page", "maintenance", faulty("maintenance")),
    Situation("maintenance page with 200", "maintenance", faulty("maintenance_200")),
    Situation("garbage", "odd_answer", faulty("garbage")),
    Situation("redirect to another host", "redirected", faulty("redirect")),
    Situation("line cut", "connection_lost", faulty("reset")),
    Situation("line cut, and Slack away too", "ours", lambda s: s.pressed_with_slack_away()),
    Situation("no answer", "time_out", faulty("hang")),
    Situation("slow drip", "slow_answer", faulty("drip")),
    Situation("name not found", "dns", lambda s: s.check(origin="https://made-up.invalid")),
    Situation(
        "nobody listens", "connection_refused", lambda s: s.check(origin="http://127.0.0.1:9")
    ),
    Situation("certificate of another", "tls", lambda s: s.certificate_of_another()),
)
