"""Acknowledge an incident, or snooze a connection. For every full member of the workspace."""

from contextlib import suppress
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain import quiet
from bot.domain.errors import BadInput, NoSuchConnection
from bot.domain.incident import Incident, Telling
from bot.domain.people import Person, require_full_member
from bot.domain.status import Watch
from bot.domain.telling import Teller
from bot.usecases.deed import Change, Decide, act
from bot.usecases.ports import Overview, Ports

MORNING = time(9)
"""When a snooze "until tomorrow morning" ends, where the person lives."""
SNOOZES = {"1h": timedelta(hours=1), "4h": timedelta(hours=4)}


async def acknowledge(ports: Ports, person: Person, connection_id: str) -> Overview:
    """Whoever acknowledges first looks after it: no reminders until it changes. The message of an
    outage is acknowledged as a whole.

    Raises NotAllowed, NoSuchConnection, BadInput where nothing is open.
    """
    require_full_member(person)

    def change(watch: Watch, incident: Incident | None, teller: Teller) -> Change:
        incident = _open(incident)
        if incident.acknowledged_by:
            return Change(watch, Telling(incident))
        return Change(quiet.acknowledge(watch), teller.acknowledge(incident))

    return await _change_together(ports, person, connection_id, change)


async def snooze(ports: Ports, person: Person, connection_id: str, how_long: str) -> Overview:
    """Keep alerts back for `1h`, `4h`, or until `morning` (09:00 where the person lives); of an
    outage, about all that its message tells of.

    Raises NotAllowed, NoSuchConnection, BadInput where nothing is open.
    """
    require_full_member(person)
    until = _until(ports.clock.now(), how_long, person.tz)

    def change(watch: Watch, incident: Incident | None, teller: Teller) -> Change:
        return Change(quiet.snooze(watch, until), teller.snooze(_open(incident), until))

    return await _change_together(ports, person, connection_id, change)


def _open(incident: Incident | None) -> Incident:
    if incident is None:
        raise BadInput("This is over: nothing is wrong with the connection any more.")
    return incident


def _until(now: datetime, how_long: str, time_zone: str) -> datetime:
    if how_long in SNOOZES:
        return now + SNOOZES[how_long]
    if how_long != "morning":
        raise BadInput("A snooze lasts 1 hour, 4 hours, or until 09:00.")
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    local = now.astimezone(zone)
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, zone).astimezone(now.tzinfo)


async def _change_together(
    ports: Ports, person: Person, connection_id: str, change: Decide
) -> Overview:
    """Of all that the connection's message tells of; returns the first."""
    together = await ports.connections.told_together(person.workspace_id, connection_id)
    first, *others = together or [connection_id]
    changed = await act(ports, person, first, change)
    for each in others:
        with suppress(BadInput, NoSuchConnection):  # it has ended meanwhile
            await act(ports, person, each, change)
    return changed
