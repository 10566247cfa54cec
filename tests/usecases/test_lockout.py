"""The bot never locks the API user, with the make-believe Autotask counting every refusal."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import ClientSession

from bot.autotask.client import AutotaskClient
from bot.autotask.wire import Wire
from bot.domain.credentials import Typed
from bot.domain.observation import Cause, FailedLogins, Seen
from bot.domain.status import Status
from bot.trust import trusted
from bot.usecases import check
from bot.usecases.check import check_due
from bot.usecases.connect import Attempt, Connected, connect
from bot.usecases.ports import Ports
from tests.autotask.tenant import Tenant
from tests.sandbox.autotask.visitor import Clock, Visitor, draw_world
from tests.usecases.conftest import ALICE, House

LOCKS_AFTER = 5
PATIENCE = 0.03
"""Seconds; enough for an answer from this machine, and short enough to miss many."""


@pytest.fixture
async def tenant() -> AsyncIterator[Tenant]:
    """A tenant that locks its users after five refusals in a row."""
    world = draw_world()
    await world.start(0)
    known = world.announcement()
    wire = Wire(zone_url=known["base_url"], trust=trusted(None), deadline=5)
    async with ClientSession() as session:
        visitor = Visitor(session, world, Clock())
        hosts = frozenset(known["extra_hosts"].split(","))
        each = Tenant(visitor, AutotaskClient(wire, hosts))
        await each.do("lock_after", tenant=visitor.company, n=LOCKS_AFTER)
        yield each
    await wire.aclose()
    await world.stop()


@pytest.fixture
async def impatient(tenant: Tenant) -> AsyncIterator[AutotaskClient]:
    """A client that asks for zones at another zone than the tenant's, and waits for nothing."""
    elsewhere = (await tenant.origin(4)).address
    wire = Wire(zone_url=elsewhere, trust=trusted(None), deadline=PATIENCE)
    yield AutotaskClient(wire, tenant.client._extra_hosts)
    await wire.aclose()


@pytest.fixture
async def ports(house: House, tenant: Tenant) -> Ports:
    """The house's, but for the real client; two connections with one username."""
    hosts = frozenset(tenant.client._extra_hosts)
    real = replace(house.ports, autotask=tenant.client, extra_hosts=hosts)
    for name in ("First", "Second"):
        typed = Typed(
            url="",
            integration_code=tenant.credentials.integration_code.reveal(),
            secret=tenant.credentials.secret.reveal(),
            username=tenant.credentials.username.reveal(),
        )
        assert isinstance(await connect(real, ALICE, Attempt(typed, name)), Connected)
    return real


async def test_thirty_days_of_a_wrong_secret_and_fifty_presses_of_test_never_lock_the_user(
    house: House, ports: Ports, tenant: Tenant
) -> None:
    await tenant.do("regenerate_secret")
    ids = [(await house.overview(name)).connection.id for name in ("First", "Second")]

    for day in range(30):
        for _ in range(4):
            house.clock.time += timedelta(hours=6)
            await check_due(ports)
        for connection_id in ids if day < 25 else ():
            await check.test(ports, ALICE, connection_id, may_lock=False)

    user = await tenant.visitor.user()
    assert not user["locked"]
    assert user["failures"] < LOCKS_AFTER


@pytest.mark.parametrize(
    ("fault", "refused_before"),
    [("hang", False), ("hang", True), ("drip", True), ("slow", True), ("slow", False)],
)
async def test_thirty_days_of_a_secret_regenerated_at_a_zone_that_hangs_never_lock_the_user(
    house: House,
    ports: Ports,
    tenant: Tenant,
    impatient: AutotaskClient,
    *,
    fault: str,
    refused_before: bool,
) -> None:
    """The zone counts every refusal, and nobody sees its answer."""
    await tenant.do("regenerate_secret")
    if refused_before:
        house.clock.pass_(minutes=5)
        await check_due(ports)
    await tenant.do("zone_fault", zone="all", fault=fault)
    ports = replace(ports, autotask=impatient)
    ids = [(await house.overview(name)).connection.id for name in ("First", "Second")]

    for _ in range(30):
        for hours in (0.1, 12):
            house.clock.pass_(hours=hours)
            await check_due(ports)
        await check.test(ports, ALICE, ids[0], may_lock=False)

    user = await tenant.visitor.user()
    assert not user["locked"]
    assert 1 <= user["failures"] < LOCKS_AFTER


async def test_new_credentials_tried_at_a_zone_that_hangs_never_lock_the_user(
    house: House, ports: Ports, tenant: Tenant, impatient: AutotaskClient
) -> None:
    """Those that are stored are good, yet nobody has seen these accepted."""
    await tenant.do("zone_fault", zone=3, fault="slow", ms=300)
    typed = Typed(
        url="",
        integration_code=tenant.credentials.integration_code.reveal(),
        secret="made-up~secret$1",
        username=tenant.credentials.username.reveal(),
    )
    hasty = replace(ports, autotask=impatient)

    for number in range(10):
        house.clock.pass_(minutes=1)
        await connect(hasty, ALICE, Attempt(typed, f"New {number}", as_they_are=True))

    assert 1 <= (await tenant.visitor.user())["failures"] < LOCKS_AFTER


async def test_a_healthy_connection_is_checked_all_through_two_days_of_hanging_and_recovers(
    house: House, ports: Ports, tenant: Tenant, impatient: AutotaskClient
) -> None:
    await tenant.do("zone_fault", zone="all", fault="hang")
    hasty = replace(ports, autotask=impatient)
    for _ in range(24):
        house.clock.pass_(hours=2)
        for seconds in (0, 10):  # one waits for the other, who has its username
            house.clock.pass_(seconds=seconds)
            await check_due(hasty)
        for name in ("First", "Second"):
            last = (await house.overview(name)).watch.last_checked_at
            assert last
            assert house.clock.now() - last <= timedelta(seconds=10)
    overview = await house.overview("First")
    assert (overview.watch.status, overview.watch.cause) == (Status.INACTIVE, Cause.TIME_OUT)
    digest = await ports.vault.username_digest(tenant.credentials.username)
    assert await ports.logins.so_far(digest, at=house.clock.now()) == FailedLogins()

    await tenant.do("zone_fault", zone="all", fault="none")
    for _ in range(15):
        house.clock.pass_(minutes=1)
        await check_due(ports)

    for name in ("First", "Second"):
        assert (await house.overview(name)).watch.status is Status.ACTIVE


async def test_a_press_of_test_signs_in_once_and_leaves_a_move_to_the_scheduled_check(
    house: House, ports: Ports, tenant: Tenant
) -> None:
    await tenant.do("move_database", tenant=tenant.visitor.company, zone=29)
    before = (await tenant.visitor.state())["requests_total"]
    connection = (await house.overview("First")).connection

    tested = await check.test(ports, ALICE, connection.id, may_lock=False)
    assert (tested.seen.seen, tested.seen.cause) == (Seen.REJECTED, Cause.WRONG_ZONE)
    assert (await tenant.visitor.state())["requests_total"] == before + 2  # and the zone asked

    house.clock.pass_(minutes=5)
    await check_due(ports)
    assert (await house.overview("First")).connection.origin == await tenant.origin(29)


def thrown(verb: str, **arguments: object) -> Callable[[Tenant], Awaitable[None]]:
    async def throw(tenant: Tenant) -> None:
        await tenant.do(verb, **arguments)

    return throw


async def _hides_companies(tenant: Tenant) -> None:
    await tenant.do("quirk", name="forbidden_status", value=200)
    await tenant.do("deny", entity="Companies")


async def _moves(tenant: Tenant) -> None:
    await tenant.do("move_database", tenant=tenant.visitor.company, zone=29)


async def _uses_up_the_hour(tenant: Tenant) -> None:
    await tenant.do("burn_quota", tenant=tenant.visitor.company, used=10_000)


async def _is_well(tenant: Tenant) -> None:
    """Nothing happens."""


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(_is_well, id="healthy"),
        pytest.param(thrown("deny", entity="Companies"), id="permission missing"),
        pytest.param(_hides_companies, id="company hidden"),
        pytest.param(thrown("zone_fault", zone=4, fault="outage_5xx"), id="zone look-up fails"),
        pytest.param(_uses_up_the_hour, id="throttled"),
        pytest.param(thrown("regenerate_secret"), id="refused"),
        pytest.param(thrown("delete_user"), id="user unknown"),
        pytest.param(thrown("change_tracking"), id="tracking identifier refused"),
        pytest.param(thrown("zone_fault", zone="all", fault="reset"), id="unreachable"),
        pytest.param(thrown("zone_fault", zone="all", fault="outage_5xx"), id="server error"),
        pytest.param(thrown("zone_fault", zone="all", fault="garbage"), id="odd answers"),
        pytest.param(thrown("zone_fault", zone="all", fault="hang"), id="no answer"),
        pytest.param(_moves, id="moved"),
    ],
)
async def test_no_state_costs_twenty_requests_an_hour(
    house: House,
    tenant: Tenant,
    impatient: AutotaskClient,
    state: Callable[[Tenant], Awaitable[None]],
) -> None:
    """At the default interval, its retries and its look-ups of the zone included."""
    hosts = frozenset(tenant.client._extra_hosts)
    patient = replace(house.ports, autotask=tenant.client, extra_hosts=hosts)
    ports = replace(patient, autotask=impatient)
    typed = Typed(
        url="",
        integration_code=tenant.credentials.integration_code.reveal(),
        secret=tenant.credentials.secret.reveal(),
        username=tenant.credentials.username.reveal(),
    )
    assert isinstance(await connect(patient, ALICE, Attempt(typed, "One")), Connected)
    house.clock.pass_(hours=23, minutes=55)  # the zone is due within
    await state(tenant)
    before = (await tenant.visitor.state())["requests_total"]

    hours = 6
    for _ in range(hours * 60):
        house.clock.pass_(minutes=1)
        await check_due(ports)

    requests = (await tenant.visitor.state())["requests_total"] - before
    assert 2 <= requests < 20 * hours


async def test_an_hour_of_healthy_checks_costs_fewer_than_twenty_requests(
    house: House, ports: Ports, tenant: Tenant
) -> None:
    """At the default interval, and for two connections; all integrations share 10,000 an hour."""
    hours = 6
    for _ in range(12 * hours):
        house.clock.time += timedelta(minutes=4, seconds=54)
        await check_due(ports)
        house.clock.time += timedelta(seconds=6)  # one waits for the other, who has its username
        await check_due(ports)

    state = await tenant.visitor.state()
    used = next(t for t in state["tenants"] if t["name"] == tenant.visitor.company)["hourly_used"]
    assert 2 * 12 * hours < used < 2 * 20 * hours
