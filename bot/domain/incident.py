"""An incident, and the alerts it owes: from announced trouble until announced recovery.

One incident is one message, edited in place. An alert is one call owed to Slack; the message is
drawn from the incident as it stands when the call is made, so an overtaken alert tells the truth
and a call that is made twice changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.connection import Connection
from bot.domain.diagnosis import API_ACTIVITY, diagnose
from bot.domain.observation import Cause, Observation, Quota
from bot.domain.status import OUTAGE_CAUSES, Effect, News, Status, Watch


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
    """`recovered`, `mended` (new credentials were accepted) or `disconnected`."""
    place: Place | None = None
    shown_version: int = 0
    """The newest version that the message shows."""
    first_shown_version: int = 0
    """The version that the message showed when it was first posted."""


class Kind(StrEnum):
    """What kind of call an alert is."""

    INCIDENT = "incident"
    """The incident's one message: posted the first time, edited afterwards."""
    TIMELINE = "timeline"
    """A line in the thread below it."""
    NOTICE = "notice"
    """A message of its own about one connection: a zone that moved, a channel's test message."""
    BULLETIN = "bulletin"
    """A message of its own about all that a channel watches: a gap, a digest."""


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
    destination: str | None = None
    """The fallback that it goes to; None: where its message stands, else the first in the chain."""
    first_tried_at: datetime | None = None
    doubt: Doubt = Doubt.NONE


@dataclass(frozen=True, slots=True)
class Telling:
    """What a decision leads to: the incident as it becomes, and the alerts owed."""

    incident: Incident | None = None
    alerts: tuple[Alert, ...] = ()


@dataclass(frozen=True, slots=True)
class Teller:
    """Turns the news about one connection into its incident and the alerts owed.

    `new_id` gives opaque ids; `group_wait` (seconds) holds back news of an outage, so that a short
    one is told once, as over.
    """

    connection: Connection
    now: datetime
    group_wait: float
    new_id: Callable[[], str]
    by: str | None = None
    """The person whose deed this is; None: it was seen by a check."""

    def tell(
        self,
        incident: Incident | None,
        watch: Watch,
        seen: Observation,
        effects: tuple[Effect, ...],
    ) -> Telling:
        """`incident` is the open one, `watch` is already as decided."""
        alerts: list[Alert] = []
        for effect in effects:
            match effect.news:
                case News.MOVED:
                    alerts.append(
                        notice(self.connection, _moved(seen), now=self.now, id=self.new_id())
                    )
                case News.QUOTA if seen.quota:
                    text = _used_up(seen.quota)
                    alerts.append(notice(self.connection, text, now=self.now, id=self.new_id()))
                case News.OPENED:
                    incident = self._open(watch, seen, effect.at)
                    alerts.append(self._message(incident))
                case News.CHANGED if incident:
                    incident = _changed(incident, watch, seen)
                    text = f"Now: {_title(incident)}."
                    alerts += [self._message(incident), self._line(incident, text)]
                case News.RECOVERED if incident:
                    telling = self.close(incident, "mended" if self.by else "recovered")
                    incident = telling.incident
                    alerts += telling.alerts
        return Telling(incident, tuple(alerts))

    def close(self, incident: Incident, how: str) -> Telling:
        """The incident is over: `recovered`, `mended` or `disconnected`."""
        closed = replace(
            incident,
            version=incident.version + 1,
            closed_at=self.now,
            closed_by=self.by,
            closed_how=how,
        )
        text = (
            f"Disconnected after {duration(closed)}."
            if how == "disconnected"
            else f"Active again after {duration(closed)}."
        )
        return Telling(closed, (self._message(closed), self._line(closed, text)))

    def _open(self, watch: Watch, seen: Observation, at: datetime) -> Incident:
        return Incident(
            id=self.new_id(),
            number=0,
            workspace_id=self.connection.workspace_id,
            connection_id=self.connection.id,
            status=watch.status,
            cause=watch.cause,
            evidence=seen.evidence,
            opened_at=at,
            last_ok_at=watch.last_ok_at,
        )

    def _message(self, incident: Incident) -> Alert:
        waits = incident.closed_at is None and incident.cause in OUTAGE_CAUSES
        return self._alert(Kind.INCIDENT, incident, wait=self.group_wait if waits else 0.0)

    def _line(self, incident: Incident, text: str) -> Alert:
        return self._alert(Kind.TIMELINE, incident, text=text)

    def _alert(
        self, kind: Kind, incident: Incident | None, *, text: str = "", wait: float = 0.0
    ) -> Alert:
        return Alert(
            id=self.new_id(),
            workspace_id=self.connection.workspace_id,
            connection_id=self.connection.id,
            kind=kind,
            text=text,
            not_before=self.now + timedelta(seconds=wait),
            incident_id=incident.id if incident else None,
            version=incident.version if incident else 0,
        )


def notice(connection: Connection, text: str, *, now: datetime, id: str) -> Alert:  # noqa: A002
    """A message of its own about `connection`."""
    return Alert(id, connection.workspace_id, connection.id, Kind.NOTICE, text, not_before=now)


def stamp(at: datetime) -> str:
    """A moment inside a sentence; shown in each reader's own time zone."""
    return f"[[{round(at.timestamp())}]]"


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


def _changed(incident: Incident, watch: Watch, seen: Observation) -> Incident:
    return replace(
        incident,
        version=incident.version + 1,
        status=watch.status,
        cause=watch.cause,
        evidence=seen.evidence,
    )


def _title(incident: Incident) -> str:
    cause = incident.cause or Cause.OURS
    return f"{incident.status}, {diagnose(cause, last_ok_at=incident.last_ok_at).title}"


def _used_up(quota: Quota) -> str:
    return (
        f"{quota.share:.0%} of the hourly request budget is used ({quota.used:,} of "
        f"{quota.limit:,}), by all integrations of this Autotask together. At 100 % Autotask "
        f"refuses all of them for a while. Which one it is: {API_ACTIVITY}."
    )


def _moved(seen: Observation) -> str:
    zone = seen.tenant.zone or (seen.origin.host if seen.origin else "another zone")
    return (
        f"Autotask has moved your database to {zone}. The credentials work there and the bot has "
        "followed; nothing to do."
    )
