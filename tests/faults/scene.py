"""The scene of one run: a house, a Slack, workers, and what comes for them."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.faults import orders
from tests.faults.checker import Verdict, check, integrity, repeats
from tests.faults.doom import Doom
from tests.faults.house import Plan, furnish
from tests.faults.nemesis import INSIDE, Nemesis
from tests.faults.orders import committed
from tests.faults.recording_slack import CALM, Mix, RecordingSlack, let_pass, serving
from tests.faults.worker import Task
from tests.faults.zygote import Worker, Zygote, zygote

CONNECTIONS, CHANNELS = 24, 8
KILLED = -9
PATIENCE = 60.0
"""Seconds for a worker to start, on a busy machine."""
LULL = 3.0
"""Seconds in which there may be nothing to tell."""


@dataclass
class Result:
    """What a row of the table tells."""

    fault: str
    database: str
    tried: int
    told: int
    lost: list[str]
    repeated: int
    seconds: float
    unclear: int = 0
    broken: list[str] = field(default_factory=list)
    deaths: dict[str, int] = field(default_factory=dict)
    errors: str = ""


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

    async def fork_pair(self) -> list[Worker]:
        """Two replicas, both at work: each has asked whether Slack is there."""
        pair = [await self.fork(), await self.fork()]
        async with asyncio.timeout(PATIENCE):
            for each in pair:
                await self.slack.heard_of(each.pid)
        return pair

    async def go_on(self) -> None:
        """Until Slack has taken something more, but not for ever."""
        more = asyncio.Event()

        async def note(stage: str, token: str) -> None:
            if stage == "after":
                more.set()

        self.slack.trap = note
        with suppress(TimeoutError):
            await asyncio.wait_for(more.wait(), LULL)

    async def kill_once(self, worker: Worker, moment: str) -> None:
        """It dies of SIGKILL; of anything else, the run has failed."""
        await self.nemesis.end(worker, moment)
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

    async def result(self, fault: str, tried: int) -> Result:
        """The verdict, in peace."""
        await self.settle()
        verdict = await self._verdict()
        return Result(
            fault=fault,
            database=self.plan.url.partition(":")[0],
            tried=tried,
            told=verdict.told,
            lost=verdict.lost,
            repeated=verdict.repeated,
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
    plan: Plan, directory: Path, *, history: bool = False, order: str | None = None
) -> AsyncIterator[Scene]:
    """A furnished house, a Slack with its faults, and a parent for workers."""
    began = time.monotonic()
    dice = random.Random(plan.seed)
    slack = RecordingSlack(random.Random(plan.seed), CALM, history=history, hurry=plan.hurry)
    nemesis = Nemesis(slack, dice, inside=orders.INSIDE if order else INSIDE)
    async with serving(slack), zygote(directory, warm=order is None) as parent:
        plan = replace(plan, slack_url=slack.url)
        if order is None:
            await furnish(plan, CONNECTIONS, CHANNELS)
        slack.forget()
        slack.mix = Mix()
        yield Scene(plan, slack, parent, nemesis, dice, began, order)
