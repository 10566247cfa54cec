"""Who ends the workers, and when: at random moments, more often at the awkward ones."""

import asyncio
import random
import signal
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.faults.doom import Doom
from tests.faults.recording_slack import Dropped, RecordingSlack
from tests.faults.zygote import Worker

LONGEST = 0.8
"""Seconds that a worker lives when the moment it waits for does not come."""
INSIDE = (
    "signing in",
    *(
        f"{when} {about}"
        for about in ("booking", "telling", "claiming", "settling")
        for when in ("statement", "before commit", "after commit")
    ),
)
OUTSIDE = ("call held, then dropped", "call held, then accepted", "call accepted, not answered")


@dataclass
class Nemesis:
    """`deaths` counts what the workers died of."""

    slack: RecordingSlack
    dice: random.Random
    deaths: Counter[str] = field(default_factory=Counter)
    inside: tuple[str, ...] = INSIDE

    def choose(self) -> tuple[str, Doom | None]:
        """Three in ten die of the clock alone, as many at a moment inside, four in ten while
        Slack holds their call."""
        fate = self.dice.random()
        if fate < 0.3:
            return "the clock", None
        if fate < 0.6:
            moment = self.dice.choice(self.inside)
            return moment, Doom(moment, self.dice.randint(1, 3))
        return self.dice.choice(OUTSIDE), None

    async def end(self, worker: Worker, moment: str, by: int = signal.SIGKILL) -> None:
        """Send the signal at that moment; by the clock where it does not come. For a SIGKILL,
        returns when the worker is dead.
        """
        struck = asyncio.Event()
        if moment in OUTSIDE:
            self._set_trap(worker, moment, by, struck)
        short = moment == "the clock"
        patience = self.dice.uniform(0.0, 0.25) if short else LONGEST
        striking = asyncio.create_task(struck.wait())
        either: set[asyncio.Future[Any]] = {striking, worker.ended}
        await asyncio.wait(either, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        striking.cancel()
        in_time = struck.is_set() or worker.ended.done()
        self.deaths[moment if in_time or short else "the clock, at last"] += 1
        if not struck.is_set():
            worker.signal(by)
        if by == signal.SIGKILL:
            await worker.dead()

    def _set_trap(self, worker: Worker, moment: str, by: int, struck: asyncio.Event) -> None:
        """Spring at one of the next calls."""
        nth = self.dice.randint(1, 3)
        late = self.dice.uniform(0, 0.05)
        stage = "after" if moment == OUTSIDE[2] else "before"

        async def spring(at: str, token: str) -> None:
            nonlocal nth
            if at != stage or not token.endswith(f"-{worker.pid}") or worker.ended.done():
                return
            nth -= 1
            if nth != 0:
                return
            worker.signal(by)
            if by == signal.SIGKILL:
                await worker.dead()
            struck.set()
            if moment == OUTSIDE[0]:
                raise Dropped
            if moment == OUTSIDE[1]:
                await asyncio.sleep(late)

        self.slack.trap = spring
