"""The course of an incident in words: when, for how long, who took it on, how it ended."""

from datetime import datetime

from bot.domain.diagnosis import diagnose
from bot.domain.incident import Incident, duration, spell
from bot.domain.observation import Cause
from bot.domain.stamps import stamp, who


def headline(incident: Incident) -> str:
    """Such as "Inactive: credentials refused"."""
    words = diagnose(incident.cause or Cause.OURS, last_ok_at=incident.last_ok_at)
    return f"{incident.status.capitalize()}: {words.title}"


def course(incident: Incident, *, now: datetime) -> str:
    """In sentences, with moments and people marked (`domain/stamps.py`)."""
    began = stamp(incident.opened_at)
    if incident.closed_at is None:
        told = [f"Open since {began}, for {spell(now - incident.opened_at)} by now."]
    else:
        told = [f"{began}, for {duration(incident)}."]
    if incident.acknowledged_by and incident.acknowledged_at:
        at = stamp(incident.acknowledged_at)
        told.append(f"Acknowledged by {who(incident.acknowledged_by)} {at}.")
    if incident.closed_at:
        told.append(_ending(incident))
    return " ".join(told)


def _ending(incident: Incident) -> str:
    by = f" by {who(incident.closed_by)}" if incident.closed_by else ""
    match incident.closed_how:
        case "mended":
            return f"Mended{by} with new credentials."
        case "paused" | "disconnected":
            return f"Ended when it was {incident.closed_how}{by}."
        case _:
            return f"Recovered{by or ' by itself'}."
