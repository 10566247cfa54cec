"""One incident's message: every cause, in every state it can be in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.domain.diagnosis import diagnose
from bot.domain.incident import Incident
from bot.domain.observation import Cause
from bot.slack.incident import incident_message
from tests.slack.stories.cast import ALICE, BEGAN, BOB, NOW, Cast
from tests.slack.stories.story import Story


def states(incident: Incident) -> dict[str, Incident]:
    """What may become of an incident that begins like this."""
    later = NOW + timedelta(hours=4)
    taken = replace(incident, acknowledged_by=BOB, acknowledged_at=BEGAN + timedelta(minutes=6))
    over = replace(incident, closed_at=NOW)
    return {
        "open": incident,
        "open, never worked": replace(incident, last_ok_at=None),
        "acknowledged": taken,
        "snoozed": replace(incident, snoozed_by=BOB, snoozed_until=later),
        "acknowledged and snoozed": replace(taken, snoozed_until=later),
        "up and down": replace(incident, unstable=True),
        "recovered": over,
        "mended": replace(over, closed_how="mended", closed_by=ALICE),
        "paused": replace(over, closed_how="paused", closed_by=ALICE),
        "disconnected": replace(over, closed_how="disconnected", closed_by=ALICE),
        "disconnected at the server": replace(over, closed_how="disconnected", closed_by="cli"),
    }


def stories(cast: Cast) -> Iterator[Story]:
    for cause in Cause:
        connection = cast.connection()
        for state, incident in states(cast.incident(connection, cause)).items():
            shown = incident_message(connection, incident)
            yield Story(f"An alert: {diagnose(cause).title}", state, shown, (incident,))
