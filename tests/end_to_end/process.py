"""`autotask-bot` in a process of its own, in a directory, with these settings and no others."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from bot.settings import Settings
from tests.end_to_end.player import Json, eventually


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment(directory: Path, **settings: str) -> dict[str, str]:
    """No setting of this machine, and no home directory that can be written."""
    names = {name.upper() for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name not in names}
    return {**kept, "HOME": "/nowhere", "PYTHONPATH": str(Path.cwd()), **settings}


async def bot(directory: Path, *arguments: str, **settings: str) -> asyncio.subprocess.Process:
    """`autotask-bot ARGUMENTS` in that directory."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=directory,
        env=clean_environment(directory, **settings),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def run(
    directory: Path, *arguments: str, typed: str = "", **settings: str
) -> tuple[int, str, str]:
    """Exit code, standard output, standard error; `typed` is its standard input."""
    process = await bot(directory, *arguments, **settings)
    output, errors = await process.communicate(typed.encode())
    assert process.returncode is not None
    return process.returncode, output.decode(), errors.decode()


@asynccontextmanager
async def world(directory: Path, *arguments: str) -> AsyncIterator[Json]:
    """`sandbox WORLD`, by the JSON line it prints; SIGTERM ends it well."""
    process = await bot(directory, "sandbox", *arguments)
    assert process.stdout
    announced = json.loads(await process.stdout.readline())
    try:
        yield announced
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = await process.communicate()
        assert (process.returncode, errors) == (0, b"")


@asynccontextmanager
async def serving(directory: Path, **settings: str) -> AsyncIterator[httpx.AsyncClient]:
    """`serve`, once /healthz is fine; SIGTERM ends it well. The log goes to `bot.log`."""
    port = settings.setdefault("HTTP_PORT", str(free_port()))
    process = await bot(directory, "serve", LOG_LEVEL="DEBUG", **settings)
    assert process.stderr
    log = asyncio.create_task(process.stderr.read())
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=5) as http:

            async def healthy() -> bool:
                assert process.returncode is None, "serve has ended"
                try:
                    return (await http.get("/healthz")).status_code == 200
                except httpx.TransportError:
                    return False

            await eventually(healthy)
            yield http
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()
        (directory / "bot.log").write_bytes(await log)
    assert process.returncode == 0, (directory / "bot.log").read_text()


def settings_for(chat: Json, found: Json, **more: str) -> dict[str, str]:
    return {
        "SLACK_API_URL": chat["api_url"],
        "SLACK_BOT_TOKEN": chat["bot_token"],
        "AUTOTASK_ZONE_URL": found["base_url"],
        "AUTOTASK_EXTRA_HOSTS": found["extra_hosts"],
        "AUTOTASK_BOT_KEY_FILE": "bot.key",
        "CHECK_INTERVAL": "1",
        "REJECTED_CONFIRM_AFTER": "1",
        "GROUP_WAIT": "0",
        **more,
    }
