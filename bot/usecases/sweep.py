"""Check what is due, and tell at once what that has found: before more is asked.

Where many connections fail at the same moment, asking on would leave no time for telling, and the
first of them would be told last.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from bot.domain.errors import StoreUnavailable
from bot.usecases.check import check_due
from bot.usecases.deliver import deliver_due
from bot.usecases.ports import Ports

CATCH_UP = 1.0
"""Seconds that the next checks wait for what is being told. A Slack that hangs holds nothing up."""


async def check_and_tell(ports: Ports, *, enough: Callable[[], bool] = lambda: False) -> int:
    """Returns how many were checked. Once it is `enough`, nothing more is begun."""
    telling: asyncio.Task[None] | None = None
    async with asyncio.TaskGroup() as group:

        async def tell() -> None:
            nonlocal telling
            if telling is None or telling.done():
                telling = group.create_task(_deliver(ports, enough))
            await asyncio.wait({telling}, timeout=CATCH_UP)

        return await check_due(ports, enough=enough, after_each_batch=tell)


async def _deliver(ports: Ports, enough: Callable[[], bool]) -> None:
    """A database that is away must not stop the checks; what is owed is delivered by and by."""
    with suppress(StoreUnavailable):
        await deliver_due(ports, enough=enough)
