"""Who watches the watcher: signs of life, gaps in watching, clocks that are set, and machines that
stand still.

People are told of a gap once in each channel, and only after all has been checked again.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.gap import Gap, bulletin, one_per_channel, over
from bot.domain.timekeeping import NONE, SHORTEST_GAP, Reading, gap_limit, jump, set_back
from bot.usecases.check import NotWritten
from bot.usecases.deliver import deliver_due
from bot.usecases.outside import Outside
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
    outside: Outside
    heartbeat: Heartbeat | None = None
    enough: Callable[[], bool] = lambda: False
    """Whether the process is about to stop: then nothing more is begun."""
    _read: Reading | None = None
    _beaten: float = float("-inf")
    _missed: timedelta = NONE
    _stood: bool = False
    """Whether this machine has stood still since the last sign of life."""
    _swept: bool = False
    _lost_since: float | None = None
    """When the results of checks began to be lost, for want of a database that takes them."""
    _again_at: float = 0.0
    _made_at: float = float("-inf")
    """When a check was made last."""
    _tell_at: datetime | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def start(self) -> None:
        """Before the first sweep: find out for how long nobody watched, and let nothing that is
        overdue be checked all at once."""
        now, self._made_at = self.ports.clock.now(), self.ports.clock.elapsed()
        newest = await self.ports.nodes.newest()
        back = set_back(newest.seen_at if newest else None, now)
        if pulled := await self.ports.schedule.realign(now=now, jump=back):
            log.warning("checks_pulled_back", extra={"connections": pulled})
        await self.beat()
        if self._tell_at is None and await self.ports.gaps.untold():
            self._tell_at = now  # somebody was stopped before they could tell

    async def beat(self) -> None:
        """Write a sign of life. Where the last one is too long ago, that was a gap. Raises
        StoreUnavailable, also where it is what checks have seen that the database does not take:
        one without room for a new row may have some for one that is there already."""
        async with self._turn:
            if self._lost_for() > SHORTEST_GAP:
                raise NotWritten
            await self._look_at_the_clock()
            now, elapsed = self.ports.clock.now(), self.ports.clock.elapsed()
            limit = gap_limit(self.ports.policy)
            silent = self._stood or elapsed - self._beaten > limit.total_seconds()
            gap = await self.ports.nodes.beat(
                Node(self.node_id, self.started_at, now, self.lag()),
                gap_after=limit if silent else None,
                gap_id=self.ports.clock.new_id(),
            )
            self._beaten, self._stood = elapsed, False
            if gap:
                await self._spread(now, SPREAD)
                self._tell_at = now + self._within(SPREAD)
                log.warning("gap", extra={"since": gap.started_at.isoformat()})

    async def sweep(self) -> int:
        """Check what is due, and deliver at once what that has found; returns how many checks."""
        limit = gap_limit(self.ports.policy).total_seconds()
        if self._lost_since is None and (self.silent() > limit or self._set_by(self._reading())):
            await self.beat()
        checked = await self._check()
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
        in_time = await self._late() < 2 * self.ports.policy.check_interval
        return in_time and await self.heartbeat.ping()

    def silent(self) -> float:
        """Seconds since the last sign of life."""
        return self.ports.clock.elapsed() - self._beaten

    async def trouble(self) -> str:
        """What is wrong with checks or outbox, in a word; empty: nothing. Raises StoreUnavailable
        where the database cannot be read and written just now."""
        if self.silent() > PROVEN:
            await self.beat()
        if await self._makes_no_checks():
            return "checks"
        lying = await self.ports.nodes.undelivered(now=self.ports.clock.now())
        if lying > STUCK and await self.ports.messenger.reachable():
            return "outbox"
        return ""

    async def _makes_no_checks(self) -> bool:
        """Though they are late: that alone may be due to very many that hang."""
        limit, elapsed = gap_limit(self.ports.policy).total_seconds(), self.ports.clock.elapsed()
        return elapsed - self._made_at > limit and await self._late() > limit

    async def _late(self) -> float:
        return await self.ports.nodes.lateness(now=self.ports.clock.now())

    def _lost_for(self) -> float:
        """For how many seconds no check has been written, though some were made."""
        since = self._lost_since
        return 0.0 if since is None else self.ports.clock.elapsed() - since

    async def _check(self) -> int:
        """Where results are lost, no more than one check is made in an interval."""
        elapsed = self.ports.clock.elapsed()
        if self._lost_for() > SHORTEST_GAP and elapsed < self._again_at:
            return 0
        try:
            checked = await check_and_tell(self.ports, enough=self.enough)
        except NotWritten:
            self._lost_since = elapsed if self._lost_since is None else self._lost_since
            self._again_at = elapsed + self.ports.policy.check_interval
            raise
        if checked:
            self._lost_since, self._made_at = None, self.ports.clock.elapsed()
        self._swept = True
        return checked

    async def _look_at_the_clock(self) -> None:
        now = self._reading()
        set_by = self._set_by(now)
        if set_by > NONE and await self._stood_still(set_by):
            log.warning("stood_still", extra={"seconds": round(set_by.total_seconds())})
            self._stood = True
        elif set_by:
            log.warning("clock_set", extra={"seconds": round(set_by.total_seconds())})
            await self.ports.schedule.realign(now=now.wall, jump=set_by)
            await self._spread(now.wall, timedelta(seconds=self.ports.policy.check_interval))
        self._read = now
        if set_by:
            self._missed = self.outside.missed

    def _reading(self) -> Reading:
        return Reading(self.ports.clock.now(), self.ports.clock.elapsed())

    def _set_by(self, now: Reading) -> timedelta:
        """Since the last sign of life."""
        return jump(self._read, now) if self._read else NONE

    async def _stood_still(self, set_by: timedelta) -> bool:
        """Whether the time of day was set forward because so much time has passed. Where nobody can
        tell, people are rather told of a time in which nobody watched."""
        known = await self.outside.look()
        return not known or self.outside.missed - self._missed > set_by / 2

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
