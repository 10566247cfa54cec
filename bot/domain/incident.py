"""An incident, and the alerts it owes: from announced trouble until announced recovery.

One incident is one message, edited in place. An alert is one call owed to Slack; the message is
drawn from the incident as it stands when the call is made, so an overtaken alert tells the truth
and a call that is made twice changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.connection import Connection
from bot.domain.observation import Cause
from bot.domain.origin import AutotaskOrigin
from bot.domain.status import Status


@dataclass(frozen=True, slots=True)
class Place:
    """A message in Slack: where it stands and under which timestamp."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Incident:
    """One stretch of trouble of one connection, and its message."""

    id: str
    number: int
    """Counts up within the workspace; people quote it."""
    workspace_id: str
    connection_id: str
    status: Status
    """Degraded or inactive while open; what it was at last once closed."""
    cause: Cause | None
    evidence: tuple[str, ...]
    opened_at: datetime
    last_ok_at: datetime | None
    version: int = 1
    """Counts the changes; every alert tells of one."""
    closed_at: datetime | None = None
    closed_by: str | None = None
    """The person whose deed ended it; None: it ended by itself."""
    closed_how: str = "recovered"
    """`recovered`, `mended` (new credentials were accepted), `paused` or `disconnected`."""
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    snoozed_by: str | None = None
    snoozed_until: datetime | None = None
    unstable: bool = False
    """Whether it keeps going up and down, so that further changes wait until it is steady."""
    place: Place | None = None
    shown_version: int = 0
    """The newest version that the message shows."""
    first_shown_version: int = 0
    """The version that the message showed when it was first posted."""
    origin: AutotaskOrigin | None = None
    """The zone that failed; None: it began before that was kept. A database may move since."""


class Kind(StrEnum):
    """What kind of call an alert is."""

    INCIDENT = "incident"
    """The incident's one message: posted the first time, edited afterwards."""
    TIMELINE = "timeline"
    """A line in the thread below it."""
    MENTION = "mention"
    """Such a line that calls a person, who is notified of it."""
    NOTICE = "notice"
    """A message of its own about one connection: a zone that moved, a channel's test message."""
    BULLETIN = "bulletin"
    """A message of its own about all that a channel watches: a gap, a digest."""
    FAREWELL = "farewell"
    """The last edit of a message in which nothing more is told: it says where it is."""


IN_THREAD = frozenset({Kind.TIMELINE, Kind.MENTION})
IN_PLACE = IN_THREAD | {Kind.INCIDENT}
"""What goes where the incident's message stands."""


UNWATCHED = frozenset({"paused", "disconnected"})
"""The ways to end an incident after which nobody knows whether the trouble is over."""


class Doubt(StrEnum):
    """Whether an earlier try of an alert may have reached Slack after all."""

    NONE = "none"
    UNCLEAR = "unclear"
    """Slack never said, or the process died in the call."""
    BLIND = "blind"
    """The same, and the message cannot be looked for there."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One call owed. `id` is the key by which a repeat is recognised."""

    id: str
    workspace_id: str
    connection_id: str
    kind: Kind
    text: str
    """The sentence of a timeline line or a notice; empty for the incident's message."""
    not_before: datetime
    incident_id: str | None = None
    version: int = 0
    attempts: int = 0
    step: int = 0
    """How many destinations have failed for good: an index into the fallback chain."""
    broadcast: bool = False
    """Whether a line of the timeline is shown in the channel too."""
    destination: str | None = None
    """The fallback that it goes to; None: where its message stands, else the first in the chain."""
    first_tried_at: datetime | None = None
    doubt: Doubt = Doubt.NONE
    sent_channel: str | None = None
    sent_ts: str | None = None
    """Where it was told; of a farewell, from the start, the message that it is an edit of."""

    @property
    def place(self) -> Place | None:
        """The same as one."""
        channel, ts = self.sent_channel, self.sent_ts
        return Place(channel, ts) if channel and ts else None


@dataclass(frozen=True, slots=True)
class Telling:
    """What a decision leads to: the incident as it becomes, and the alerts owed."""

    incident: Incident | None = None
    alerts: tuple[Alert, ...] = ()


def notice(connection: Connection, text: str, *, now: datetime, id: str) -> Alert:  # noqa: A002
    """A message of its own about `connection`."""
    return Alert(id, connection.workspace_id, connection.id, Kind.NOTICE, text, not_before=now)


def drawn_anew(incident: Incident, *, now: datetime, id: str) -> Alert:  # noqa: A002
    """Its message once more, as it is by now."""
    return Alert(
        id,
        incident.workspace_id,
        incident.connection_id,
        Kind.INCIDENT,
        text="",
        not_before=now,
        incident_id=incident.id,
        version=incident.version,
    )


def ending(incident: Incident) -> str:
    """That it is over, in a sentence. The incident is closed."""
    how = {"disconnected": "Disconnected", "paused": "Paused"}
    return f"{how.get(incident.closed_how, 'Active again')} after {duration(incident)}."


def duration(incident: Incident) -> str:
    """How long it lasted, in words. The incident is closed."""
    return spell((incident.closed_at or incident.opened_at) - incident.opened_at)


def spell(span: timedelta) -> str:
    """A length of time as people say it, in its two largest units: "2 h 5 min", "40 s"."""
    seconds = max(0, round(span.total_seconds()))
    units = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
    parts = []
    for size, unit in units:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"
