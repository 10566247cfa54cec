"""What a worker process does: the product's ticks, as fast as they go, until it dies."""

import asyncio
import logging
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.observation import Cause
from bot.usecases.attend import attend_due
from bot.usecases.check import check_due, test
from bot.usecases.deliver import deliver_due
from bot.usecases.ports import Ports
from bot.usecases.sweep import check_and_tell
from tests.faults import orders
from tests.faults.doom import Doom, await_doom
from tests.faults.house import ALICE, HURRIED, House, Plan, furnish, open_house
from tests.faults.world import FickleAutotask

log = logging.getLogger(__name__)
USED_UP = frozenset({Cause.LOGINS_WITHHELD, Cause.CREDENTIALS_REFUSED})
REST = 0.005
"""Seconds between ticks."""


@dataclass(frozen=True)
class Task:
    """Checks and delivers until it is killed; with `last`, delivers what is owed, and ends.
    `order` names a naive order to follow instead of the product's."""

    plan: Plan
    last: bool = False
    doom: Doom | None = None
    order: str | None = None

    @classmethod
    def of(cls, spec: dict[str, Any]) -> "Task":
        """From JSON."""
        doom = Doom(**spec["doom"]) if spec["doom"] else None
        return cls(Plan(**spec["plan"]), spec["last"], doom, spec["order"])


def run(task: Task) -> None:
    """The whole life of a worker. Errors alone are logged: any is one too many."""
    logging.basicConfig(stream=sys.stderr, level=logging.ERROR)
    asyncio.run(_run(task))


def warm_up() -> None:
    """Go through everything once, in a house that is thrown away: what libraries work out at first
    use, such as how a statement compiles, forked workers then have.
    """
    with tempfile.TemporaryDirectory() as directory:
        plan = Plan(f"sqlite:///{directory}/bot.db", "http://127.0.0.1:9/api/", hurry=0)
        asyncio.run(_warm_up(plan))


async def _warm_up(plan: Plan) -> None:
    await furnish(plan, 3, 1)
    async with open_house(plan, policy=replace(HURRIED, check_interval=0)) as house:
        for _ in range(10):
            await check_due(house.ports)
            for owed in await house.ports.outbox.claim(20):
                await house.ports.messenger.post(owed, "C1")
                await house.ports.outbox.retry(owed, after=0, error="warming up")
                await house.ports.outbox.sent(owed, None)


async def _run(task: Task) -> None:
    doom = task.doom or Doom("never")
    if task.order:
        await orders.live(task.plan, task.order, doom, last=task.last)
        return
    autotask = FickleAutotask(
        task.plan.seed,
        moods=task.plan.moods(),
        on_sign_in=lambda: doom.comes("signing in"),
    )
    async with open_house(task.plan, autotask) as house:
        if task.doom:
            await_doom(house.database, doom)
        await (_drain if task.last else _live)(house)


async def _live(house: House) -> None:
    """Ticks as the composition root has them, and a person who lifts what the books withhold; until
    SIGTERM, at which what has begun comes to its end."""
    ports, over = house.ports, asyncio.Event()
    enough = over.is_set
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    await ports.messenger.reachable()
    ticks = (
        lambda: check_and_tell(ports, enough=enough),
        lambda: deliver_due(ports, enough=enough),
        lambda: attend_due(ports),
        lambda: _try_again(ports),
    )
    async with asyncio.TaskGroup() as group:
        for tick in ticks:
            group.create_task(_again_and_again(tick, enough))


async def _drain(house: House) -> None:
    while (await house.ports.outbox.waiting())[0]:
        await deliver_due(house.ports)
        await asyncio.sleep(REST)


async def _try_again(ports: Ports) -> None:
    await asyncio.sleep(0.05)
    for each in await ports.connections.all(ALICE.workspace_id):
        if each.watch.cause in USED_UP:
            await test(ports, ALICE, each.connection.id, may_lock=True)


async def _again_and_again(tick: Callable[[], Awaitable[Any]], enough: Callable[[], bool]) -> None:
    while not enough():
        try:
            await tick()
        except Exception as error:
            log.warning("tick_failed", exc_info=error)
        await asyncio.sleep(REST)
