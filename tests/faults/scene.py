"""The scene of one run: a house, a Slack, workers, and what comes for them."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

from tests.faults import orders
from tests.faults.checker import Verdict, check, integrity, repeats
from tests.faults.doom import Doom
from tests.faults.house import Plan, furnish
from tests.faults.mix import BUSY, CALM, LYING
from tests.faults.nemesis import INSIDE, Nemesis
from tests.faults.orders import committed
from tests.faults.recording_slack import RecordingSlack, let_pass, serving
from tests.faults.worker import Task
from tests.faults.zygote import Parent, Worker, Zygote, zygote

CONNECTIONS, CHANNELS = 24, 8
KILLED = -9
PATIENCE = 60.0
"""Seconds for a worker to start, on a busy machine."""
LULL = 20.0
"""Seconds in which there may be nothing to tell, on a machine that is busier still."""


@dataclass
class Result:
    """What a row of the table tells."""

    tried: int
    told: int
    lost: list[str]
    repeated: int
    allowed: int
    """How many repeats there may be."""
    seconds: float
    unclear: int = 0
    broken: list[str] = field(default_factory=list)
    deaths: dict[str, int] = field(default_factory=dict)
    errors: str = ""

    @property
    def held(self) -> bool:
        """Whether what is promised was."""
        return not self.lost and not self.broken and self.repeated <= self.allowed


@dataclass
class Scene:
    """Everything that one run needs, ready."""

    plan: Plan
    slack: RecordingSlack
    zygote: Zygote
    nemesis: Nemesis
    dice: random.Random
    began: float

    order: str | None
    """The naive order that the workers follow; None: they are the product."""
    broken: list[str] = field(default_factory=list)

    async def fork(self, *, last: bool = False, doom: Doom | None = None) -> Worker:
        """Another worker."""
        return await self.zygote.fork(Task(self.plan, last, doom, self.order))

    async def fork_at_work(self) -> Worker:
        """Another worker, which has asked already whether Slack is there."""
        worker = await self.fork()
        await self._at_work([worker])
        return worker

    async def fork_pair(self) -> list[Worker]:
        """Two replicas, both at work."""
        pair = [await self.fork(), await self.fork()]
        await self._at_work(pair)
        return pair

    async def _at_work(self, workers: list[Worker]) -> None:
        async with asyncio.timeout(PATIENCE):
            for each in workers:
                await self.slack.heard_of(each.pid)

    async def end(self, workers: list[Worker]) -> None:
        """None of them has died of anything, and none does: they end what they have begun."""
        await self._at_work(workers)
        async with asyncio.timeout(PATIENCE):
            for each in workers:
                await each.end()

    async def go_on(self) -> None:
        """Until Slack has taken something more, but not for ever."""
        more = asyncio.Event()

        async def note(stage: str, method: str, token: str) -> None:
            if stage == "after":
                more.set()

        self.slack.trap = note
        with suppress(TimeoutError):
            await asyncio.wait_for(more.wait(), LULL)

    async def kill_once(self, worker: Worker, moment: str) -> None:
        """It dies of SIGKILL; of anything else, the run has failed."""
        await self.nemesis.kill(worker, moment)
        status = await worker.dead()
        assert status == KILLED, f"a worker ended with {status}: {self.zygote.errors()}"

    def look_at_the_file(self, number: int) -> None:
        """Whether SQLite finds it whole after that kill."""
        said = integrity(self.plan.url)
        self.broken += [] if said == "ok" else [f"after kill {number}: {said}"]

    async def settle(self) -> None:
        """No more faults: a last worker delivers what is owed, and ends by itself."""
        self.slack.mix = CALM
        self.slack.trap = let_pass
        last = await self.fork(last=True)
        status = await last.dead()
        assert status == 0, f"the last worker ended with {status}: {self.zygote.errors()}"

    async def result(self, tried: int, *, each: int = 1) -> Result:
        """The verdict, in peace. Where nobody can look, each fault may repeat so many messages."""
        await self.settle()
        verdict = await self._verdict()
        return Result(
            tried=tried,
            told=verdict.told,
            lost=verdict.lost,
            repeated=verdict.repeated,
            allowed=0 if self.slack.history else tried * each,
            seconds=time.monotonic() - self.began,
            unclear=self.slack.unclear,
            broken=self.broken + verdict.broken,
            deaths=dict(self.nemesis.deaths),
            errors=self.zygote.errors(),
        )

    async def _verdict(self) -> Verdict:
        if self.order is None:
            return await check(self.plan.url, self.slack)
        told, lost = committed(self.plan, self.slack)
        return Verdict(told, lost, repeats(self.slack))


@asynccontextmanager
async def scene(
    plan: Plan, parent: Parent, *, history: bool = False, order: str | None = None
) -> AsyncIterator[Scene]:
    """A furnished house, a Slack with its faults, and somebody to fork workers."""
    began = time.monotonic()
    dice = random.Random(plan.seed)
    slack = RecordingSlack(random.Random(plan.seed), CALM, history=history, hurry=plan.hurry)
    nemesis = Nemesis(slack, dice, inside=orders.INSIDE if order else INSIDE)
    async with serving(slack), zygote(parent) as forker:
        plan = replace(plan, slack_url=slack.url)
        if order is None:
            await furnish(plan, CONNECTIONS, CHANNELS)
        slack.forget()
        slack.mix = LYING if history else BUSY
        yield Scene(plan, slack, forker, nemesis, dice, began, order)
