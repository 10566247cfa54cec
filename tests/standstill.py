"""An event loop whose time is in the test's hands, so that the process can stand still for minutes
at no cost."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

STEP = 0.05
"""Seconds of the loop's time that pass in one of its rounds: its timers are late by less."""


class Loop(asyncio.SelectorEventLoop):
    """Its time passes as ever, and by leaps as well."""

    leapt = 0.0

    def time(self) -> float:
        return super().time() + self.leapt

    def stand_still(self, seconds: float) -> None:
        """As if the process had been stopped for so long."""
        self.leapt += seconds

    async def hurry(self) -> None:
        """Leap a little in every round."""
        while True:
            self.leapt += STEP
            await asyncio.sleep(0)


def run(test: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(test)


def the_loop() -> Loop:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, Loop)
    return loop


@asynccontextmanager
async def time_flying() -> AsyncIterator[Loop]:
    """Minutes pass in no time, while the loop runs."""
    flying = asyncio.create_task(the_loop().hurry())
    yield the_loop()
    flying.cancel()
    with suppress(asyncio.CancelledError):
        await flying
