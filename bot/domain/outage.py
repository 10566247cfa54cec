"""Incidents of one zone that are told together: one message, whatever the number of connections.

Pure. An outage is Autotask's or the network's, so it says nothing of any one connection, and people
want to hear of it once. Each connection keeps an incident of its own; several share a message.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.connection import Connection
from bot.domain.incident import UNWATCHED, Alert, Incident, Kind
from bot.domain.status import OUTAGE_CAUSES

JOIN_WITHIN = timedelta(minutes=10)
"""How long after the youngest incident of a message began another may be told by editing it. Nobody
is notified of an edit, so what comes later is news of its own. Checks are five minutes apart, and
an outage is confirmed in two."""
CALLED_LATELY = timedelta(hours=1)
"""How long after its end one still counts for which a person was called: until then whoever came
has seen the message, and what else it tells of. Afterwards they may take it to be over."""


@dataclass(frozen=True, slots=True)
class Member:
    """One of the other incidents that a message tells of."""

    connection: Connection
    incident: Incident
    owed: int | None = None
    """The version that its own first alert tells of, which goes with this message; None: the
    message tells of it already."""
    said: tuple[Alert, ...] = ()
    """The lines about it that stand below the message."""
    owes_line: bool = False
    """Whether a line about it is still to be told."""
    quiet: bool = False
    """Whether people want to hear nothing of it just now."""


def is_outage(incident: Incident) -> bool:
    """Whether credentials have no part in it."""
    return incident.cause in OUTAGE_CAUSES


def may_join(told: Sequence[Incident], now: datetime) -> bool:
    """Whether the message that tells of these may be edited now to tell of one more."""
    youngest = max((each.opened_at for each in told if each.closed_at is None), default=None)
    return youngest is not None and now - youngest <= JOIN_WITHIN


def is_said_by_another(alert: Alert, about: Member, others: Sequence[Member]) -> bool:
    """Whether a line for the thread that these share is left out. A person is called once, however
    many connections name them: where one has been called, and nobody has answered yet. What comes
    late and tells of a version before the end is overtaken by the end."""
    if alert.kind is Kind.MENTION:
        return any(_has_called(each, alert) for each in others)
    overtaken = about.incident.closed_at is not None and not is_end(alert, about.incident)
    return bool(others) and (overtaken or not speaks(about, others))


def is_end(line: Alert, incident: Incident) -> bool:
    """Whether the line tells how the incident ended: nothing changes after that."""
    return incident.closed_at is not None and line.version == incident.version


def speaks(about: Member, others: Sequence[Member]) -> bool:
    """Whether this one speaks for all that share a message: the eldest that is open does, of those
    that may shout and of the rest; and of the last whose end was noticed, who says that it is
    over."""
    still_open = [each for each in (about, *others) if each.incident.closed_at is None]
    if not still_open:
        noticed = [about, *(each for each in others if each.owes_line)]
        return about is _last_to_end(noticed) and not any(map(_end_is_said, others))
    alike = [each.incident.number for each in still_open if _is_loud(each) is _is_loud(about)]
    return about.incident.closed_at is None and about.incident.number == min(alike)


def untold_end(left: Sequence[Member]) -> Member | None:
    """Whose end tells that it is over for all that a message tells of, now that the last one of
    them that was open has got another; None: it is not over, or somebody says so."""
    if any(each.incident.closed_at is None or each.owes_line for each in left):
        return None
    return None if any(map(_end_is_said, left)) else _last_to_end(left)


def is_known_over(members: Sequence[Member]) -> bool:
    """Whether the last to end was seen to be back: nobody knows it of one that was only paused or
    disconnected. All have ended."""
    return _last_to_end(members).incident.closed_how not in UNWATCHED


def is_in_hand(incident: Incident) -> bool:
    """Whether somebody looks after it, so that it need not shout."""
    return bool(incident.acknowledged_by or incident.snoozed_until)


def _is_loud(member: Member) -> bool:
    return not (is_in_hand(member.incident) or member.quiet)


def _has_called(member: Member, call: Alert) -> bool:
    """Whether the same person was called for this one, and still has it in mind."""
    ended = member.incident.closed_at
    if is_in_hand(member.incident) or (ended and call.not_before - ended > CALLED_LATELY):
        return False
    return any(each.kind is Kind.MENTION and _whom(each) == _whom(call) for each in member.said)


def _whom(call: Alert) -> str:
    """The person, by whom such a line begins."""
    return call.text.partition(" ")[0]


def _end_is_said(member: Member) -> bool:
    return any(each.kind is Kind.TIMELINE and is_end(each, member.incident) for each in member.said)


def _last_to_end(members: Sequence[Member]) -> Member:
    return max(
        members,
        key=lambda each: (each.incident.closed_at or each.incident.opened_at, each.incident.number),
    )
