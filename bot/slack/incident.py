"""One incident's message: what is wrong, why, what to do, and what came of it.

The text at the top tells the whole story, since screen readers and push previews read nothing else;
the coloured part below it holds the further steps, the facts and the buttons.
"""

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ContextBlock,
    InteractiveElement,
)

from bot.domain.connection import Connection
from bot.domain.diagnosis import Diagnosis, diagnose
from bot.domain.incident import Incident, duration
from bot.domain.observation import Cause
from bot.domain.outage import is_in_hand
from bot.domain.status import Status
from bot.slack.message import (
    TEST,
    UPDATE_CREDENTIALS,
    Message,
    button,
    coloured,
    fact,
    further_steps,
    handling,
    looked_after,
    reason_and_step,
)
from bot.slack.text import MARKS, person, plain, time


def incident_message(connection: Connection, incident: Incident) -> Message:
    """As it stands now."""
    if incident.closed_at is None:
        return _open(connection, incident)
    return _closed(connection, incident)


def _open(connection: Connection, incident: Incident) -> Message:
    words = diagnose(
        incident.cause or Cause.OURS, last_ok_at=incident.last_ok_at, evidence=incident.evidence
    )
    fine = "; your credentials are not the cause" if words.credentials_fine else ""
    text = (
        f"{_mark(incident)} *{plain(connection.title)}* is *{incident.status.capitalize()}*"
        f": {words.title}, since {time(incident.opened_at)}{fine}."
        f"{looked_after(incident)}{_unrest(incident)}\n{reason_and_step(words)}"
    )
    blocks = [*further_steps(words), _facts(connection, incident, words)]
    blocks.append(_buttons(connection, incident, words))
    colour = Status.DEGRADED if is_in_hand(incident) else incident.status
    return Message(text, (coloured(colour, blocks, text),))


def _mark(incident: Incident) -> str:
    return MARKS[Status.DEGRADED if is_in_hand(incident) else incident.status]


def _unrest(incident: Incident) -> str:
    if not incident.unstable:
        return ""
    return " It keeps going up and down. Further changes are told once it is steady for 30 minutes."


def _closed(connection: Connection, incident: Incident) -> Message:
    words = diagnose(incident.cause or Cause.OURS, last_ok_at=incident.last_ok_at)
    lasted = f"{incident.status} for *{duration(incident)}* ({words.title})"
    by = f" by {person(incident.closed_by)}" if incident.closed_by else ""
    if incident.closed_how in ("disconnected", "paused"):
        text = (
            f":white_circle: *{plain(connection.title)}* was {incident.closed_how}{by}. "
            f"It had been {lasted}."
        )
        return Message(text)
    mended = f" Mended{by} with new credentials." if incident.closed_how == "mended" else ""
    text = (
        f"{MARKS[Status.ACTIVE]} *{plain(connection.title)}* is *Active* again. "
        f"It was {lasted}.{mended}"
    )
    return Message(text, (coloured(Status.ACTIVE, [_span(incident)], text),))


def _facts(connection: Connection, incident: Incident, words: Diagnosis) -> Block:
    facts = []
    if incident.last_ok_at:
        facts.append(f"Last worked {time(incident.last_ok_at)}")
    facts.append(f"Zone {plain(connection.zone or connection.origin.host)}")
    if words.evidence:
        facts.append("Seen: " + "; ".join(plain(each) for each in words.evidence[-4:]))
    facts.append(f"Cause {words.confidence}")
    facts.append(f"Incident #{incident.number}")
    return ContextBlock(elements=[fact(each) for each in facts])


def _span(incident: Incident) -> Block:
    since, until = time(incident.opened_at), time(incident.closed_at or incident.opened_at)
    return ContextBlock(
        elements=[fact(f"From {since} to {until}"), fact(f"Incident #{incident.number}")]
    )


def _buttons(connection: Connection, incident: Incident, words: Diagnosis) -> Block:
    """What helps first, first: what to do about it, then who looks after it."""
    fine = words.credentials_fine
    style = None if fine else "primary"
    update = button("Update credentials", UPDATE_CREDENTIALS, connection, style=style)
    test = button("Test now", TEST, connection)
    elements: list[InteractiveElement] = [test] if fine else [update, test]
    return ActionsBlock(elements=[*elements, *handling(connection, incident)])
