"""The words of an alert: an incident's message, an outage's, the lines below them, and notices."""

from dataclasses import replace

from bot.domain.incident import IN_THREAD, Kind
from bot.domain.outage import Member
from bot.slack.incident import incident_message
from bot.slack.message import Message
from bot.slack.outage import outage_line, outage_message
from bot.slack.text import plain, plain_sentence
from bot.usecases.ports import Owed

_REPEAT = "_Possibly a repeat: Slack did not say whether it took the first one._"


def message(owed: Owed) -> Message:
    """What this alert says, drawn from the incident as it stands now."""
    said = _message(owed)
    return replace(said, text=f"{said.text}\n{_REPEAT}") if owed.repeat else said


def _message(owed: Owed) -> Message:
    alert, incident = owed.alert, owed.incident
    together = () if owed.leaves else owed.others
    if alert.kind is not Kind.INCIDENT or incident is None:
        return Message(_line(owed))
    if together:
        return outage_message([Member(owed.connection, incident), *together])
    return incident_message(owed.connection, incident)


def _line(owed: Owed) -> str:
    alert, text = owed.alert, plain_sentence(owed.alert.text)
    if alert.kind in (Kind.BULLETIN, Kind.FAREWELL):
        return text
    below = alert.kind in IN_THREAD and owed.incident and owed.incident.place
    if not below or alert.destination:
        return f"*{plain(owed.connection.title)}*: {text}"
    if owed.incident and owed.others:
        return outage_line(alert, Member(owed.connection, owed.incident), owed.others)
    return text
