"""What people are told about a destination that takes no messages: why, and what to do."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.connection import Connection
from bot.domain.diagnosis import diagnose
from bot.domain.stamps import is_person, mention, stamp
from bot.domain.status import TROUBLE, Watch

MOST_LINES = 10
LONGEST_NAME = 80
_PLACE = re.compile(r"\b([A-Z][A-Z0-9]+) ([a-z_]+)")
_CHOOSE = "or choose another channel with `/autotask alerts`"
_INVITE = f"Type `/invite` and my name there, {_CHOOSE}."
_GOES_ON = "I go on by myself once it works again."
_OPEN_UP = f"Ask whoever manages the channel to let me post there, {_CHOOSE}."


@dataclass(frozen=True, slots=True)
class _Words:
    why: str
    what_to_do: str


_ARCHIVED = _Words("it is archived", f"Unarchive it, {_CHOOSE}.")
_RESTRICTED = _Words("posting there is restricted", _OPEN_UP)
_WORDS: Mapping[str, _Words] = {
    "is_archived": _ARCHIVED,
    "is_inactive": _ARCHIVED,
    "channel_not_found": _Words(
        "it was deleted or made private, or I was removed from it",
        f"If it is still there, type `/invite` and my name in it, {_CHOOSE}.",
    ),
    "deleted": _Words("it was deleted", "Choose another channel with `/autotask alerts`."),
    "not_in_channel": _Words("I am not a member of it", _INVITE),
    "removed": _Words("I was removed from it", _INVITE),
    "ekm_access_denied": _Words(
        "your organisation's key management keeps apps out", "Ask whoever manages your Slack keys."
    ),
    "messages_tab_disabled": _Words(
        "messages to this app are switched off", "Switch on the app's Messages tab."
    ),
    "user_disabled": _Words("that person's account is deactivated", "Connect again, as somebody."),
}


def why(reason: str) -> str:
    """The reason that Slack gave, in words."""
    return _words(reason).why


def broken_sentence(channel: str, reason: str, connections: Sequence[Connection]) -> str:
    """For the people who get the alerts instead: where, why, about what, and what to do."""
    words = _words(reason)
    return (
        f"I cannot {_reach(channel)} any more: {words.why}. Alerts about {_names(connections)} "
        f"were to go there, and come to you for now. {words.what_to_do} {_GOES_ON}"
    )


@dataclass(frozen=True, slots=True)
class Detour:
    """A place that takes nothing, and where its alerts go instead."""

    channel: str
    reason: str
    since: datetime
    connections: Sequence[Connection]
    """Those whose alerts pass it by just now."""
    instead: Sequence[str]
    """The places that these go to; empty: there is none."""


def detour_sentence(detour: Detour) -> str:
    """For everybody who looks: where, why, since when, what becomes of the alerts, what to do."""
    words, meanwhile = _words(detour.reason), ""
    if detour.connections and detour.instead:
        where = _listed([mention(each) for each in detour.instead])
        meanwhile = f"Alerts about {_names(detour.connections)} go to {where} meanwhile. "
    return (
        f"*I cannot {_reach(detour.channel)}* since {stamp(detour.since)}: {words.why}. {meanwhile}"
        f"{words.what_to_do} {_GOES_ON}"
    )


def unheard_sentence(connections: Sequence[Connection]) -> str:
    """About connections that nobody could be told of just now."""
    return (
        f"*Nobody would hear of it* if {_names(connections)} stopped: no place is left that takes "
        "the alerts. Choose a channel with `/autotask alerts`."
    )


def reached_nobody(noted: str) -> str:
    """Why an alert did, in words, from what the outbox has noted of it."""
    tried = [f"{mention(place)}: {why(code)}" for place, code in _PLACE.findall(noted)]
    if tried:
        return "; ".join(tried)
    _, day, reason = noted.partition("a day has passed ")
    if day:
        return f"Slack did not take it for a day {reason}"
    return "nobody is named who could be told"


def back_sentence(channel: str, connections: Sequence[Connection]) -> str:
    """For the people who got the alerts meanwhile."""
    return f"{mention(channel)} takes messages again. Alerts about {_names(connections)} go there."


def farewell_sentence(channel: str, connections: Sequence[Connection]) -> str:
    """In place of a message that told of these meanwhile."""
    verb = "is" if len(connections) == 1 else "are"
    return f"{_names(connections)} {verb} told in {mention(channel)} from here on."


@dataclass(frozen=True, slots=True)
class Missed:
    """What a channel was not told about one connection, and how that is now."""

    connection: Connection
    watch: Watch
    count: int


def summary(since: datetime, until: datetime, reason: str, missed: Sequence[Missed]) -> str:
    """For the channel that is back: from when to when, how much was missed, and how it is now."""
    span = f"I could not post here from {stamp(since)} to {stamp(until)}: {why(reason)}."
    changed = [each for each in missed if each.count]
    if not changed:
        return f"{span} Nothing was missed."
    count = sum(each.count for each in changed)
    alerts = "1 alert" if count == 1 else f"{count} alerts"
    lines = [_line(each) for each in changed[:MOST_LINES]]
    if (more := len(changed) - MOST_LINES) > 0:
        lines.append(f"… and {more} more: `/autotask status` shows them.")
    return "\n".join([f"{span} {alerts} went elsewhere or nowhere. How it is now:", *lines])


def _line(missed: Missed) -> str:
    watch = missed.watch
    how = "Active"
    if watch.status in TROUBLE and watch.cause:
        title = diagnose(watch.cause, last_ok_at=watch.last_ok_at).title
        how = f"{watch.status.capitalize()}, {title}, since {stamp(watch.since)}"
    return f"• {_quoted(missed.connection)}: {how} ({missed.count})"


def _reach(channel: str) -> str:
    if is_person(channel):
        return f"send direct messages to {mention(channel)}"
    return f"post in {mention(channel)}"


def _names(connections: Sequence[Connection]) -> str:
    return _listed([_quoted(each) for each in connections])


def _listed(names: Sequence[str]) -> str:
    """Such as "A, B and C"; of many the first five."""
    shown = [*names[:5], *([f"{more:,} more"] if (more := len(names) - 5) > 0 else ())]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _quoted(connection: Connection) -> str:
    """A name that is no longer than a sentence bears."""
    title = connection.title
    return title if len(title) <= LONGEST_NAME else title[: LONGEST_NAME - 1] + "…"


def _words(reason: str) -> _Words:
    code = reason.partition(":")[0]
    if code.startswith("restricted_action"):
        return _RESTRICTED
    return _WORDS.get(code, _Words(f"Slack refuses it ({code})", _OPEN_UP))
