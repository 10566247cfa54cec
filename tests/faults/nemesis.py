"""Who ends the workers, and when: at random moments, more often at the awkward ones."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from tests.faults.doom import Doom
from tests.faults.recording_slack import Dropped, RecordingSlack, Trap, let_pass
from tests.faults.zygote import Worker

LONGEST = 0.6
"""Seconds that a worker lives when the moment it waits for does not come."""
INSIDE = (
    "signing in",
    *(
        f"{when} {about}"
        for about in ("booking", "telling", "claiming", "settling")
        for when in ("statement", "before commit", "after commit")
    ),
)
DROPPED, ACCEPTED_LATE, NOT_ANSWERED = OUTSIDE = (
    "call held, then dropped",
    "call held, then accepted",
    "call accepted, not answered",
)


@dataclass
class Nemesis:
    """`deaths` counts what the workers died of."""

    slack: RecordingSlack
    dice: random.Random
    deaths: Counter[str] = field(default_factory=Counter)
    inside: tuple[str, ...] = INSIDE
    late: float = 0.05
    """Seconds after which a call that was held is accepted, at the latest."""

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

    async def kill(self, worker: Worker, moment: str) -> None:
        """At that moment; by the clock where it does not come."""
        await self._strike(worker, moment, worker.kill)
        await worker.dead()

    async def stop(self, worker: Worker, moment: str) -> None:
        """The same with SIGSTOP. Of the calls to Slack, only new messages are such moments."""
        await self._strike(worker, moment, worker.stop, methods={"chat.postMessage"})

    async def _strike(
        self,
        worker: Worker,
        moment: str,
        blow: Callable[[], Awaitable[None]],
        methods: Collection[str] = ("chat.postMessage", "chat.update"),
    ) -> None:
        struck = asyncio.Event()
        if moment in OUTSIDE:
            self.slack.trap = self._trap(worker, moment, blow, methods, struck)
        short = moment == "the clock"
        patience = self.dice.uniform(0.0, 0.25) if short else LONGEST
        striking = asyncio.create_task(struck.wait())
        either: set[asyncio.Future[Any]] = {striking, worker.ended}
        await asyncio.wait(either, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        striking.cancel()
        in_time = struck.is_set() or worker.ended.done()
        self.deaths[moment if in_time or short else "the clock, at last"] += 1
        if not in_time:
            self.slack.trap = let_pass
            await blow()

    def _trap(
        self,
        worker: Worker,
        moment: str,
        blow: Callable[[], Awaitable[None]],
        methods: Collection[str],
        struck: asyncio.Event,
    ) -> Trap:
        """Springs at one of the next calls."""
        left = self.dice.randint(1, 3)
        late = self.dice.uniform(0, self.late)
        stage = "after" if moment == NOT_ANSWERED else "before"

        async def spring(at: str, method: str, token: str) -> None:
            nonlocal left
            mine = token.endswith(f"-{worker.pid}") and not worker.ended.done()
            if at != stage or method not in methods or not mine:
                return
            left -= 1
            if left != 0:
                return
            struck.set()
            await blow()
            if moment == DROPPED:
                raise Dropped
            if moment == ACCEPTED_LATE:
                await asyncio.sleep(late)

        return spring
