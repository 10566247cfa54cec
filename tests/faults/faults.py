"""The faults, one function each: so many times the fault, then peace, then the verdict."""

import asyncio
import random
import signal
from collections.abc import Callable
from pathlib import Path

import asyncpg

from tests.faults.house import Plan
from tests.faults.nemesis import OUTSIDE
from tests.faults.scene import Result, Scene, scene
from tests.faults.zygote import Worker

Progress = Callable[[int], None]
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
    directory: Path,
    *,
    times: int,
    history: bool = False,
    order: str | None = None,
    progress: Progress = _silent,
) -> Result:
    """SIGKILL to the worker, and the next one starts. With `order`, the workers follow that one
    instead of the product's; with `history`, Slack lets the bot look before it resends."""
    async with scene(plan, directory, history=history, order=order) as stage:
        for number in range(1, times + 1):
            moment, doom = stage.nemesis.choose()
            await stage.kill_once(await stage.fork(doom=doom), moment)
            if order is None and plan.url.startswith("sqlite") and number % LOOKS == 0:
                stage.look_at_the_file(number)
            progress(number)
        looks = ", may look before resending" if history else ""
        return await stage.result(f"kill -9: {order}" if order else f"kill -9{looks}", times)


async def kill_one_of_two(
    plan: Plan, directory: Path, *, times: int, progress: Progress = _silent
) -> Result:
    """Two replicas; one of them dies, and another takes its place."""
    async with scene(plan, directory) as stage:
        pair = await stage.fork_pair()
        for number in range(1, times + 1):
            which = stage.dice.randrange(2)
            moment = _from_outside(stage.dice)
            await stage.kill_once(pair[which], moment)
            pair[which] = await stage.fork()
            progress(number)
        await _end(pair)
        return await stage.result("kill -9 of one of two", times)


async def pause(plan: Plan, directory: Path, *, times: int, progress: Progress = _silent) -> Result:
    """Two replicas; one of them stands still until all its leases have passed, and then goes on
    where it was: what it reports is late by then."""
    async with scene(plan, directory) as stage:
        pair = await stage.fork_pair()
        for number in range(1, times + 1):
            victim = stage.dice.choice(pair)
            moment = _from_outside(stage.dice)
            await stage.nemesis.end(victim, moment, by=signal.SIGSTOP)
            await asyncio.sleep(plan.lease * 2)
            victim.signal(signal.SIGCONT)
            await stage.go_on()
            progress(number)
        _require_alive(stage, pair)
        await _end(pair)
        return await stage.result("SIGSTOP of one of two, past its leases", times)


async def terminate_backends(
    plan: Plan, directory: Path, *, times: int, progress: Progress = _silent
) -> Result:
    """The server hangs up on everybody; the workers stay. PostgreSQL only."""
    async with scene(plan, directory) as stage:
        pair = await stage.fork_pair()
        server = await asyncpg.connect(plan.url)
        for number in range(1, times + 1):
            await stage.go_on()
            await asyncio.sleep(stage.dice.uniform(0, 0.1))
            await server.execute(TERMINATE)
            progress(number)
        await server.close()
        _require_alive(stage, pair)
        await _end(pair)
        return await stage.result("pg_terminate_backend", times)


def _from_outside(dice: random.Random) -> str:
    return dice.choice((*OUTSIDE, "the clock"))


def _require_alive(stage: Scene, workers: list[Worker]) -> None:
    for each in workers:
        assert not each.ended.done(), f"a worker has ended: {stage.zygote.errors()}"


async def _end(workers: list[Worker]) -> None:
    for each in workers:
        await each.kill()
