"""Who watches the watcher: signs of life, gaps in watching, and clocks that are set.

People are told of a gap once in each channel, and only after all has been checked again.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.gap import Gap, bulletin, one_per_channel, over
from bot.domain.timekeeping import NONE, Reading, gap_limit, jump
from bot.usecases.deliver import deliver_due
from bot.usecases.ports import Ports
from bot.usecases.sweep import check_and_tell
from bot.usecases.watching import Heartbeat, Node

log = logging.getLogger(__name__)

SPREAD = timedelta(minutes=1)
"""After downtime, all that is overdue is checked within this time, if it is not due sooner."""
STUCK = 300.0
"""Seconds that an alert may lie in the outbox, with Slack in reach, for no reason but ours."""
PROVEN = 5.0
"""Seconds that one proof of a writable database serves."""


@dataclass(slots=True)
class Watchdog:
    """One per process that serves. `lag` tells the longest recent hold-up of the event loop."""

    ports: Ports
    node_id: str
    started_at: datetime
    lag: Callable[[], float]
    heartbeat: Heartbeat | None = None
    enough: Callable[[], bool] = lambda: False
    """Whether the process is about to stop: then nothing more is begun."""
    _read: Reading | None = None
    _beaten: float = float("-inf")
    _swept: bool = False
    _tell_at: datetime | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def start(self) -> None:
        """Before the first sweep: find out for how long nobody watched, and let nothing that is
        overdue be checked all at once."""
        now = self.ports.clock.now()
        if pulled := await self.ports.schedule.realign(now=now, jump=NONE):
            log.warning("checks_pulled_back", extra={"connections": pulled})
        await self.beat()
        if self._tell_at is None and await self.ports.gaps.untold():
            self._tell_at = now  # somebody was stopped before they could tell

    async def beat(self) -> None:
        """Write a sign of life. Where the last one is too long ago, that was a gap. Raises
        StoreUnavailable."""
        async with self._turn:
            now, elapsed = self.ports.clock.now(), self.ports.clock.elapsed()
            limit = gap_limit(self.ports.policy)
            silent = elapsed - self._beaten > limit.total_seconds()
            gap = await self.ports.nodes.beat(
                Node(self.node_id, self.started_at, now, self.lag()),
                gap_after=limit if silent else None,
                gap_id=self.ports.clock.new_id(),
            )
            self._beaten = elapsed
            if gap:
                await self._spread(now, SPREAD)
                self._tell_at = now + self._within(SPREAD)
                log.warning("gap", extra={"since": gap.started_at.isoformat()})

    async def sweep(self) -> int:
        """Check what is due, and deliver at once what that has found; returns how many checks."""
        await self._look_at_the_clock()
        if self.ports.clock.elapsed() - self._beaten > gap_limit(self.ports.policy).total_seconds():
            await self.beat()
        checked = await check_and_tell(self.ports, enough=self.enough)
        self._swept = True
        if await self._tell_gaps():
            await deliver_due(self.ports, enough=self.enough)
        return checked

    async def ping(self) -> bool:
        """Tell the operator's dead man's switch that all is watched: since the last time a sweep
        has finished, the database was written, and no check is late by two intervals."""
        swept, self._swept = self._swept, False
        if self.heartbeat is None or not swept:
            return False
        await self.beat()
        late = await self.ports.nodes.lateness(now=self.ports.clock.now())
        return late < 2 * self.ports.policy.check_interval and await self.heartbeat.ping()

    async def trouble(self) -> str:
        """What is wrong with database or outbox, in a word; empty: nothing. Raises StoreUnavailable
        where the database cannot be read and written just now."""
        if self.ports.clock.elapsed() - self._beaten > PROVEN:
            await self.beat()
        lying = await self.ports.nodes.undelivered(now=self.ports.clock.now())
        if lying > STUCK and await self.ports.messenger.reachable():
            return "outbox"
        return ""

    async def _look_at_the_clock(self) -> None:
        now = Reading(self.ports.clock.now(), self.ports.clock.elapsed())
        set_by = jump(self._read, now) if self._read else NONE
        if set_by:
            log.warning("clock_set", extra={"seconds": round(set_by.total_seconds())})
            await self.ports.schedule.realign(now=now.wall, jump=set_by)
            await self._spread(now.wall, timedelta(seconds=self.ports.policy.check_interval))
            await self.beat()
        self._read = now

    async def _spread(self, now: datetime, within: timedelta) -> None:
        count = await self.ports.schedule.spread(now=now, within=self._within(within))
        log.info("checks_spread", extra={"connections": count})

    def _within(self, span: timedelta) -> timedelta:
        return min(span, timedelta(seconds=self.ports.policy.check_interval))

    async def _tell_gaps(self) -> bool:
        """Once all that was overdue has been checked again."""
        now = self.ports.clock.now()
        if self._tell_at is None or now < self._tell_at:
            return False
        for gap in await self.ports.gaps.untold():
            await self._tell(gap, now)
        self._tell_at = None
        return True

    async def _tell(self, gap: Gap, now: datetime) -> None:
        audience = one_per_channel(await self.ports.gaps.audience(before=gap.started_at))
        text = over(gap.started_at, gap.ended_at or now)
        alerts = [bulletin(each, text, now=now, id=self.ports.clock.new_id()) for each in audience]
        await self.ports.gaps.close([gap], alerts)
