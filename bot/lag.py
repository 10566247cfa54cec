"""How long the event loop is held up. Everything waits while it is: Slack gives up after 3 s."""

import asyncio
import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

log = logging.getLogger(__name__)

PERIOD = 0.5
"""Seconds between looks."""
ALARM = 5.0
"""Seconds after which it is logged what the loop is doing meanwhile."""


@dataclass(slots=True)
class Figures:
    """In seconds; for whoever shows them."""

    last: float = 0.0
    worst: float = 0.0
    stalls: int = 0
    """How many times it took longer than ALARM."""


class LagProbe:
    """Measures in the loop, and looks on from a thread, which can still speak while the loop is
    held up. `figures` are its own since the start."""

    def __init__(
        self,
        *,
        period: float = PERIOD,
        alarm: float = ALARM,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.figures = Figures()
        self._period = period
        self._alarm = alarm
        self._monotonic = monotonic
        self._lately = 0.0
        self._seen_at = monotonic()
        self._over = threading.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to measure. Call inside the running loop."""
        self._seen_at = self._monotonic()
        self._task = asyncio.create_task(self._measure())
        onlooker = threading.Thread(
            target=self._look_on, args=(threading.get_ident(),), name="lag", daemon=True
        )
        onlooker.start()

    async def stop(self) -> None:
        """Measure no more."""
        self._over.set()
        if self._task:
            self._task.cancel()
            await asyncio.wait({self._task})

    def take(self) -> float:
        """The longest hold-up since this was last asked, in seconds."""
        lately, self._lately = self._lately, 0.0
        return lately

    async def _measure(self) -> None:
        while True:
            began = self._monotonic()
            await asyncio.sleep(self._period)
            self._seen_at = self._monotonic()
            self._note(max(0.0, self._seen_at - began - self._period))

    def _note(self, lag: float) -> None:
        figures = self.figures
        figures.last, figures.worst = lag, max(figures.worst, lag)
        self._lately = max(self._lately, lag)
        if lag > self._alarm:
            figures.stalls += 1
            log.warning("loop_was_held_up", extra={"seconds": round(lag, 1)})

    def _look_on(self, loop_thread: int) -> None:
        """Once for each hold-up; a stack is lines of source, without values."""
        told_of = None
        while not self._over.wait(self._period):
            seen_at = self._seen_at
            late = self._monotonic() - seen_at - self._period
            frame = sys._current_frames().get(loop_thread)  # noqa: SLF001 - its only name
            if late > self._alarm and told_of != seen_at and frame:
                told_of = seen_at
                stack = "".join(traceback.format_stack(frame))
                log.error("loop_held_up", extra={"seconds": round(late, 1), "stack": stack})
