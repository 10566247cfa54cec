"""From news to words: the incident as it becomes, and the alerts that are owed about it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.announce import Effect, News, in_words, is_unstable
from bot.domain.connection import Connection
from bot.domain.diagnosis import API_ACTIVITY
from bot.domain.incident import (
    UNWATCHED,
    Alert,
    Incident,
    Kind,
    Telling,
    ending,
    notice,
    spell,
)
from bot.domain.observation import Observation, Quota
from bot.domain.stamps import mention, stamp, unmarked
from bot.domain.status import OUTAGE_CAUSES, Watch


@dataclass(frozen=True, slots=True)
class Teller:
    """Turns the news about one connection into its incident and the alerts owed.

    `new_id` gives opaque ids; `group_wait` (seconds) holds back news of an outage, so that a short
    one is told once, as over, and those of one zone are told together.
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
        seen: Observation | None,
        effects: tuple[Effect, ...],
    ) -> Telling:
        """`incident` is the open one, `watch` is already as decided; `seen` is what led to it,
        None where it was time alone. An incident is shown as snoozed for as long as the watch is,
        and drawn once more where nothing else would."""
        snoozed = watch.snoozed_until is not None and watch.snoozed_until > self.now
        awake = incident if incident is None or snoozed else _woken(incident)
        telling = Telling(awake)
        for effect in effects:
            more = self._tell(telling.incident, watch, seen, effect)
            telling = Telling(more.incident or telling.incident, telling.alerts + more.alerts)
        if awake and telling.incident is awake and awake != incident:
            shown = replace(awake, version=awake.version + 1)
            return Telling(shown, (*telling.alerts, self._message(shown)))
        return telling

    def close(self, incident: Incident, how: str, *, at: datetime | None = None) -> Telling:
        """The incident is over: `recovered`, `mended`, `paused` or `disconnected`; `at` is when it
        was, where that was before now."""
        closed = replace(
            incident,
            closed_at=max(at or self.now, incident.opened_at),
            closed_by=self.by,
            closed_how=how,
        )
        told = self._write(closed, ending(closed))
        if how in UNWATCHED or not self.connection.care.broadcast_recovery:
            return told
        return replace(told, alerts=(told.alerts[0], replace(told.alerts[1], broadcast=True)))

    def acknowledge(self, incident: Incident) -> Telling:
        """Somebody looks after it."""
        taken = replace(incident, acknowledged_by=self.by, acknowledged_at=self.now)
        return self._write(taken, f"Acknowledged by {self._whoever()}.")

    def snooze(self, incident: Incident, until: datetime) -> Telling:
        """Nobody is told more of it until then."""
        asleep = replace(incident, snoozed_by=self.by, snoozed_until=until)
        return self._write(asleep, f"Snoozed until {stamp(until)} by {self._whoever()}.")

    def resume(self, incident: Incident) -> Telling:
        """Somebody has ended the snooze before its time."""
        return self._write(_woken(incident), f"Resumed by {self._whoever()}.")

    def _whoever(self) -> str:
        return mention(self.by) if self.by else "somebody"

    def _tell(
        self, incident: Incident | None, watch: Watch, seen: Observation | None, effect: Effect
    ) -> Telling:
        match effect.news:
            case News.MOVED if seen:
                return self._notice(_moved(seen))
            case News.QUOTA if seen and seen.quota:
                return self._notice(_used_up(seen.quota))
            case News.QUIET_OVER:
                now = f" Now it is {in_words(watch.trouble, watch.last_ok_at)}."
                return self._notice(effect.text + now)
            case News.OPENED:
                opened = self._open(watch, effect.at)
                return Telling(opened, (self._message(opened),))
            case _ if incident:
                return self._go_on(incident, watch, effect)
            case _:  # nobody was told of an incident, so there is none to go on with
                return Telling()

    def _go_on(self, incident: Incident, watch: Watch, effect: Effect) -> Telling:
        words = in_words(watch.trouble, watch.last_ok_at)
        match effect.news:
            case News.RECOVERED:
                return self.close(incident, "mended" if self.by else "recovered", at=effect.at)
            case News.REMINDED:
                lasted = spell(self.now - incident.opened_at)
                return self._write(incident, f"Still {words}, for {lasted}.")
            case News.ESCALATED:
                whom = mention(self.connection.care.escalate_to or "")
                text = f"{whom} Nobody has acknowledged this yet. It is {words}."
                return self._write(incident, text, kind=Kind.MENTION)
            case _:
                now = "Steady now" if effect.news is News.STEADY else "Now"
                return self._write(_changed(incident, watch), f"{now}: {words}.")

    def _write(self, incident: Incident, line: str, *, kind: Kind = Kind.TIMELINE) -> Telling:
        """Draw the message anew, and add a line below it."""
        changed = replace(incident, version=incident.version + 1)
        return Telling(changed, (self._message(changed), self._alert(kind, changed, text=line)))

    def _open(self, watch: Watch, at: datetime) -> Incident:
        return Incident(
            id=self.new_id(),
            number=0,
            workspace_id=self.connection.workspace_id,
            connection_id=self.connection.id,
            status=watch.status,
            cause=watch.cause,
            evidence=watch.evidence,
            opened_at=at,
            last_ok_at=watch.last_ok_at,
            origin=self.connection.origin,
            unstable=is_unstable(watch),
        )

    def _notice(self, text: str) -> Telling:
        return Telling(None, (notice(self.connection, text, now=self.now, id=self.new_id()),))

    def _message(self, incident: Incident) -> Alert:
        waits = incident.closed_at is None and incident.cause in OUTAGE_CAUSES
        first = incident.version == 1
        return self._alert(
            Kind.INCIDENT, incident, wait=self.group_wait if waits and first else 0.0
        )

    def _alert(self, kind: Kind, incident: Incident, *, text: str = "", wait: float = 0.0) -> Alert:
        return Alert(
            id=self.new_id(),
            workspace_id=self.connection.workspace_id,
            connection_id=self.connection.id,
            kind=kind,
            text=text,
            not_before=self.now + timedelta(seconds=wait),
            incident_id=incident.id,
            version=incident.version,
        )


def _woken(incident: Incident) -> Incident:
    """Not snoozed any more."""
    return replace(incident, snoozed_by=None, snoozed_until=None)


def _changed(incident: Incident, watch: Watch) -> Incident:
    """With another status or cause it is to be acknowledged anew."""
    same = (incident.status, incident.cause) == watch.trouble
    status, cause = watch.trouble or (incident.status, incident.cause)
    return replace(
        incident,
        status=status,
        cause=cause,
        evidence=watch.evidence or incident.evidence,
        acknowledged_by=incident.acknowledged_by if same else None,
        acknowledged_at=incident.acknowledged_at if same else None,
        unstable=is_unstable(watch),
    )


def _used_up(quota: Quota) -> str:
    return (
        f"{quota.share:.0%} of the hourly request budget is used ({quota.used:,} of "
        f"{quota.limit:,}), by all integrations of this Autotask together. At 100 % Autotask "
        f"refuses all of them for a while. Which one it is: {API_ACTIVITY}."
    )


def _moved(seen: Observation) -> str:
    zone = seen.tenant.zone or (seen.origin.host if seen.origin else "another zone")
    return (
        f"Autotask has moved your database to {unmarked(zone)}. The credentials work there and the "
        "bot has followed; nothing to do."
    )
