"""The faults, one function each: so many times the fault, then peace, then the verdict.

With `history`, Slack lets the bot look before it sends again, and lies to it on top of the fault;
nothing may come twice then. Without, each fault may repeat one message of each process it strikes.

A fault is done so many times to the scene that `run` sets.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import replace

import asyncpg

from tests.faults.house import Plan
from tests.faults.mix import DENYING
from tests.faults.nemesis import ACCEPTED_LATE, OUTSIDE
from tests.faults.scene import Result, Scene, scene
from tests.faults.zygote import Parent, Worker

Progress = Callable[[int], None]
Fault = Callable[[Scene, int, Progress], Awaitable[Result]]
MOMENTS = (*OUTSIDE, "the clock")
LOOKS = 10
"""After every so many kills the file's integrity is checked."""
TERMINATE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def _silent(_: int) -> None:
    return None


async def run(
    fault: Fault,
    plan: Plan,
    parent: Parent,
    *,
    times: int,
    history: bool = False,
    order: str | None = None,
    progress: Progress = _silent,
) -> Result:
    """With `order`, the workers follow that one instead of the product's."""
    if fault in (pause, pause_the_only_one):
        plan = replace(plan, lease=1.5, deadline=1.2)
    async with scene(plan, parent, history=history, order=order) as stage:
        return await fault(stage, times, progress)


async def kill(stage: Scene, times: int, progress: Progress) -> Result:
    """SIGKILL to the worker, and the next one starts."""
    for number in range(1, times + 1):
        moment, doom = stage.nemesis.choose()
        await stage.kill_once(await stage.fork(doom=doom), moment)
        if stage.order is None and stage.plan.url.startswith("sqlite") and number % LOOKS == 0:
            stage.look_at_the_file(number)
        progress(number)
    return await stage.result(times)


async def answer_the_dead(stage: Scene, times: int, progress: Progress) -> Result:
    """SIGKILL while Slack holds a call, which it then accepts: nobody is there to hear of it, and
    the next one looks before or after, as it happens, but not before the lease has passed."""
    stage.nemesis.late = stage.plan.lease * 0.8
    for number in range(1, times + 1):
        await stage.kill_once(await stage.fork(), ACCEPTED_LATE)
        progress(number)
    return await stage.result(times)


async def kill_one_of_two(stage: Scene, times: int, progress: Progress) -> Result:
    """Two replicas; one of them dies, and another takes its place."""
    pair = await stage.fork_pair()
    for number in range(1, times + 1):
        which = stage.dice.randrange(2)
        await stage.kill_once(pair[which], stage.dice.choice(MOMENTS))
        pair[which] = await stage.fork()
        progress(number)
    await stage.end(pair)
    return await stage.result(times)


async def pause(stage: Scene, times: int, progress: Progress) -> Result:
    """One of two replicas stands still until its leases and the deadlines of its calls have passed,
    and then goes on where it was."""
    return await _pause(stage, await stage.fork_pair(), times, progress)


async def pause_the_only_one(stage: Scene, times: int, progress: Progress) -> Result:
    """The same, without another: nobody else has sent anything, and the answers wait for it. So
    nothing may be repeated."""
    return await _pause(stage, [await stage.fork_at_work()], times, progress, each=0)


async def _pause(
    stage: Scene, workers: list[Worker], times: int, progress: Progress, *, each: int = 1
) -> Result:
    for number in range(1, times + 1):
        victim = stage.dice.choice(workers)
        await stage.nemesis.stop(victim, MOMENTS[number % len(MOMENTS)])
        await asyncio.sleep(stage.plan.lease * 1.25)
        victim.signal(signal.SIGCONT)
        await stage.go_on()
        progress(number)
    await stage.end(workers)
    return await stage.result(times, each=each)


async def terminate_backends(stage: Scene, times: int, progress: Progress) -> Result:
    """The server hangs up on both workers, which stay: each may have had a call under way, and
    cannot store what came of it. PostgreSQL only."""
    pair = await stage.fork_pair()
    server = await asyncpg.connect(stage.plan.url)
    for number in range(1, times + 1):
        await stage.go_on()
        await asyncio.sleep(stage.dice.uniform(0, 0.1))
        await server.execute(TERMINATE)
        progress(number)
    await server.close()
    await stage.end(pair)
    return await stage.result(times, each=len(pair))


async def lie(stage: Scene, times: int, progress: Progress) -> Result:
    """Slack accepts, and says that it has not, or nothing. Nobody dies."""
    stage.slack.mix = DENYING
    worker = await stage.fork_at_work()
    while stage.slack.unclear < times:
        await stage.go_on()
        progress(min(times, stage.slack.unclear))
    await stage.end([worker])
    return await stage.result(stage.slack.unclear)
