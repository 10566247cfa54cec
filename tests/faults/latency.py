"""How soon people are told, and how a backlog drains: `python -m tests.faults.latency`.

Measured from the transaction in which a check confirms the change to Slack's acceptance of the
message, by the product's own ticks in a worker process, with a Slack that is well.
"""

import asyncio
import random
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select

from bot.domain.incident import Telling, notice
from bot.store.database import Database
from bot.store.schema import alerts
from bot.usecases.ports import Decision
from tests.fakes import FINE
from tests.faults.house import WORKSPACE, Plan, furnish, open_house
from tests.faults.recording_slack import CALM, RecordingSlack, serving
from tests.faults.worker import Task
from tests.faults.zygote import zygote


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


async def from_change_to_message(directory: Path, *, connections: int, channels: int) -> Latency:
    """Every connection fails for good at its first check; all are due at once."""
    plan = Plan(f"sqlite:///{directory}/bot.db", hurry=0, lease=60, fails=True)
    slack = RecordingSlack(random.Random(1), CALM)
    async with serving(slack), zygote(directory) as parent:
        plan = replace(plan, slack_url=slack.url)
        await furnish(plan, connections, channels)
        plan = replace(plan, interval=300)
        slack.forget()
        slack.mix = replace(CALM, slowest=0.01)
        worker = await parent.fork(Task(plan))
        await told(slack, connections)
        await worker.kill()
    return await _latency(plan, slack)


async def backlog(directory: Path, *, number: int, hurry: float) -> Drain:
    """So many alerts to one channel, which takes one a second; with `hurry`, that much faster."""
    slack = RecordingSlack(random.Random(1), CALM, hurry=hurry)
    plan = Plan(f"sqlite:///{directory}/bot.db", mood=0, hurry=hurry, lease=5)
    async with serving(slack), zygote(directory) as parent:
        plan = replace(plan, slack_url=slack.url)
        await furnish(plan, number, 1)
        await _owe_one_each(plan)
        slack.forget()
        slack.pace = 1.0
        worker = await parent.fork(Task(plan, last=True))
        await worker.dead()
    at = [each.at for each in slack.messages]
    return Drain(len(at), at[-1] - at[0], slack.early)


async def told(slack: RecordingSlack, number: int) -> None:
    """Until so many messages have been accepted."""
    enough = asyncio.Event()

    async def count(stage: str, token: str) -> None:
        if len(slack.messages) >= number:
            enough.set()

    slack.trap = count
    async with asyncio.timeout(120):
        await enough.wait()


async def _latency(plan: Plan, slack: RecordingSlack) -> Latency:
    database = Database.open(plan.url)
    async with database.read() as view:
        rows = (await view.execute(select(alerts.c.id, alerts.c.created_at))).all()
    await database.close()
    owed_at = {id_: at.timestamp() for id_, at in rows}
    waited = sorted(float(each.ts) - owed_at[each.key] for each in slack.messages)
    of = len(waited) - 1
    return Latency(len(waited), waited[of // 2], waited[of * 99 // 100], waited[-1])


async def _owe_one_each(plan: Plan) -> None:
    async with open_house(plan) as house:
        ports = house.ports
        for each in await ports.connections.all(WORKSPACE):
            due = await ports.watches.claim_one(WORKSPACE, each.connection.id)
            now, id_ = ports.clock.now(), ports.clock.new_id()
            alert = notice(due.connection, "Hello.", now=now, id=id_)
            await ports.watches.apply(due, Decision(due.watch, FINE, Telling(None, (alert,))))


async def main() -> None:
    """Print both."""
    with tempfile.TemporaryDirectory() as directory:
        for channels in (1000, 20):
            path = Path(directory) / str(channels)
            path.mkdir()
            found = await from_change_to_message(path, connections=1000, channels=channels)
            sys.stdout.write(f"1,000 connections fail, {channels} channels: {found}\n")
        path = Path(directory) / "backlog"
        path.mkdir()
        sys.stdout.write("a backlog of 1,000 to one channel, at Slack's pace: about 17 minutes\n")
        drained = await backlog(path, number=1000, hurry=1)
        sys.stdout.write(f"{drained}: {drained.told / drained.seconds:.2f} a second\n")


if __name__ == "__main__":
    asyncio.run(main())
