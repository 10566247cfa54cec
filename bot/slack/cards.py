"""One connection, drawn: how it is, and the small print. Status and the Home tab show the same."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, ContextBlock, SectionBlock

from bot.domain.connection import Connection
from bot.domain.diagnosis import diagnose
from bot.domain.status import Status, Watch
from bot.domain.uptime import Uptime, percent, phrase
from bot.slack.message import fact
from bot.slack.text import MARKS, person, plain, quota_phrase, status_word, time, took
from bot.usecases.ports import Overview


def card(overview: Overview, uptime: Uptime | None = None, *, brief: bool = False) -> list[Block]:
    """Two blocks. `brief` leaves out of the small print what seldom matters."""
    connection, watch = overview.connection, overview.watch
    text = f"{MARKS[watch.status]} *{plain(connection.title)}*\n*{status_word(watch)}*"
    if watch.cause:
        words = diagnose(watch.cause, last_ok_at=watch.last_ok_at)
        text += f": {words.title}, since {time(watch.since)}\n*Next step:* {words.next_step}"
    else:
        text += f" since {time(watch.since)}"
    lines = _most_asked(overview, uptime) if brief else _small_print(overview, uptime)
    return [SectionBlock(text=text), small(*_in_hand(overview), *lines)]


def small(*lines: str) -> Block:
    """Small print; at most ten lines."""
    return ContextBlock(elements=[fact(each) for each in lines])


def _most_asked(overview: Overview, uptime: Uptime | None) -> Sequence[str]:
    month = percent(uptime.month.uptime) if uptime else ""
    worked = [f"Uptime {month} in 30 days"] if month else []
    return [_last(overview.watch), _where(overview.connection), *worked]


def _small_print(overview: Overview, uptime: Uptime | None) -> Sequence[str]:
    connection, watch = overview.connection, overview.watch
    return [
        _last(watch),
        "Not checked while it is paused"
        if watch.status is Status.PAUSED
        else f"Next {time(watch.next_check_at)}",
        f"Zone {plain(connection.zone or connection.origin.host)}",
        _where(connection),
        f"Connected by {person(connection.connected_by)} {time(connection.connected_at)}",
        *([quota_phrase(overview.quota).capitalize()] if overview.quota else ()),
        *([f"U{phrase(uptime)[1:]}"] if uptime else ()),
    ]


def _last(watch: Watch) -> str:
    if watch.last_checked_at is None:
        return "Not checked yet"
    return f"Checked {time(watch.last_checked_at)}{took(watch.latency)}"


def _where(connection: Connection) -> str:
    where = f"<#{connection.channel}>" if connection.channel else person(connection.connected_by)
    return f"Alerts to {where}"


def _in_hand(overview: Overview) -> Sequence[str]:
    """Who looks after it, and when people want no alerts about it."""
    watch, incident, lines = overview.watch, overview.incident, []
    if incident and incident.acknowledged_by:
        lines.append(f"*Acknowledged* by {person(incident.acknowledged_by)}")
    if watch.snoozed_until:
        lines.append(f"*Snoozed* until {time(watch.snoozed_until)}")
    if watch.maintenance_from and watch.maintenance_until:
        span = f"{time(watch.maintenance_from)} to {time(watch.maintenance_until)}"
        lines.append(f"*Maintenance* {span}")
    return lines
