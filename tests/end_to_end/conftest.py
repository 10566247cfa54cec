"""The running sandbox, in a process of its own, as `make sandbox` starts it."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests.end_to_end.player import Player


@dataclass
class Sandbox:
    """One run of it."""

    page: str
    directory: Path

    def log(self) -> str:
        """What the bot has logged so far."""
        return (self.directory / "bot.log").read_text()


@asynccontextmanager
async def sandbox(directory: Path, **environment: str) -> AsyncIterator[Sandbox]:
    """Start it, at the quickest pace; SIGTERM ends it, and it has to end well, with no complaint of
    either world about the bot."""
    pace = {
        "CHECK_INTERVAL": "1",
        "REJECTED_CONFIRM_AFTER": "1",
        "REJECTED_BACKOFF": "2,60",
        "GROUP_WAIT": "0",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "sandbox", "--keep", str(directory)),
        env={**os.environ, **pace, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    assert process.stderr
    complaints = asyncio.create_task(process.stderr.read())
    try:
        page = ""
        async with asyncio.timeout(30):
            while not page:
                line = (await process.stdout.readline()).decode()
                assert line, "the sandbox has ended"
                found = re.search(r"http://\S+/", line)
                page = found[0] if found else ""
        yield Sandbox(page, directory)
    finally:
        process.send_signal(signal.SIGTERM)
        _, code = await process.stdout.read(), await process.wait()
    assert (code, (await complaints).decode()) == (0, "")  # Slack has refused nothing either


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    """One for all who look at it: starting it is most of the time."""
    async with sandbox(tmp_path_factory.mktemp("sandbox") / "state") as each:
        yield each


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def player(running: Sandbox) -> AsyncIterator[Player]:
    """Alice, the workspace's admin."""
    async with httpx.AsyncClient(base_url=running.page, timeout=20) as http:
        yield await Player.arrive(http)
