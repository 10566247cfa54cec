"""A deadline that counts the time in which this process ran.

A process that was stopped finds its timers overdue when it goes on, and the event loop runs them
before the tasks that wait for what has arrived meanwhile (seen with Python 3.11): a call that was
answered in time would look unanswered.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LATE = 0.1
"""Seconds by which a timer may come late while the loop runs."""
MOMENT = 1.0
"""Seconds for reading what has arrived while it did not."""
MOMENTS = 3
"""At most: a loop that is late again and again must come to an end too."""


@asynccontextmanager
async def deadline(seconds: float) -> AsyncIterator[None]:
    """Cut the block off after so many seconds, with TimeoutError, as asyncio.timeout does; but
    where the process stood still at that time, MOMENT seconds after it went on.
    """
    async with asyncio.timeout(None) as limit:
        alarm = _Alarm(limit)
        alarm.set(seconds)
        try:
            yield
        finally:
            alarm.stop()


class _Alarm:
    """Ends the time-out when it rings, unless it rings late."""

    def __init__(self, limit: asyncio.Timeout) -> None:
        self._limit = limit
        self._loop = asyncio.get_running_loop()
        self._moments = MOMENTS

    def set(self, seconds: float) -> None:
        self._due = self._loop.time() + seconds
        self._timer = self._loop.call_at(self._due, self._ring)

    def stop(self) -> None:
        self._timer.cancel()

    def _ring(self) -> None:
        now = self._loop.time()
        if now - self._due > LATE and self._moments:
            self._moments -= 1
            self.set(MOMENT)
        else:
            self._limit.reschedule(now)
