"""Incidents of one zone that are told together: one message, whatever the number of connections.

Pure. An outage is Autotask's or the network's, so it says nothing of any one connection, and people
want to hear of it once. Each connection keeps an incident of its own; several share a message.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.connection import Connection
from bot.domain.incident import Alert, Incident, Kind
from bot.domain.status import OUTAGE_CAUSES

JOIN_WITHIN = timedelta(minutes=10)
"""How long after the youngest incident of a message began another may be told by editing it. Nobody
is notified of an edit, so what comes later is news of its own. Checks are five minutes apart, and
an outage is confirmed in two."""


@dataclass(frozen=True, slots=True)
class Member:
    """One of the other incidents that a message tells of."""

    connection: Connection
    incident: Incident
    owed: int | None = None
    """The version that its own first alert tells of, which goes with this message; None: the
    message tells of it already."""


def is_outage(incident: Incident) -> bool:
    """Whether credentials have no part in it."""
    return incident.cause in OUTAGE_CAUSES


def may_join(told: Sequence[Incident], now: datetime) -> bool:
    """Whether the message that tells of these may be edited now to tell of one more."""
    youngest = max((each.opened_at for each in told if each.closed_at is None), default=None)
    return youngest is not None and now - youngest <= JOIN_WITHIN


def is_said_by_another(alert: Alert, about: Member, others: Sequence[Member]) -> bool:
    """Whether a line for the thread that these share is left out. A person is called once, however
    many connections name them."""
    if not others:
        return False
    if alert.kind is Kind.MENTION:
        return any(_calls_the_same_person(each, about) for each in others)
    return not speaks(about.incident, [each.incident for each in others])


def speaks(incident: Incident, others: Sequence[Incident]) -> bool:
    """Whether this one speaks for all that share a message: the eldest that is open does, of those
    that somebody looks after and of the rest; and of the last ones, who says that it is over."""
    everybody = [incident, *others]
    still_open = [each for each in everybody if each.closed_at is None]
    if not still_open:
        return incident.number == _last_to_end(everybody).number
    alike = [each.number for each in still_open if is_in_hand(each) is is_in_hand(incident)]
    return incident.closed_at is None and incident.number == min(alike)


def is_in_hand(incident: Incident) -> bool:
    """Whether somebody looks after it, so that it need not shout."""
    return bool(incident.acknowledged_by or incident.snoozed_until)


def _calls_the_same_person(elder: Member, than: Member) -> bool:
    care, its = than.connection.care, elder.connection.care
    return (
        elder.incident.number < than.incident.number
        and elder.incident.closed_at is None
        and not is_in_hand(elder.incident)
        and (its.escalate_to, its.escalate_after) == (care.escalate_to, care.escalate_after)
    )


def _last_to_end(incidents: Sequence[Incident]) -> Incident:
    return max(incidents, key=lambda each: (each.closed_at or each.opened_at, each.number))
