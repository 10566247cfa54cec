"""One connection, drawn: how it is, and the small print. Status and the Home tab show the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from slack_sdk.models.blocks import Block, ContextBlock, InteractiveElement, SectionBlock

from bot.domain.connection import Connection
from bot.domain.diagnosis import diagnose
from bot.domain.incident import spell
from bot.domain.sparkline import SHOWN, Hours, in_words, legend, sparkline
from bot.domain.status import Status, Watch
from bot.domain.uptime import Uptime, phrase, shares
from bot.slack.message import fact
from bot.slack.text import MARKS, person, plain, quota_phrase, status_word, time, took
from bot.usecases.ports import Overview


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a connection beside its overview."""

    uptime: Uptime | None = None
    hours: Hours = ()
    now: datetime | None = None
    suspected: str = ""
    """Why it is looked at again, as `suspicion` says."""
    manages: bool = False
    """Whether it is drawn for somebody who manages connections."""


NOTHING = Facts()
_COUNTED = (Status.INACTIVE, Status.DEGRADED, Status.PENDING, Status.ACTIVE, Status.PAUSED)


def summary(overviews: Sequence[Overview]) -> str:
    """How they are, such as "3 connections: 1 inactive, 2 active"."""
    if len(overviews) == 1:
        return f"1 connection, {_counts(overviews)[2:]}"
    return f"{len(overviews):,} connections: {_counts(overviews)}"


def the_rest(overviews: Sequence[Overview]) -> str:
    """Those for which there is no room: how they are, and how to see one."""
    return (
        f"… and {len(overviews):,} more ({_counts(overviews)}). `/autotask status NAME` shows one "
        "of them."
    )


def _counts(overviews: Sequence[Overview]) -> str:
    believed = [each.watch.status for each in overviews]
    seen = [Status.ACTIVE if each is Status.SUSPECT else each for each in believed]
    return ", ".join(f"{seen.count(each):,} {each}" for each in _COUNTED if each in seen)


def card(
    overview: Overview,
    facts: Facts = NOTHING,
    *,
    brief: bool = False,
    accessory: InteractiveElement | None = None,
) -> list[Block]:
    """Two blocks. `brief` leaves out of the small print what seldom matters."""
    lines = _most_asked(overview, facts) if brief else _small_print(overview, facts)
    text = "\n".join([_headline(overview, facts), *_spark(facts, brief=brief)])
    return [SectionBlock(text=text, accessory=accessory), small(*_in_hand(overview), *lines)]


def spoken(overview: Overview, facts: Facts, *, brief: bool = False) -> str:
    """The same for who hears it: without the signs. `brief` in two lines or three."""
    hours = [f"Last {SHOWN} hours: {in_words(facts.hours)}"] if facts.hours else []
    rest = _worked(facts) if brief else [*hours, *_small_print(overview, facts)]
    lines = [f"{each}." for each in (*_in_hand(overview), *rest)]
    return "\n".join([_headline(overview, facts), " ".join(lines)]).strip()


def _headline(overview: Overview, facts: Facts) -> str:
    connection, watch = overview.connection, overview.watch
    text = f"{MARKS[watch.status]} *{plain(connection.title)}*\n*{status_word(watch)}*"
    if watch.cause is None:
        why = f": {facts.suspected}," if facts.suspected else ""
        return f"{text}{why} since {time(watch.since)}"
    words = diagnose(watch.cause, last_ok_at=watch.last_ok_at)
    return f"{text}: {words.title}, since {time(watch.since)}\n*Next step:* {words.next_step}"


def _spark(facts: Facts, *, brief: bool) -> list[str]:
    if not facts.hours or facts.now is None:
        return []
    signs = sparkline(facts.hours, until=facts.now)
    key = "" if brief else f" _({legend(signs)})_"
    return [f"`{signs}` last {SHOWN} hours: {in_words(facts.hours)}{key}"]


def small(*lines: str) -> Block:
    """Small print; at most ten lines."""
    return ContextBlock(elements=[fact(each) for each in lines])


def _most_asked(overview: Overview, facts: Facts) -> Sequence[str]:
    return [
        _last(overview.watch),
        _where(overview.connection),
        *_kept(overview, facts),
        *_worked(facts),
    ]


def _worked(facts: Facts) -> Sequence[str]:
    return [f"Uptime {shares(facts.uptime)[-1]}"] if facts.uptime else []


def _small_print(overview: Overview, facts: Facts) -> Sequence[str]:
    connection, watch = overview.connection, overview.watch
    return [
        _last(watch),
        "Not checked while it is paused"
        if watch.status is Status.PAUSED
        else f"Next {time(watch.next_check_at)}",
        f"Zone {plain(connection.zone or connection.origin.host)}",
        _where(connection),
        _credentials(connection, facts.now),
        *_kept(overview, facts),
        *([quota_phrase(overview.quota).capitalize()] if overview.quota else ()),
        *([f"U{phrase(facts.uptime)[1:]}"] if facts.uptime else ()),
    ]


def _kept(overview: Overview, facts: Facts) -> Sequence[str]:
    """Where the credentials are, if not here."""
    reference = overview.connection.reference
    return [f"Secret: reference `{plain(reference)}`"] if reference and facts.manages else []


def _credentials(connection: Connection, now: datetime | None) -> str:
    """Who gave them, and how old they are."""
    said = f"Connected by {person(connection.connected_by)} {time(connection.connected_at)}"
    if now is None:
        return said
    age = now - connection.connected_at
    return f"{said}: credentials {spell(timedelta(age.days) if age.days else age)} old"


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
