"""What the terminal shows, and the exit code it means: 0 active, 1 not, 75 could not tell."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from bot.domain.chronicle import course, headline
from bot.domain.connection import Connection
from bot.domain.credentials import LABELS
from bot.domain.diagnosis import diagnose
from bot.domain.incident import Incident
from bot.domain.observation import Observation, Seen
from bot.domain.progress import Outcome, Ticked
from bot.domain.stamps import spelled
from bot.domain.status import Status
from bot.domain.uptime import Uptime, phrase
from bot.usecases.alert_channel import READ_ALONG
from bot.usecases.check import Tested
from bot.usecases.connect import Connected, Doubtful, Refused
from bot.usecases.look_back import Past
from bot.usecases.ports import Overview

COULD_NOT_TELL = 75


def tell_outcome(outcome: Connected | Refused | Doubtful, *, as_json: bool) -> int:
    """What came of connecting."""
    if isinstance(outcome, Connected):
        connection, watch = outcome.connection, outcome.watch
        if as_json:
            click.echo(json.dumps({"name": connection.name, "status": watch.status.value}))
        else:
            zone = connection.zone or connection.origin.host
            where = f"{connection.company or connection.name}, zone {zone}"
            colour = "green" if watch.status is Status.ACTIVE else "yellow"
            click.secho(f"{watch.status.value.capitalize()}: connected to {where}.", fg=colour)
            for warning in _about_channel(outcome):
                click.secho(warning, fg="yellow", err=True)
            if watch.cause:
                words = diagnose(watch.cause)
                click.echo(click.wrap_text(f"{words.why} {words.next_step}", 96, "   ", "   "))
        return 0 if watch.status is Status.ACTIVE else 1
    found = outcome.advice if isinstance(outcome, Doubtful) else outcome.errors
    for name, sentence in found.items():
        text = f"{LABELS[name]}: {bare(sentence)}"
        click.secho(click.wrap_text(text, 96, "", "   "), fg="yellow", err=True)
    if isinstance(outcome, Doubtful):
        flag = "--may-lock" if outcome.may_lock else "--as-they-are"
        click.echo(f"Nothing was sent. To send all the same: {flag} ({outcome.confirm})", err=True)
    elif outcome.banner:
        click.secho(outcome.banner, fg="yellow", err=True)
    click.echo("Nothing was stored.", err=True)
    return 1


def _about_channel(outcome: Connected) -> list[str]:
    """What is odd about where its alerts go."""
    if outcome.channel_refused:
        return [f"The bot cannot post in {outcome.channel_refused}; alerts go elsewhere."]
    return [READ_ALONG] if outcome.shared else []


def tell(overviews: Sequence[Overview], uptimes: Mapping[str, Uptime], *, as_json: bool) -> int:
    """How connections are doing, with each one's uptime by its id."""
    if not overviews and not as_json:
        click.echo("Nothing is connected yet: autotask-bot connect")
    for each in overviews:
        facts, uptime = _facts(each), uptimes.get(each.connection.id)
        if as_json:
            click.echo(json.dumps(facts | _shares(uptime)))
        else:
            click.echo(_line(facts))
            if uptime:
                click.secho(f"   {phrase(uptime)}", dim=True)
            if each.watch.cause:
                words = diagnose(each.watch.cause, last_ok_at=each.watch.last_ok_at)
                click.echo(click.wrap_text(f"→ {words.next_step}", 96, "   ", "     "))
    fine = {Status.ACTIVE, Status.SUSPECT}
    return 0 if all(each.watch.status in fine for each in overviews) else 1


def _facts(overview: Overview) -> dict[str, Any]:
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


def _shares(uptime: Uptime | None) -> dict[str, float | None]:
    """In [0, 1]; null where nothing is known."""
    day, week, month = (uptime.day, uptime.week, uptime.month) if uptime else (None, None, None)
    spans = {"uptime_24h": day, "uptime_7d": week, "uptime_30d": month}
    return {name: each.uptime if each else None for name, each in spans.items()}


def _line(facts: dict[str, Any]) -> str:
    colour = {"active": "green", "suspect": "green", "degraded": "yellow", "inactive": "red"}
    shown = "Active, rechecking" if facts["status"] == "suspect" else facts["status"].capitalize()
    word = click.style(shown, fg=colour.get(facts["status"]), bold=True)
    company = f" ({facts['company']})" if facts["company"] else ""
    cause = f", {facts['cause'].replace('_', ' ')}" if facts["cause"] else ""
    return f"{facts['name']}{company}: {word}{cause}, since {facts['since']}"


def tell_tested(tested: Tested, *, as_json: bool) -> int:
    """What a check saw."""
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


def tell_past(past: Past, now: datetime, *, as_json: bool) -> None:
    """Incidents, and how to see older ones."""
    if not past.incidents and not as_json:
        click.echo("No incident so far.")
    for connection, incident in past.incidents:
        if as_json:
            click.echo(json.dumps(_incident(connection, incident)))
        else:
            click.echo(f"#{incident.number} {connection.title}: {headline(incident)}")
            told = spelled(course(incident, now=now), time=lambda at: f"{at:%Y-%m-%d %H:%M} UTC")
            click.secho(click.wrap_text(told, 96, "   ", "   "), dim=True)
    if past.older_than and not as_json:
        click.echo("There are older ones: ask for more with --limit.")


def _incident(connection: Connection, incident: Incident) -> dict[str, Any]:
    closed = incident.closed_at
    return {
        "number": incident.number,
        "name": connection.name,
        "status": incident.status.value,
        "cause": incident.cause.value if incident.cause else None,
        "opened": incident.opened_at.isoformat(timespec="seconds"),
        "closed": closed and closed.isoformat(timespec="seconds"),
        "ended": incident.closed_how if closed else None,
        "ended_by": incident.closed_by,
        "acknowledged_by": incident.acknowledged_by,
    }


def tell_step(ticked: Ticked) -> None:
    """A step of a check, as soon as it is over."""
    mark = {Outcome.DONE: "✓", Outcome.FAILED: "✗", Outcome.UNKNOWN: "·"}[ticked.outcome]
    note = f": {spelled(ticked.note, time=str)}" if ticked.note else ""
    time = f", {ticked.seconds * 1000:.0f} ms" if ticked.seconds is not None else ""
    click.echo(f"   {mark} {ticked.step}{note}{time}")


def bare(text: str) -> str:
    """Without the marks that Slack draws as bold."""
    return text.replace("*", "")


def _exit_code(seen: Observation) -> int:
    if seen.seen in (Seen.OK, Seen.MOVED_OK):
        return 0
    return COULD_NOT_TELL if seen.seen in (Seen.INCONCLUSIVE, Seen.WITHHELD) else 1
