from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.autotask.client import AutotaskClient
from bot.autotask.wire import Wire
from bot.trust import trusted
from tests.autotask.tenant import Tenant
from tests.sandbox.autotask.visitor import Clock, Visitor, draw_world

TRUST = trusted(None)
NOWHERE = "http://127.0.0.1:9"

WireFactory = Callable[..., Wire]


@pytest.fixture
async def new_wire() -> AsyncIterator[WireFactory]:
    """Wires with a short deadline, closed in the end."""
    async with AsyncExitStack() as stack:

        def new(*, zone_url: str = NOWHERE, deadline: float = 0.3, **settings: Any) -> Wire:
            settings.setdefault("trust", TRUST)
            wire = Wire(zone_url=zone_url, deadline=deadline, **settings)
            stack.push_async_callback(wire.aclose)
            return wire

        yield new


@pytest.fixture
async def wire(new_wire: WireFactory) -> Wire:
    return new_wire()


@pytest.fixture
async def tenant(new_wire: WireFactory) -> AsyncIterator[Tenant]:
    """The sample tenant of a make-believe Autotask, and a client that may reach its zones."""
    world = draw_world()
    await world.start(0)
    async with ClientSession() as session:
        visitor = Visitor(session, world, Clock())
        known = world.announcement()
        wire = new_wire(zone_url=known["base_url"], deadline=2.0)
        yield Tenant(visitor, AutotaskClient(wire, frozenset(known["extra_hosts"].split(","))))
    await world.stop()
