"""Ticks: a few fixed ones, kept in memory. What is due is in the database; a tick only says "now".

APScheduler's own job store would pickle jobs and freezes the loop when many are overdue.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = logging.getLogger(__name__)

Tick = Callable[[], Awaitable[Any]]
EVERY = 0.5
"""Seconds between ticks, where nothing else is said. A tick that takes longer is not started a
second time."""
LATE = 120.0
"""Seconds without a finished tick after which something is wrong, where nothing else is said."""
CUT_OFF = 1.0
"""Seconds that a tick has to notice that it was cut off."""


class Scheduler:
    """Runs each tick twice a second or as often as is said, one at a time; a tick that fails runs
    again, and is logged once for each trouble and once when that is over.

    A tick with much to do comes back after each round of it, so that it is seen to get on.
    """

    def __init__(
        self,
        ticks: Mapping[str, Tick],
        *,
        every: Mapping[str, float] | None = None,
        late: Mapping[str, float] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`every` has the seconds between ticks, by name, of those that do not run twice a second;
        these run at the start as well. `late` has the seconds after which something is wrong, of
        those that have less to do than others.
        """
        self._ticks = ticks
        self._every = dict(every or {})
        self._late = {name: LATE + pause for name, pause in self._every.items()} | dict(late or {})
        self._monotonic = monotonic
        self._running: set[asyncio.Task[Any]] = set()
        self._finished_at: dict[str, float] = {}
        self._trouble: dict[str, str] = {}
        self._stopping = False
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        # A tick that lasts longer than a second is no news, but each is logged as a warning.
        logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)

    def start(self) -> None:
        """Begin ticking. Call inside the running loop."""
        for name, tick in self._ticks.items():
            self._finished_at[name] = self._monotonic()
            job = self._scheduler.add_job(
                self._run,
                "interval",
                (name, tick),
                seconds=self._every.get(name, EVERY),
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
            if name in self._every:
                job.modify(next_run_time=datetime.fromtimestamp(time.time(), UTC))
        self._scheduler.start()

    async def stop(self, drain: float) -> None:
        """Start no tick any more, give the running ones `drain` seconds, and cut off the rest.

        APScheduler's own shutdown cancels running coroutines, whatever its `wait` says.
        """
        self._stopping = True
        self._scheduler.pause()
        await self._wait(drain)
        self._scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # it stops in a callback of the loop
        await self._wait(CUT_OFF)

    def on_time(self) -> bool:
        """Whether every tick has finished lately."""
        return all(
            self._monotonic() - finished_at < self._late.get(name, LATE)
            for name, finished_at in self._finished_at.items()
        )

    async def _wait(self, seconds: float) -> None:
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)

    async def _run(self, name: str, tick: Tick) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - inside a coroutine there is one
        self._running.add(task)
        try:
            await tick()
            self._finished_at[name] = self._monotonic()
            if self._trouble.pop(name, None):
                log.warning("tick_works_again", extra={"tick": name})
        except asyncio.CancelledError:
            if not self._stopping:
                raise
            log.warning("tick_cut_off", extra={"tick": name})  # its claims lapse
        except Exception as error:  # noqa: BLE001 - it is told, and runs again
            self._tell(name, error)
        finally:
            self._running.discard(task)

    def _tell(self, name: str, error: Exception) -> None:
        """Twice a second the same would fill the very disk whose being full it is about."""
        trouble = f"{type(error).__name__}: {error}"
        if self._trouble.get(name) != trouble:
            self._trouble[name] = trouble
            log.error("tick_failed", extra={"tick": name}, exc_info=error)
