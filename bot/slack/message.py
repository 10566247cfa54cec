"""What an alert looks like, and the pieces that alerts share."""

from dataclasses import dataclass
from typing import Any

from slack_sdk.models.attachments import BlockAttachment
from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    InteractiveElement,
    Option,
    SectionBlock,
    StaticSelectElement,
)

from bot.domain.connection import Connection
from bot.domain.diagnosis import Diagnosis
from bot.domain.incident import Incident
from bot.domain.status import Status
from bot.slack.text import COLOURS, label, person, time

UPDATE_CREDENTIALS = "connection.update"
TEST = "connection.test"
CONNECT, ALERTS = "connection.connect", "connection.alerts"
CHART, HISTORY = "connection.chart", "history.open"
ACKNOWLEDGE, SNOOZE = "incident.acknowledge", "incident.snooze"
SNOOZES = {"1h": "for 1 hour", "4h": "for 4 hours", "morning": "until 09:00"}


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


def button(
    text: str, action_id: str, connection: Connection, *, about: str = "", style: str | None = None
) -> ButtonElement:
    """A button that does something to `connection`. Whoever hears it alone hears what it is about:
    the connection, unless it is `about` more."""
    return ButtonElement(
        text=text,
        action_id=action_id,
        value=connection.id,
        style=style,
        accessibility_label=label(f"{text}: {about or connection.name}"),
    )


def handling(
    connection: Connection, incident: Incident, *, about: str = ""
) -> list[InteractiveElement]:
    """Who looks after it, and until when it is silent."""
    options = [Option(value=f"{connection.id}:{key}", text=text) for key, text in SNOOZES.items()]
    snooze = StaticSelectElement(placeholder="Snooze …", action_id=SNOOZE, options=options)
    if incident.acknowledged_by:
        return [snooze]
    return [button("Acknowledge", ACKNOWLEDGE, connection, about=about), snooze]


def looked_after(incident: Incident) -> str:
    """Who has taken it on, and until when it is silent."""
    text = ""
    if incident.acknowledged_by and incident.acknowledged_at:
        by, at = person(incident.acknowledged_by), time(incident.acknowledged_at)
        text += f" *Acknowledged* by {by} {at}."
    if incident.snoozed_until:
        by = f" by {person(incident.snoozed_by)}" if incident.snoozed_by else ""
        text += f" *Snoozed* until {time(incident.snoozed_until)}{by}."
    return text


def reason_and_step(words: Diagnosis) -> str:
    """Why it is so, what to do first, and what not to do; a line each."""
    lock = " _Trying again with the same values can lock the API user._" if words.may_lock else ""
    return f"{words.why}\n*Next step:* {words.next_step}{lock}"


def further_steps(words: Diagnosis) -> list[Block]:
    """Those after the first one."""
    lines = [f"• {step}" for step in words.steps[1:]]
    return [SectionBlock(text="\n".join(lines))] if lines else []


def fact(text: str) -> dict[str, str]:
    """Small print."""
    return {"type": "mrkdwn", "text": text}


def coloured(status: Status, blocks: list[Block], text: str) -> BlockAttachment:
    """The part with the coloured bar; `text` is read where it cannot be shown."""
    return BlockAttachment(blocks=blocks, color=COLOURS[status], fallback=text)
