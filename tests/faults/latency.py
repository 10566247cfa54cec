"""How soon people are told, and how a backlog drains.

Measured from the transaction in which a check confirms the change to Slack's acceptance of the
message, by the product's own ticks in a worker process, with a Slack that is well.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from bot.domain.incident import Telling, notice
from bot.store.database import Database
from bot.store.schema import alerts
from bot.usecases.ports import Decision
from tests.fakes import FINE
from tests.faults.house import WORKSPACE, Plan, furnish, open_house
from tests.faults.mix import CALM
from tests.faults.recording_slack import RecordingSlack, serving
from tests.faults.worker import Task
from tests.faults.zygote import Parent, zygote

Progress = Callable[[int], None]
PATIENCE = 120.0
"""Seconds without a message after which none is waited for."""


@dataclass(frozen=True)
class Latency:
    """Seconds, over all that were told."""

    told: int
    p50: float
    p99: float
    slowest: float


@dataclass(frozen=True)
class Drain:
    """A backlog of so many alerts to one channel, and how many calls came too early."""

    told: int
    seconds: float
    early: int

    @property
    def pace(self) -> float:
        """Alerts a second."""
        return self.told / self.seconds


async def from_change_to_message(
    directory: Path,
    parent: Parent,
    *,
    connections: int,
    channels: int,
    within: float = 0.0,
    history: bool = True,
    progress: Progress = lambda _: None,
) -> Latency:
    """Every connection fails for good at its first check; these are due at once, or one after the
    other `within` so many seconds. Without `history`, nobody could look what came of a message."""
    plan = Plan(f"sqlite:///{directory}/bot.db", hurry=0, lease=60, autotask="forbids")
    slack = RecordingSlack(random.Random(1), CALM, history=history)
    async with serving(slack), zygote(parent) as forker:
        plan = replace(plan, slack_url=slack.url)
        await furnish(plan, connections, channels)
        if within:
            await _spread(plan, within)
        slack.forget()
        slack.mix = replace(CALM, slowest=0.01)
        await forker.fork(Task(replace(plan, interval=300)))
        await _told(slack, connections, progress)
    return await _latency(plan, slack)


async def backlog(
    directory: Path,
    parent: Parent,
    *,
    number: int,
    hurry: float = 1.0,
    progress: Progress = lambda _: None,
) -> Drain:
    """So many alerts to one channel, which takes one a second; with `hurry`, that share of one."""
    slack = RecordingSlack(random.Random(1), CALM, hurry=hurry)
    plan = Plan(f"sqlite:///{directory}/bot.db", autotask="well", hurry=hurry, lease=5)
    async with serving(slack), zygote(parent) as forker:
        plan = replace(plan, slack_url=slack.url)
        await furnish(plan, number, 1)
        await _owe_one_each(plan)
        slack.forget()
        slack.pace = 1.0
        worker = await forker.fork(Task(plan, last=True))
        await _told(slack, number, progress)
        await worker.dead()
    at = [each.at for each in slack.messages]
    return Drain(len(at), at[-1] - at[0], slack.early)


async def _told(slack: RecordingSlack, number: int, progress: Progress) -> None:
    """Until so many messages have been accepted."""
    more = asyncio.Event()

    async def count(stage: str, method: str, token: str) -> None:
        progress(len(slack.messages))
        more.set()

    slack.trap = count
    while len(slack.messages) < number:
        more.clear()
        async with asyncio.timeout(PATIENCE):
            await more.wait()


async def _latency(plan: Plan, slack: RecordingSlack) -> Latency:
    database = Database.open(plan.url)
    async with database.read() as view:
        rows = (await view.execute(select(alerts.c.id, alerts.c.created_at))).all()
    await database.close()
    owed_at = {id_: at.timestamp() for id_, at in rows}
    waited = sorted(float(each.ts) - owed_at[each.key] for each in slack.messages)
    of = len(waited) - 1
    return Latency(len(waited), waited[of // 2], waited[of * 99 // 100], waited[-1])


async def _spread(plan: Plan, seconds: float) -> None:
    """As after downtime: what is due is due one after the other."""
    async with open_house(plan) as house:
        now, within = house.ports.clock.now(), timedelta(seconds=seconds)
        await house.ports.schedule.spread(now=now, within=within)


async def _owe_one_each(plan: Plan) -> None:
    async with open_house(plan) as house:
        ports = house.ports
        for each in await ports.connections.all(WORKSPACE):
            due = await ports.watches.claim_one(WORKSPACE, each.connection.id)
            now, id_ = ports.clock.now(), ports.clock.new_id()
            alert = notice(due.connection, "Hello.", now=now, id=id_)
            await ports.watches.apply(due, Decision(due.watch, FINE, Telling(None, (alert,))))
