"""`autotask-bot sandbox`: the whole thing in one go, or one of its worlds alone."""

import asyncio
import json
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

import click


class World(Protocol):
    """What both worlds can do."""

    async def start(self, port: int, host: str = "127.0.0.1") -> None: ...
    async def stop(self) -> None: ...
    def announcement(self) -> dict[str, str]: ...


port_option = click.option(
    "--port", type=click.IntRange(0, 65_535), default=0, help="0 takes any free one."
)


@click.group(invoke_without_command=True)
@click.option("--port", type=click.IntRange(1, 65_535), default=8765, show_default=True)
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep the state in this directory, for the next time.",
)
@click.pass_context
def sandbox(context: click.Context, port: int, keep: Path | None) -> None:
    """The whole bot against a make-believe Slack and Autotask, with a page to play in."""
    if context.invoked_subcommand is None:
        from bot.sandbox.play import play

        sys.exit(asyncio.run(play(port, keep, until=stopped)))


@sandbox.command()
@port_option
@click.option(
    "--latency",
    type=click.IntRange(0, 60_000),
    metavar="MS",
    default=0,
    help="Milliseconds that every answer takes.",
)
@click.option(
    "--tenants",
    type=click.IntRange(1, 100_000),
    metavar="N",
    default=3,
    show_default=True,
    help="Databases, in turn over the zones, each with an API user. /panel/state lists them.",
)
def autotask(port: int, latency: int, tenants: int) -> None:
    """The make-believe Autotask alone."""
    from bot.sandbox.autotask import AutotaskWorld, Plan

    plan = Plan(tenants=tenants, latency=latency / 1000)
    sys.exit(asyncio.run(_serve(AutotaskWorld(plan=plan), port)))


@sandbox.command()
@port_option
@click.option("--request-url", help="Deliver by signed HTTP to this address, not by Socket Mode.")
def slack(port: int, request_url: str | None) -> None:
    """The make-believe Slack alone, with its page."""
    from bot.sandbox.slack import OPTIONAL_SCOPES, SCOPES, SlackWorld

    world = SlackWorld(request_url=request_url, scopes=(*SCOPES, *OPTIONAL_SCOPES))
    sys.exit(asyncio.run(_serve(world, port)))


async def stopped() -> None:
    """Until SIGTERM or SIGINT."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, told.set)
    await told.wait()


async def _serve(world: World, port: int, *, until: Callable[[], Awaitable[None]] = stopped) -> int:
    """Print one JSON line, then serve until told to stop."""
    try:
        await world.start(port)
    except OSError as error:
        click.echo(f"autotask-bot: port {port} cannot be used: {error.strerror}.", err=True)
        click.echo("Name another one with --port, or leave it away for any free one.", err=True)
        return 1
    try:
        click.echo(json.dumps(world.announcement()))
        await until()
    finally:
        await world.stop()
    return 0
