"""The verbs without Slack: connect, status, check, alerts, disconnect, guide from the command line.

The values are asked for on the terminal, the secret unseen, or read as one JSON object from
standard input; never from arguments, which every user of the machine can read.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import click

from bot.domain.connection import DEFAULT_NAME, parse_name
from bot.domain.credentials import LABELS, WHERE, Typed
from bot.domain.diagnosis import diagnose
from bot.domain.errors import BadInput, ConfigurationError
from bot.domain.guide import STEPS
from bot.domain.observation import Observation, Seen
from bot.domain.people import Person
from bot.domain.status import Status

if TYPE_CHECKING:
    from bot.app import Bot
    from bot.settings import Settings
    from bot.usecases.check import Tested
    from bot.usecases.connect import Connected, Doubtful, Refused
    from bot.usecases.ports import Overview

COULD_NOT_TELL = 75

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
    """Connect Autotask, or give a connection new credentials.

    Asks for the four values; with standard input redirected, reads them from there as JSON:
    {"url": "", "integration_code": "...", "secret": "...", "username": "..."}.
    """
    from bot.usecases.connect import Attempt
    from bot.usecases.connect import connect as connect_it

    async def run() -> int:
        async with _open(workspace) as (bot, person):
            attempt = Attempt(
                typed=_ask(),
                name=parse_name(name),
                channel=channel,
                replaces=await _existing(bot, person, name),
                as_they_are=flags["as_they_are"],
                may_lock=flags["may_lock"],
            )
            click.echo("Checking with Autotask ...", err=True)
            return _tell_outcome(await connect_it(bot.ports, person, attempt), flags["as_json"])

    sys.exit(asyncio.run(run()))


@click.command()
@named
@in_workspace
@as_json
def status(name: str, workspace: str | None, *, as_json: bool) -> None:
    """How every connection is doing, from the database alone."""
    from bot.usecases.report import report

    async def run() -> int:
        async with _open(workspace) as (bot, person):
            overviews = await report(bot.ports, person, name)
        return _tell(overviews, as_json=as_json)

    sys.exit(asyncio.run(run()))


@click.command()
@named
@in_workspace
@click.option("--may-lock", is_flag=True, help="Sign in though it may lock the API user.")
@as_json
def check(name: str, workspace: str | None, *, may_lock: bool, as_json: bool) -> None:
    """Check one connection, or all, right now: one sign-in each."""
    from bot.usecases.check import test
    from bot.usecases.report import report

    async def run() -> int:
        worst = 0
        async with _open(workspace) as (bot, person):
            for overview in await report(bot.ports, person, name):
                tested = await test(bot.ports, person, overview.connection.id, may_lock=may_lock)
                worst = max(worst, _tell_tested(tested, as_json=as_json))
        return worst

    sys.exit(asyncio.run(run()))


@click.command()
@named
@in_workspace
@click.option("--yes", is_flag=True, help="Do not ask.")
def disconnect(name: str, workspace: str | None, *, yes: bool) -> None:
    """Erase a connection's credentials and stop watching it."""
    from bot.usecases.disconnect import disconnect as disconnect_it

    async def run() -> None:
        async with _open(workspace) as (bot, person):
            connection = (await _one(bot, person, name)).connection
            if not yes:
                click.confirm(f"Erase the credentials of {connection.title}?", abort=True)
            await disconnect_it(bot.ports, person, connection.id)
        click.echo(f"{connection.title} is disconnected; its encrypted credentials are erased.")

    asyncio.run(run())


@click.command()
@named
@in_workspace
@click.option("--channel", metavar="ID", required=True, help="Slack channel id.")
def alerts(name: str, workspace: str | None, channel: str) -> None:
    """Choose the channel for alerts; a test message is posted there."""
    from bot.usecases.configure import choose_channel
    from bot.usecases.ports import Delivered

    async def run() -> int:
        async with _open(workspace) as (bot, person):
            connection = (await _one(bot, person, name)).connection
            sent = await choose_channel(bot.ports, person, connection.id, channel)
        if isinstance(sent, Delivered):
            click.echo(f"Posted a test message. Alerts about {connection.title} go there now.")
            return 0
        click.echo(f"Nothing was changed: Slack did not take the test ({sent.reason}).", err=True)
        return 1

    sys.exit(asyncio.run(run()))


@click.command()
def guide() -> None:
    """The eight steps for creating the API user, and where each value goes."""
    for number, step in enumerate(STEPS, start=1):
        click.secho(f"{number}. {step.title}", bold=True)
        click.echo(click.wrap_text(step.text, 96, "   ", "   "))
        if step.fills:
            click.echo(click.wrap_text(f"→ {step.fills}", 96, "   ", "     "))


COMMANDS = (connect, status, check, alerts, disconnect, guide)


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


def _ask() -> Typed:
    if not sys.stdin.isatty():
        return _read(sys.stdin.read())
    click.echo("Four values of an API user in Autotask (autotask-bot guide tells how to get them).")
    values = {}
    for name, label in LABELS.items():
        click.secho(_bare(WHERE[name]), dim=True, err=True)
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
    overviews = await bot.ports.connections.all(person.workspace_id)
    ids = {each.connection.name.casefold(): each.connection.id for each in overviews}
    return ids.get(parse_name(name).casefold())


async def _one(bot: "Bot", person: Person, name: str) -> "Overview":
    from bot.usecases.report import the_one

    return await the_one(bot.ports, person, name)


def _tell_outcome(outcome: "Connected | Refused | Doubtful", as_json: bool) -> int:  # noqa: FBT001
    from bot.usecases.connect import Connected, Doubtful

    if isinstance(outcome, Connected):
        connection, watch = outcome.connection, outcome.watch
        if as_json:
            click.echo(json.dumps({"name": connection.name, "status": watch.status.value}))
        else:
            zone = connection.zone or connection.origin.host
            where = f"{connection.company or connection.name}, zone {zone}"
            click.secho(f"{watch.status.value.capitalize()}: connected to {where}.", fg="green")
        return 0 if watch.status is Status.ACTIVE else 1
    found = outcome.advice if isinstance(outcome, Doubtful) else outcome.errors
    for name, sentence in found.items():
        text = f"{LABELS[name]}: {_bare(sentence)}"
        click.secho(click.wrap_text(text, 96, "", "   "), fg="yellow", err=True)
    if isinstance(outcome, Doubtful):
        flag = "--may-lock" if outcome.may_lock else "--as-they-are"
        click.echo(f"Nothing was sent. To send all the same: {flag} ({outcome.confirm})", err=True)
    elif outcome.banner:
        click.secho(outcome.banner, fg="yellow", err=True)
    click.echo("Nothing was stored.", err=True)
    return 1


def _tell(overviews: "Sequence[Overview]", *, as_json: bool) -> int:
    if not overviews and not as_json:
        click.echo("Nothing is connected yet: autotask-bot connect")
    for each in overviews:
        facts = _facts(each)
        if as_json:
            click.echo(json.dumps(facts))
        else:
            click.echo(_line(facts))
            if each.watch.cause:
                words = diagnose(each.watch.cause, last_ok_at=each.watch.last_ok_at)
                click.echo(click.wrap_text(f"→ {words.next_step}", 96, "   ", "     "))
    fine = {Status.ACTIVE, Status.SUSPECT}
    return 0 if all(each.watch.status in fine for each in overviews) else 1


def _facts(overview: "Overview") -> dict[str, Any]:
    connection, watch = overview.connection, overview.watch
    return {
        "name": connection.name,
        "company": connection.company,
        "status": watch.status.value,
        "cause": watch.cause.value if watch.cause else None,
        "since": watch.since.isoformat(timespec="seconds"),
        "checked": watch.last_checked_at and watch.last_checked_at.isoformat(timespec="seconds"),
        "channel": connection.channel,
    }


def _line(facts: dict[str, Any]) -> str:
    colour = {"active": "green", "suspect": "green", "degraded": "yellow", "inactive": "red"}
    word = click.style(facts["status"].capitalize(), fg=colour.get(facts["status"]), bold=True)
    company = f" ({facts['company']})" if facts["company"] else ""
    cause = f", {facts['cause'].replace('_', ' ')}" if facts["cause"] else ""
    return f"{facts['name']}{company}: {word}{cause}, since {facts['since']}"


def _tell_tested(tested: "Tested", *, as_json: bool) -> int:
    overview, seen = tested.overview, tested.seen
    if as_json:
        found = {"seen": seen.seen.value, "evidence": list(seen.evidence)}
        click.echo(json.dumps(_facts(overview) | found))
    else:
        click.echo(_line(_facts(overview)))
        for each in seen.evidence:
            click.secho(f"   {each}", dim=True)
        if seen.cause:
            words = diagnose(seen.cause, last_ok_at=overview.watch.last_ok_at)
            click.echo(click.wrap_text(f"{words.why} {words.next_step}", 96, "   ", "   "))
    return _exit_code(seen)


def _bare(text: str) -> str:
    """Without the marks that Slack draws as bold."""
    return text.replace("*", "")


def _exit_code(seen: Observation) -> int:
    if seen.seen in (Seen.OK, Seen.MOVED_OK):
        return 0
    return COULD_NOT_TELL if seen.seen in (Seen.INCONCLUSIVE, Seen.WITHHELD) else 1
