from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from tests.sandbox.autotask.visitor import Clock, Visitor, draw_world


@pytest.fixture
async def visitor() -> AsyncIterator[Visitor]:
    clock = Clock()
    world = draw_world(clock=clock)
    await world.start(0)
    async with ClientSession() as session:
        yield Visitor(session, world, clock)
    await world.stop()
