"""SIGTERM in the middle of much work: the end comes in time, and nothing is lost or said twice."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from aiohttp import web

from bot.domain.credentials import Typed
from bot.domain.incident import Telling, notice
from bot.domain.origin import AutotaskOrigin
from bot.domain.policy import Policy
from bot.usecases.connect import Attempt, Connected, connect
from bot.usecases.ports import Decision, Zone
from tests.end_to_end.process import serving
from tests.fakes import FINE, FakeAutotask
from tests.faults import recording_slack
from tests.faults.house import ALICE, KEY, WORKSPACE, Plan, open_house
from tests.faults.mix import CALM
from tests.faults.recording_slack import RecordingSlack
from tests.usecases.conftest import VALUES

CONNECTIONS, CHANNELS = 36, 36
SLOWEST = 0.6
"""Seconds of a call to Slack: what is owed takes longer than the end may."""
DRAIN = 8.0


async def test_what_is_owed_at_the_end_is_told_once_after_the_next_start(tmp_path: Path) -> None:
    slack = RecordingSlack(random.Random(1), CALM, history=True)
    async with recording_slack.serving(slack), an_autotask() as origin:
        plan = Plan(f"sqlite:///{tmp_path / 'bot.db'}", slack.url)
        owed = await much_to_do(plan, origin)
        slack.forget()
        slack.mix = replace(CALM, slowest=SLOWEST)
        settings = {
            "SLACK_API_URL": slack.url,
            "SLACK_BOT_TOKEN": "xoxb-made-up",
            "SLACK_SIGNING_SECRET": "made-up",
            "AUTOTASK_BOT_KEY": KEY,
            "AUTOTASK_EXTRA_HOSTS": origin.removeprefix("http://"),
            "AUTOTASK_ZONE_URL": origin,
            "DATABASE_URL": plan.url,
            "SEND_LEASE": "15",
        }

        async with serving(tmp_path, **settings):
            await accepted(slack, 5)
            told_to_stop = time.monotonic()
        took = time.monotonic() - told_to_stop
        by_then = len(slack.messages)

        slack.mix = CALM
        async with serving(tmp_path, **settings):
            await accepted(slack, len(owed) - by_then, within=40)

    assert took < DRAIN
    assert by_then < len(owed)
    assert sorted(each.key for each in slack.messages) == sorted(owed)


async def accepted(slack: RecordingSlack, number: int, *, within: float = 20) -> None:
    """Until Slack has accepted so many more messages, or none are missing."""
    enough = asyncio.Event()

    async def count(stage: str, method: str, token: str) -> None:
        nonlocal number
        number -= stage == "after"
        if number <= 0:
            enough.set()

    slack.trap = count
    async with asyncio.timeout(within):
        await enough.wait()


async def much_to_do(plan: Plan, origin: str) -> list[str]:
    """Every connection's check is due, and an alert about each is owed; their keys."""
    where = AutotaskOrigin(origin)
    autotask = FakeAutotask(Zone(where, "Loopback"), replace(FINE, origin=where))
    hour_ago = Policy(check_interval=-3600)
    owed = []
    async with open_house(plan, autotask, hour_ago) as house:
        ports = house.ports
        await ports.workspaces.remember(WORKSPACE, "Lakeside")
        for number in range(CONNECTIONS):
            typed = Typed.of({**VALUES, "username": f"a1b2c3d4e5f{number:04d}@example.com"})
            attempt = Attempt(typed, f"Tenant {number}", channel=f"C{number % CHANNELS}")
            outcome = await connect(ports, ALICE, attempt)
            assert isinstance(outcome, Connected), outcome
            due = await ports.watches.claim_one(WORKSPACE, outcome.connection.id)
            alert = notice(due.connection, "Hello.", now=ports.clock.now(), id=ports.clock.new_id())
            owed.append(alert.id)
            await ports.watches.apply(due, Decision(due.watch, FINE, Telling(None, (alert,))))
    return owed


@asynccontextmanager
async def an_autotask() -> AsyncIterator[str]:
    """Slow, and limited: it proves nothing about anybody."""

    async def answer(_: web.Request) -> web.Response:
        await asyncio.sleep(0.1)
        return web.json_response({"errors": ["busy"]}, status=429)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}"
    await runner.cleanup()
