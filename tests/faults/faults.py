"""The faults, one function each: so many times the fault, then peace, then the verdict.

With `history`, Slack lets the bot look before it sends again, and lies to it on top of the fault;
nothing may come twice then. Without, each fault may repeat one message.
"""

import asyncio
import signal
from collections.abc import Callable
from dataclasses import replace

import asyncpg

from tests.faults.house import Plan
from tests.faults.mix import DENYING
from tests.faults.nemesis import ACCEPTED_LATE, OUTSIDE
from tests.faults.scene import Result, scene
from tests.faults.zygote import Parent

Progress = Callable[[int], None]
MOMENTS = (*OUTSIDE, "the clock")
LOOKS = 10
"""After every so many kills the file's integrity is checked."""
TERMINATE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def _silent(_: int) -> None:
    return None


async def kill(
    plan: Plan,
    parent: Parent,
    *,
    times: int,
    history: bool = False,
    order: str | None = None,
    progress: Progress = _silent,
) -> Result:
    """SIGKILL to the worker, and the next one starts. With `order`, the workers follow that one
    instead of the product's."""
    async with scene(plan, parent, history=history, order=order) as stage:
        for number in range(1, times + 1):
            moment, doom = stage.nemesis.choose()
            await stage.kill_once(await stage.fork(doom=doom), moment)
            if order is None and plan.url.startswith("sqlite") and number % LOOKS == 0:
                stage.look_at_the_file(number)
            progress(number)
        return await stage.result(times)


async def answer_the_dead(
    plan: Plan,
    parent: Parent,
    *,
    times: int,
    history: bool = False,
    progress: Progress = _silent,
) -> Result:
    """SIGKILL while Slack holds a call, which it then accepts: nobody is there to hear of it, and
    the next one looks before or after, as it happens, but not before the lease has passed."""
    async with scene(plan, parent, history=history) as stage:
        stage.nemesis.late = plan.lease * 0.8
        for number in range(1, times + 1):
            await stage.kill_once(await stage.fork(), ACCEPTED_LATE)
            progress(number)
        return await stage.result(times)


async def kill_one_of_two(
    plan: Plan,
    parent: Parent,
    *,
    times: int,
    history: bool = False,
    progress: Progress = _silent,
) -> Result:
    """Two replicas; one of them dies, and another takes its place."""
    async with scene(plan, parent, history=history) as stage:
        pair = await stage.fork_pair()
        for number in range(1, times + 1):
            which = stage.dice.randrange(2)
            await stage.kill_once(pair[which], stage.dice.choice(MOMENTS))
            pair[which] = await stage.fork()
            progress(number)
        await stage.end(pair)
        return await stage.result(times)


async def pause(
    plan: Plan,
    parent: Parent,
    *,
    times: int,
    history: bool = False,
    alone: bool = False,
    progress: Progress = _silent,
) -> Result:
    """One of two replicas stands still until its leases and the deadlines of its calls have passed,
    and then goes on where it was. The only one, `alone`, may repeat nothing: nobody else has, and
    the answers wait for it."""
    plan = replace(plan, lease=1.5, deadline=1.2)
    async with scene(plan, parent, history=history) as stage:
        workers = [await stage.fork_at_work()] if alone else await stage.fork_pair()
        for number in range(1, times + 1):
            victim = stage.dice.choice(workers)
            await stage.nemesis.stop(victim, MOMENTS[number % len(MOMENTS)])
            await asyncio.sleep(plan.lease * 1.25)
            victim.signal(signal.SIGCONT)
            await stage.go_on()
            progress(number)
        await stage.end(workers)
        return await stage.result(times, each=0 if alone else 1)


async def terminate_backends(
    plan: Plan,
    parent: Parent,
    *,
    times: int,
    history: bool = False,
    progress: Progress = _silent,
) -> Result:
    """The server hangs up on everybody; the workers stay. PostgreSQL only."""
    async with scene(plan, parent, history=history) as stage:
        pair = await stage.fork_pair()
        server = await asyncpg.connect(plan.url)
        for number in range(1, times + 1):
            await stage.go_on()
            await asyncio.sleep(stage.dice.uniform(0, 0.1))
            await server.execute(TERMINATE)
            progress(number)
        await server.close()
        await stage.end(pair)
        return await stage.result(times)


async def lie(
    plan: Plan,
    parent: Parent,
    *,
    times: int,
    history: bool = False,
    progress: Progress = _silent,
) -> Result:
    """Slack accepts, and says that it has not, or nothing. Nobody dies."""
    async with scene(plan, parent, history=history) as stage:
        stage.slack.mix = DENYING
        worker = await stage.fork_at_work()
        while stage.slack.unclear < times:
            await stage.go_on()
            progress(min(times, stage.slack.unclear))
        await stage.end([worker])
        return await stage.result(stage.slack.unclear)
