"""The verbs without Slack: connect, status, history, check and their like from the command line.

The values are asked for on the terminal, the secret unseen, or read as one JSON object from
standard input; never from arguments, which every user of the machine can read.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import click

from bot.domain.connection import DEFAULT_NAME, parse_name
from bot.domain.credentials import LABELS, WHERE, Typed
from bot.domain.errors import BadInput, ConfigurationError, NoSuchConnection
from bot.domain.farewell import CANNOT_BE_UNDONE, farewell
from bot.domain.guide import STEPS
from bot.domain.people import Person
from bot.domain.progress import untold
from bot.domain.sending import Delivered
from bot.terminal import COULD_NOT_TELL, bare, tell, tell_outcome, tell_past, tell_step, tell_tested
from bot.usecases.check import test as check_now
from bot.usecases.configure import choose_channel
from bot.usecases.connect import Attempt, Connected
from bot.usecases.connect import connect as connect_it
from bot.usecases.destinations import destinations
from bot.usecases.disconnect import disconnect as disconnect_it
from bot.usecases.look_back import id_of, look_back
from bot.usecases.report import report, the_one, uptimes
from bot.usecases.resend import resend as resend_dead

if TYPE_CHECKING:
    from bot.app import Bot
    from bot.settings import Settings

NOBODY_IS_TOLD = (
    "Nobody would be told if it stopped: choose a channel with autotask-bot alerts --channel ID, "
    "or set OPERATOR_USER."
)

named = click.argument("name", default="")
in_workspace = click.option("--workspace", metavar="ID", help="Defaults to the only one.")
as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object per connection.")


@click.command()
@click.argument("name", default=DEFAULT_NAME)
@in_workspace
@click.option("--channel", metavar="ID", help="Slack channel id for alerts.")
@click.option("--as-they-are", is_flag=True, help="Send values that look mixed up all the same.")
@click.option("--may-lock", is_flag=True, help="Sign in though it may lock the API user.")
@as_json
def connect(name: str, workspace: str | None, channel: str | None, **flags: bool) -> None:
    """Connect Autotask, or give a connection new credentials; there, what is empty is kept.

    Asks for the four values; with standard input redirected, reads them from there as JSON:
    {"url": "", "integration_code": "...", "secret": "...", "username": "..."}.
    Instead of the secret, and of all the others, a reference may lead to them in a vault:
    {"secret": "vault:secret/autotask-bot/T0123/lakeside"}.
    """

    async def run() -> int:
        async with _open(workspace) as (bot, person):
            existing = await _existing(bot, person, parse_name(name))
            beginnings = bot.ports.vault.beginnings(person.workspace_id)
            attempt = Attempt(
                typed=_ask(beginnings, keeping=existing is not None),
                name=parse_name(name),
                channel=channel,
                replaces=existing,
                as_they_are=flags["as_they_are"],
                may_lock=flags["may_lock"],
            )
            click.echo("Checking with Autotask ...", err=True)
            outcome = await connect_it(bot.ports, person, attempt)
            if isinstance(outcome, Connected) and not destinations(bot.ports, outcome.connection):
                click.echo(NOBODY_IS_TOLD, err=True)
            return tell_outcome(outcome, as_json=flags["as_json"])

    sys.exit(asyncio.run(run()))


@click.command()
@named
@in_workspace
@as_json
def status(name: str, workspace: str | None, *, as_json: bool) -> None:
    """How every connection is doing, from the database alone."""

    async def run() -> int:
        async with _open(workspace) as (bot, person):
            overviews = await report(bot.ports, person, name)
            uptime = await uptimes(bot.ports, overviews)
        return tell(overviews, uptime, as_json=as_json)

    sys.exit(asyncio.run(run()))


@click.command()
@named
@in_workspace
@click.option("--limit", type=click.IntRange(1), default=20, help="How many, at most.")
@as_json
def history(name: str, workspace: str | None, *, limit: int, as_json: bool) -> None:
    """What went wrong, the newest first: causes, durations, who mended it."""

    async def run() -> None:
        async with _open(workspace) as (bot, person):
            one = await id_of(bot.ports, person, name)
            past = await look_back(bot.ports, person, one, limit=limit)
            now = bot.ports.clock.now()
        tell_past(past, now, as_json=as_json)

    asyncio.run(run())


@click.command()
@named
@in_workspace
@click.option("--may-lock", is_flag=True, help="Sign in though it may lock the API user.")
@as_json
def check(name: str, workspace: str | None, *, may_lock: bool, as_json: bool) -> None:
    """Check one connection, or all, right now: one sign-in each."""

    async def run() -> int:
        worst = 0
        async with _open(workspace) as (bot, person):
            overviews = await report(bot.ports, person, name)
            if not overviews:
                return tell(overviews, {}, as_json=as_json) or COULD_NOT_TELL
            tell_now = untold if as_json else tell_step
            for each in overviews:
                tested = await check_now(
                    bot.ports, person, each.connection.id, may_lock=may_lock, tell=tell_now
                )
                worst = max(worst, tell_tested(tested, as_json=as_json))
        return worst

    sys.exit(asyncio.run(run()))


@click.command()
@named
@in_workspace
@click.option("--yes", is_flag=True, help="Do not ask.")
def disconnect(name: str, workspace: str | None, *, yes: bool) -> None:
    """Erase a connection's credentials and stop watching it."""

    async def run() -> None:
        async with _open(workspace) as (bot, person):
            connection = (await the_one(bot.ports, person, name)).connection
            if not yes:
                click.echo(CANNOT_BE_UNDONE, err=True)
                click.confirm(f"Disconnect {connection.title}?", abort=True)
            gone = await disconnect_it(bot.ports, person, connection.id)
        click.echo(f"{connection.title} is disconnected.")
        for what, sentence in farewell(incident_closed=gone.incident_closed).items():
            click.echo(click.wrap_text(f"{what}: {sentence}", 96, "   ", "     "))

    asyncio.run(run())


@click.command()
@named
@in_workspace
@click.option("--channel", metavar="ID", required=True, help="Slack channel id.")
def alerts(name: str, workspace: str | None, channel: str) -> None:
    """Choose the channel for alerts; a test message is posted there."""

    async def run() -> int:
        async with _open(workspace) as (bot, person):
            connection = (await the_one(bot.ports, person, name)).connection
            sent = await choose_channel(bot.ports, person, connection.id, channel)
        if isinstance(sent, Delivered):
            click.echo(f"Posted a test message. Alerts about {connection.title} go there now.")
            return 0
        click.echo(f"Nothing was changed: Slack did not take the test ({sent.reason}).", err=True)
        return 1

    sys.exit(asyncio.run(run()))


@click.command()
@in_workspace
def resend(workspace: str | None) -> None:
    """Send again the alerts that reached nobody, from their first destination."""

    async def run() -> int:
        async with _open(workspace) as (bot, person):
            return await resend_dead(bot.ports, person)

    count = asyncio.run(run())
    click.echo(f"{count} owed anew; serve delivers them." if count else "None has died.")


@click.command()
def guide() -> None:
    """The eight steps for creating the API user, and where each value goes."""
    for number, step in enumerate(STEPS, start=1):
        click.secho(f"{number}. {step.title}", bold=True)
        click.secho(click.wrap_text(step.where, 96, "   ", "   "), dim=True)
        click.echo(click.wrap_text(step.text, 96, "   ", "   "))
        if step.fills:
            click.echo(click.wrap_text(f"→ {step.fills}", 96, "   ", "     "))
        if step.mistake:
            click.echo(click.wrap_text(f"! {step.mistake}", 96, "   ", "     "))


COMMANDS = (connect, status, history, check, alerts, resend, disconnect, guide)


def load_settings() -> "Settings":
    """Settings, and logging as they say."""
    from bot import settings, telemetry

    loaded = settings.load()
    in_json = loaded.log_format == "json" or (not loaded.log_format and not sys.stderr.isatty())
    telemetry.set_up(loaded.log_level, as_json=in_json)
    return loaded


@asynccontextmanager
async def _open(workspace: str | None) -> "AsyncIterator[tuple[Bot, Person]]":
    """Everything open, and the person at the terminal, who may do everything."""
    from bot.app import build
    from bot.slack.socket import identify

    async with build(load_settings()) as bot:
        known = await bot.ports.workspaces.ids()
        if workspace is None and not known and (identity := await identify(bot.slack)):
            await bot.ports.workspaces.remember(identity.workspace_id, identity.name)
            known = [identity.workspace_id]
        if workspace is None and len(known) != 1:
            raise ConfigurationError(
                "It is not clear which Slack workspace is meant.",
                hint="Name it with --workspace: " + (", ".join(known) or "its id, such as T0123"),
            )
        yield bot, Person("cli", workspace or known[0], "the command line", admin=True)


def _ask(references: Sequence[str], *, keeping: bool) -> Typed:
    if not sys.stdin.isatty():
        return _read(sys.stdin.read())
    click.echo("Four values of an API user in Autotask (autotask-bot guide tells how to get them).")
    if keeping:
        click.echo("It is connected already: what you leave empty is kept.")
    if references:
        click.echo(f"Or, as the Secret and nothing else, a reference: {references[0]}NAME")
    values = {}
    for name, label in LABELS.items():
        click.secho(bare(WHERE[name]), dim=True, err=True)
        values[name] = click.prompt(
            label, hide_input=name == "secret", default="", show_default=False
        )
    return Typed.of(values)


def _read(text: str) -> Typed:
    try:
        values = json.loads(text)
    except ValueError:
        values = None
    if not isinstance(values, dict) or not all(isinstance(each, str) for each in values.values()):
        raise BadInput(
            "Standard input is not a JSON object of texts.",
            hint=f"Its keys are {', '.join(LABELS)}.",
        )
    return Typed.of(values)


async def _existing(bot: "Bot", person: Person, name: str) -> str | None:
    try:
        return (await bot.ports.connections.find(person.workspace_id, name)).connection.id
    except NoSuchConnection:
        return None
