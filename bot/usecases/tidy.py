"""Keep history short: roll up what the checks saw, and forget what is too old."""

import asyncio

from bot.usecases.ports import Ports


async def tidy(ports: Ports) -> int:
    """All there is to do, in small steps so that nobody waits for long; returns how many.

    Whatever is left undone by an end in the middle is done the next time.
    """
    steps = 0
    while await ports.history.tidy(now=ports.clock.now()):
        steps += 1
        await asyncio.sleep(0)
    return steps
