"""The world as a whole: starting, announcing itself, stopping."""

import asyncio

import pytest
from aiohttp import ClientConnectionError, ClientSession, web

from bot.sandbox.autotask import Quirks
from tests.sandbox.autotask.visitor import Clock, Visitor, draw_world


class ObservedClock(Clock):
    """Tells when a request has arrived: its time is noted then."""

    def __init__(self) -> None:
        self.looked_at = asyncio.Event()

    def __call__(self) -> float:
        self.looked_at.set()
        return self.now


async def test_every_zone_is_announced(visitor: Visitor) -> None:
    hosts = visitor.world.announcement()["extra_hosts"].split(",")

    zones = [zone["base_url"] for zone in (await visitor.state())["zones"]]

    assert [f"http://{host}" for host in hosts] == zones
    assert len(set(hosts)) >= 3


async def test_a_taken_port_is_an_os_error_and_another_one_works(visitor: Visitor) -> None:
    world = draw_world()

    with pytest.raises(OSError, match="in use"):
        await world.start(int(visitor.first_zone.rpartition(":")[2]))

    await world.start(0)
    assert world.announcement()["base_url"] != visitor.first_zone
    await world.stop()


async def test_one_seed_draws_one_world_and_another_seed_another() -> None:
    same, again, other = map(draw_world, (1, 1, 2))

    assert same.announcement() == again.announcement()
    assert same.announcement()["secret"] != other.announcement()["secret"]


async def test_quirks_can_be_chosen_at_the_start() -> None:
    world = draw_world(quirks=Quirks(available_after=300))
    await world.start(0)

    async with ClientSession() as session:
        assert await Visitor(session, world, Clock()).sign_in() == 401

    await world.stop()


async def test_the_panel_can_be_mounted_elsewhere(visitor: Visitor) -> None:
    app = web.Application()
    app.add_subapp("/autotask/", visitor.world.panel_app())
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/autotask/state"

    async with visitor.session.get(address) as response:
        assert await response.json() == await visitor.state()

    await runner.cleanup()


@pytest.mark.parametrize("fault", ["hang", "drip", "slow"])
async def test_stopping_leaves_nothing_pending(fault: str) -> None:
    before = asyncio.all_tasks()
    clock = ObservedClock()
    world = draw_world(clock=clock)
    await world.start(0)
    async with ClientSession() as session:
        visitor = Visitor(session, world, clock)
        await visitor.do("zone_fault", zone="all", fault=fault, ms=60_000)
        clock.looked_at.clear()
        call = asyncio.create_task(visitor.call("Companies/0"))
        await clock.looked_at.wait()

        await asyncio.wait_for(world.stop(), 3)

        await asyncio.wait([call], timeout=3)
        with pytest.raises(ClientConnectionError):
            await visitor.state()
    assert asyncio.all_tasks() == before
