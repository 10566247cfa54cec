"""The story of an alert: the incident's one message, the lines below it, and notices.

The text at the top tells the whole story, since screen readers and push previews read nothing else;
the coloured part below it holds the reasons, the steps and the buttons.
"""

from dataclasses import dataclass, replace
from typing import Any

from slack_sdk.models.attachments import BlockAttachment
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    InteractiveElement,
    Option,
    SectionBlock,
    StaticSelectElement,
)

from bot.domain.connection import Connection
from bot.domain.diagnosis import Diagnosis, diagnose
from bot.domain.incident import Incident, Kind, duration
from bot.domain.observation import Cause
from bot.domain.status import Status
from bot.slack.text import COLOURS, MARKS, person, plain, plain_sentence, time
from bot.usecases.ports import Owed

UPDATE_CREDENTIALS = "connection.update"
TEST = "connection.test"
ACKNOWLEDGE, SNOOZE = "incident.acknowledge", "incident.snooze"
SNOOZES = {"1h": "for 1 hour", "4h": "for 4 hours", "morning": "until 09:00"}
_REPEAT = "_Possibly a repeat: Slack did not say whether it took the first one._"


@dataclass(frozen=True, slots=True)
class Message:
    """What chat.postMessage and chat.update take."""

    text: str
    attachments: tuple[BlockAttachment, ...] = ()

    def arguments(self) -> dict[str, Any]:
        """As keyword arguments. Empty attachments are sent too: they clear what an edit leaves."""
        return {
            "text": self.text,
            "attachments": [each.to_dict() for each in self.attachments],
            "unfurl_links": False,
            "unfurl_media": False,
        }


def message(owed: Owed) -> Message:
    """What this alert says, drawn from the incident as it stands now."""
    said = _message(owed)
    return replace(said, text=f"{said.text}\n{_REPEAT}") if owed.repeat else said


def _message(owed: Owed) -> Message:
    alert, incident = owed.alert, owed.incident
    if alert.kind is not Kind.INCIDENT or incident is None:
        in_its_thread = alert.kind is Kind.TIMELINE and alert.destination is None
        whole = in_its_thread or alert.kind is Kind.BULLETIN
        name = "" if whole else f"*{plain(owed.connection.title)}*: "
        return Message(name + plain_sentence(alert.text))
    if incident.closed_at is None:
        return _open(owed.connection, incident)
    return _closed(owed.connection, incident)


def _open(connection: Connection, incident: Incident) -> Message:
    words = diagnose(
        incident.cause or Cause.OURS, last_ok_at=incident.last_ok_at, evidence=incident.evidence
    )
    text = (
        f"{_mark(incident)} *{plain(connection.title)}* is *{incident.status.capitalize()}*"
        f": {words.title}, since {time(incident.opened_at)}.{_looked_after(incident)} "
        f"*Next step:* {words.next_step}"
    )
    blocks = [_reason(words), *_further_steps(words), *_unrest(incident)]
    blocks += [_facts(connection, incident, words), _buttons(connection, incident, words)]
    colour = Status.DEGRADED if _is_in_hand(incident) else incident.status
    return Message(text, (_coloured(colour, blocks, text),))


def _mark(incident: Incident) -> str:
    return MARKS[Status.DEGRADED if _is_in_hand(incident) else incident.status]


def _is_in_hand(incident: Incident) -> bool:
    return bool(incident.acknowledged_by or incident.snoozed_until)


def _looked_after(incident: Incident) -> str:
    """Who has taken it on, and until when it is silent."""
    text = ""
    if incident.acknowledged_by and incident.acknowledged_at:
        by, at = person(incident.acknowledged_by), time(incident.acknowledged_at)
        text += f" *Acknowledged* by {by} {at}."
    if incident.snoozed_until:
        by = f" by {person(incident.snoozed_by)}" if incident.snoozed_by else ""
        text += f" *Snoozed* until {time(incident.snoozed_until)}{by}."
    return text


def _unrest(incident: Incident) -> list[Block]:
    if not incident.unstable:
        return []
    text = "It keeps going up and down. Further changes are told once it is steady for 30 minutes."
    return [SectionBlock(text=text)]


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
    return Message(text, (_coloured(Status.ACTIVE, [_span(incident)], text),))


def _reason(words: Diagnosis) -> Block:
    fine = " *Your credentials are not the cause.*" if words.credentials_fine else ""
    return SectionBlock(text=f"{words.why}{fine}")


def _further_steps(words: Diagnosis) -> list[Block]:
    """The first step stands in the text above already."""
    further = words.steps[1:]
    bullet = "• " if len(further) > 1 else ""
    lock = "_Trying again with the same values can lock the API user._" if words.may_lock else ""
    lines = [f"{bullet}{step}" for step in further] + ([lock] if lock else [])
    return [SectionBlock(text="\n".join(lines))] if lines else []


def _facts(connection: Connection, incident: Incident, words: Diagnosis) -> Block:
    facts = []
    if incident.last_ok_at:
        facts.append(f"Last worked {time(incident.last_ok_at)}")
    facts.append(f"Zone {plain(connection.zone or connection.origin.host)}")
    if words.evidence:
        facts.append("Seen: " + "; ".join(plain(each) for each in words.evidence[-4:]))
    facts.append(f"Cause {words.confidence}")
    facts.append(f"Incident #{incident.number}")
    return ContextBlock(elements=[_small(fact) for fact in facts])


def _span(incident: Incident) -> Block:
    since, until = time(incident.opened_at), time(incident.closed_at or incident.opened_at)
    return ContextBlock(
        elements=[_small(f"From {since} to {until}"), _small(f"Incident #{incident.number}")]
    )


def _small(text: str) -> dict[str, str]:
    return {"type": "mrkdwn", "text": text}


def _buttons(connection: Connection, incident: Incident, words: Diagnosis) -> Block:
    """What helps first, first: what to do about it, then who looks after it."""
    fine = words.credentials_fine
    style = None if fine else "primary"
    update = ButtonElement(
        text="Update credentials", action_id=UPDATE_CREDENTIALS, value=connection.id, style=style
    )
    test = ButtonElement(text="Test now", action_id=TEST, value=connection.id)
    acknowledge = ButtonElement(text="Acknowledge", action_id=ACKNOWLEDGE, value=connection.id)
    options = [Option(value=f"{connection.id}:{key}", text=text) for key, text in SNOOZES.items()]
    snooze = StaticSelectElement(placeholder="Snooze …", action_id=SNOOZE, options=options)
    elements: list[InteractiveElement] = [test] if fine else [update, test]
    if not incident.acknowledged_by:
        elements.append(acknowledge)
    return ActionsBlock(elements=[*elements, snooze])


def _coloured(status: Status, blocks: list[Block], text: str) -> BlockAttachment:
    return BlockAttachment(blocks=blocks, color=COLOURS[status], fallback=text)
