"""The sandbox: both worlds in this process, and the real bot in a process of its own."""

import asyncio
import base64
import json
import os
import random
import secrets
import socket
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import click

import bot
from bot.sandbox import sample
from bot.sandbox.autotask import AutotaskWorld, Plan
from bot.sandbox.slack import OPTIONAL_SCOPES, SCOPES, SlackWorld

PACE = {
    "CHECK_INTERVAL": "5",
    "REJECTED_CONFIRM_AFTER": "3",
    "REJECTED_BACKOFF": "10,30",
    "OUTAGE_RETRIES": "1,1",
    "GROUP_WAIT": "1",
}
"""Quick enough to watch. No clock is faked; the environment overrides each."""

LATENCY = 0.03
"""Seconds that every answer of Autotask takes."""
PATIENCE = 20.0
"""Seconds that the bot is given to start, and to stop."""
_OURS = ("SLACK_", "AUTOTASK_", "DATABASE_", "HTTP_", "OPERATOR_", "OUTBOUND_", "CA_FILE", "LOG_")


@dataclass(frozen=True, slots=True)
class State:
    """What makes two runs with the same directory the same world."""

    directory: Path
    seed: int
    autotask_port: int
    secure: bool = False
    """Whether zones have TLS; those of directories from before it came stay as they were."""

    @property
    def authority(self) -> Path:
        return self.directory / "autotask-authority.pem"

    @property
    def database(self) -> Path:
        return self.directory / "autotask-bot.db"


async def play(port: int, keep: Path | None, *, until: Callable[[], Awaitable[None]]) -> int:
    """Serve the page at `port`, or the next free one, until told to stop. Returns an exit code."""
    with _directory(keep) as directory:
        state = _state(Path(directory))
        fresh = not state.database.exists()
        async with AsyncExitStack() as stack:
            autotask, slack = await _worlds(stack, state, port)
            process = await stack.enter_async_context(_bot(state, autotask, slack))
            if not await _ready(process, slack):
                return _blame(process, state)
            ends = [asyncio.ensure_future(until()), asyncio.create_task(process.wait())]
            await asyncio.sleep(0)  # a signal may come as soon as the address is known
            if fresh:
                await _furnish(slack, state)
            _welcome(slack, state, kept=keep is not None)
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for each in ends:
                each.cancel()
            return 0 if process.returncode is None else _blame(process, state)


def _directory(keep: Path | None) -> AbstractContextManager[str]:
    if keep:
        return nullcontext(str(keep))
    return tempfile.TemporaryDirectory(prefix="autotask-sandbox-")


def _state(directory: Path) -> State:
    """A fresh state with a fresh master key, or the one that the directory holds."""
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / "sandbox.json"
    if not file.exists():
        fresh = {"seed": secrets.randbits(64), "autotask_port": _free_port(), "secure": True}
        file.write_text(json.dumps(fresh))
        key = directory / "master.key"
        key.touch(mode=0o600)
        key.write_text(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
    return State(directory, **json.loads(file.read_text()))


async def _worlds(
    stack: AsyncExitStack, state: State, port: int
) -> tuple[AutotaskWorld, SlackWorld]:
    plan = Plan(secure=state.secure, latency=LATENCY)
    autotask = AutotaskWorld(rng=random.Random(state.seed), plan=plan)
    try:
        await autotask.start(state.autotask_port)
    except OSError as error:
        raise click.ClickException(
            f"port {state.autotask_port} cannot be used: {error.strerror}. The connections kept in "
            f"{state.directory} lead there.\nEnd what uses it, or name another directory."
        ) from error
    stack.push_async_callback(autotask.stop)
    state.authority.write_bytes(autotask.authority)
    slack = SlackWorld(rng=random.Random(state.seed), scopes=(*SCOPES, *OPTIONAL_SCOPES))
    slack.mount("/autotask/", autotask.panel_app())
    await _start_at_next_free(slack, port)
    stack.push_async_callback(slack.stop)
    return autotask, slack


async def _start_at_next_free(slack: SlackWorld, port: int) -> None:
    for candidate in range(port, port + 50):
        try:
            await slack.start(candidate)
        except OSError:
            continue
        return
    await slack.start(0)


@asynccontextmanager
async def _bot(
    state: State, autotask: AutotaskWorld, slack: SlackWorld
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`autotask-bot serve`, configured as an operator would, its log in a file."""
    with (state.directory / "bot.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "serve"),
            cwd=state.directory,
            env=_environment(state, autotask, slack),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), PATIENCE)
            except TimeoutError:
                process.kill()
                await process.wait()


def _environment(state: State, autotask: AutotaskWorld, slack: SlackWorld) -> dict[str, str]:
    """The bot's own settings point at the worlds; whatever the machine has set for a real one is
    left out, but for the pace. Who sits at the page has installed it."""
    found, chat = autotask.announcement(), slack.announcement()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {
        **PACE,
        **inherited,
        "PYTHONPATH": str(Path(bot.__file__).parent.parent),
        "SLACK_API_URL": chat["api_url"],
        "SLACK_BOT_TOKEN": chat["bot_token"],
        "SLACK_APP_TOKEN": chat["app_token"],
        "OPERATOR_USER": slack.admin,
        "AUTOTASK_ZONE_URL": found["base_url"],
        "AUTOTASK_EXTRA_HOSTS": found["extra_hosts"],
        **({"CA_FILE": str(state.authority)} if state.secure else {}),
        "DATABASE_URL": f"sqlite:///{state.database}",
        "AUTOTASK_BOT_KEY_FILE": str(state.directory / "master.key"),
        "HTTP_PORT": str(_free_port()),
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "INFO"),
        "LOG_FORMAT": "console",
    }


async def _ready(process: asyncio.subprocess.Process, slack: SlackWorld) -> bool:
    """Whether the bot has connected, rather than given up."""
    connected = asyncio.create_task(slack.app_connected())
    gone = asyncio.create_task(process.wait())
    ends = {connected, gone}
    done, _ = await asyncio.wait(ends, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
    for each in ends:
        each.cancel()
    return connected in done


async def _furnish(slack: SlackWorld, state: State) -> None:
    """Something to look at; the sandbox is good without it, too."""
    try:
        await sample.furnish(slack.announcement()["page_url"], state.database)
    except (TimeoutError, sqlite3.Error) as error:
        click.echo(f"The sample connection is missing ({error!r}).", err=True)


def _welcome(slack: SlackWorld, state: State, *, kept: bool) -> None:
    click.secho("The sandbox is ready.", bold=True)
    click.echo(f"  Open      {click.style(slack.announcement()['page_url'], fg='cyan')}")
    click.echo(f"  State     {state.directory if kept else 'temporary, gone at the end'}")
    click.echo(f"  Bot's log {state.directory / 'bot.log'}")
    click.echo("  Everything is make-believe and stays on this machine. Ctrl-C ends it.")


def _blame(process: asyncio.subprocess.Process, state: State) -> int:
    what = f"has stopped (exit code {process.returncode})"
    if process.returncode is None:
        what = f"has not connected within {PATIENCE:g} s"
    click.echo(f"The bot {what}. Its last words:", err=True)
    lines = (state.directory / "bot.log").read_text(errors="replace").splitlines()
    click.echo("\n".join(lines[-20:]), err=True)
    return 1


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
