"""The end: within Docker's ten seconds, whatever hangs."""

import asyncio
import json
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from bot.sandbox.autotask import AutotaskWorld
from bot.sandbox.slack import SlackWorld
from tests.end_to_end.process import run, serving, settings_for


@asynccontextmanager
async def worlds(asked: asyncio.Event) -> AsyncIterator[tuple[AutotaskWorld, SlackWorld]]:
    """Both, in this process; Autotask looks at its clock whenever it is asked something."""

    def clock() -> float:
        asked.set()
        return time.time()

    autotask, slack = AutotaskWorld(clock=clock), SlackWorld()
    await autotask.start(0)
    await slack.start(0)
    yield autotask, slack
    await slack.stop()
    await autotask.stop()


async def test_a_check_that_hangs_does_not_hold_up_the_end(tmp_path: Path) -> None:
    asked = asyncio.Event()
    async with worlds(asked) as (autotask, slack):
        found, chat = autotask.announcement(), slack.announcement()
        settings = settings_for(chat, found, SLACK_APP_TOKEN=chat["app_token"])
        assert (await run(tmp_path, "keys", "new", **settings))[0] == 0
        connected = await run(tmp_path, "connect", typed=json.dumps(values(found)), **settings)
        assert connected[0] == 0, connected
        async with httpx.AsyncClient(base_url=found["base_url"]) as panel:
            await panel.post("/panel/do", json={"do": "zone_fault", "zone": "all", "fault": "hang"})
        asked.clear()

        async with serving(tmp_path, **settings):
            await asyncio.wait_for(asked.wait(), 10)
            told = time.monotonic()
        took = time.monotonic() - told

    log = (tmp_path / "bot.log").read_text()
    assert took < 10  # when Docker kills
    assert "tick_cut_off" in log
    assert "Traceback" not in log


def values(found: dict[str, str]) -> dict[str, str]:
    """What `connect` reads from standard input."""
    return {name: found[name] for name in ("integration_code", "secret", "username")}


async def test_a_thread_that_hangs_does_not_hold_up_the_end_either() -> None:
    """Such as one that looks up a name: Python waits for it for ever, asyncio for minutes."""
    script = "import bot.app as a, threading; a._leave_after(0.1); threading.Event().wait()"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script)

    assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_the_second_signal_ends_the_process_on_the_spot() -> None:
    """Like a kill: what is owed is in the database."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", STOPPING), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    assert await process.stdout.readline() == b"winding down\n"

    process.send_signal(signal.SIGINT)
    assert await asyncio.wait_for(process.wait(), 5) == 130


STOPPING = """
import asyncio, os, signal, bot.app as a
async def serve():
    stop = asyncio.Event()
    asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGTERM)
    await a._until_told_to(stop)
    print("winding down", flush=True)
    await asyncio.Event().wait()
asyncio.run(serve())
"""
