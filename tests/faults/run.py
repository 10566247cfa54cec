"""One run of the product under faults: so many kills, then peace, then the verdict."""

import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.faults.checker import Verdict, check, integrity
from tests.faults.house import Plan, furnish
from tests.faults.nemesis import Nemesis
from tests.faults.recording_slack import CALM, Mix, RecordingSlack, serving
from tests.faults.worker import Task
from tests.faults.zygote import Zygote, zygote

CONNECTIONS, CHANNELS = 40, 8
KILLED = -9
Progress = Callable[[int], None]


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

    async def settle(self) -> None:
        """No more faults: a last worker delivers what is owed, and ends by itself."""
        self.slack.mix = CALM
        self.slack.trap = _nothing
        last = await self.zygote.fork(Task(self.plan, "drain"))
        status = await last.ended
        assert status == 0, f"the last worker ended with {status}: {self.zygote.errors()}"

    async def result(self, fault: str, tried: int) -> Result:
        """The verdict, in peace."""
        verdict: Verdict = await check(self.plan.url, self.slack)
        return Result(
            fault=fault,
            database=self.plan.url.partition(":")[0],
            tried=tried,
            told=verdict.told,
            lost=verdict.lost,
            repeated=verdict.repeated,
            seconds=time.monotonic() - self.began,
            unclear=self.slack.unclear,
            broken=verdict.broken,
            deaths=dict(self.nemesis.deaths),
            errors=self.zygote.errors(),
        )


async def _nothing(_: str) -> None:
    return None


@asynccontextmanager
async def scene(plan: Plan, directory: Path, *, history: bool = False) -> AsyncIterator[Scene]:
    """A furnished house, a Slack with its faults, and a parent for workers."""
    began = time.monotonic()
    dice = random.Random(plan.seed)
    slack = RecordingSlack(random.Random(plan.seed), CALM, history=history, hurry=plan.hurry)
    async with serving(slack), zygote(directory) as parent:
        plan = replace(plan, slack_url=slack.url)
        await furnish(plan, CONNECTIONS, CHANNELS)
        slack.messages.clear()
        slack.told.clear()
        slack.mix = Mix()
        yield Scene(plan, slack, parent, Nemesis(slack, dice), dice, began)


async def kill_again_and_again(
    url: str,
    directory: Path,
    *,
    kills: int,
    seed: int,
    look_every: int = 1,
    history: bool = False,
    progress: Progress = lambda _: None,
) -> Result:
    """Start a worker, SIGKILL it, start the next, so many times. `look_every` so many kills the
    file's integrity is checked, where it is a file."""
    name = "kill -9" + (", looking before resending" if history else "")
    async with scene(Plan(url, seed=seed), directory, history=history) as stage:
        torn = []
        for number in range(1, kills + 1):
            moment, doom = stage.nemesis.choose()
            worker = await stage.zygote.fork(Task(stage.plan, doom=doom))
            await stage.nemesis.end(worker, moment)
            status = worker.ended.result()
            assert status == KILLED, f"a worker ended with {status}: {stage.zygote.errors()}"
            if url.startswith("sqlite") and (number % look_every == 0 or number == kills):
                said = integrity(url)
                torn += [] if said == "ok" else [f"after kill {number}: {said}"]
            progress(number)
        await stage.settle()
        result = await stage.result(name, kills)
        result.broken += torn
        return result
