"""The bot never locks the API user, with the make-believe Autotask counting every refusal."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import ClientSession

from bot.autotask.client import AutotaskClient
from bot.autotask.wire import Wire
from bot.domain.credentials import Typed
from bot.trust import trusted
from bot.usecases import check
from bot.usecases.check import check_due
from bot.usecases.connect import Attempt, Connected, connect
from bot.usecases.ports import Ports
from tests.autotask.tenant import Tenant
from tests.sandbox.autotask.visitor import Clock, Visitor, draw_world
from tests.usecases.conftest import ALICE, House

LOCKS_AFTER = 5


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
