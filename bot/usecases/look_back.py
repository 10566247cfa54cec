"""Look back at what went wrong. For every member of the workspace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.connection import Connection, name_key
from bot.domain.errors import NoSuchConnection
from bot.domain.incident import Incident
from bot.domain.people import Person, require_full_member
from bot.domain.sparkline import Hours
from bot.domain.uptime import Size
from bot.usecases.ports import Ports
from bot.usecases.report import named

PAGE = 10
"""Incidents at a time."""
MOST_SHOWN = 50
"""Incidents in a picture."""


@dataclass(frozen=True, slots=True)
class Past:
    """Some incidents, the newest first."""

    incidents: Sequence[tuple[Connection, Incident]]
    older_than: int | None = None
    """The number to go on from; None where these are the oldest."""


async def look_back(
    ports: Ports,
    person: Person,
    connection_id: str | None = None,
    *,
    before: int | None = None,
    limit: int = PAGE,
) -> Past:
    """The incidents of one connection, or of all, those disconnected since among them; with
    `before`, of those with a smaller number. Raises NotAllowed."""
    require_full_member(person)
    found = await ports.history.past(
        person.workspace_id, connection_id, before=before, limit=limit + 1
    )
    shown = found[:limit]
    return Past(shown, shown[-1][1].number if len(found) > limit else None)


@dataclass(frozen=True, slots=True)
class Week:
    """How a connection went in the last seven days, up to the present hour."""

    connection: Connection
    since: datetime
    until: datetime
    hours: Hours
    incidents: Sequence[Incident]
    """The newest first."""


async def last_week(ports: Ports, person: Person, connection_id: str) -> Week:
    """Raises NotAllowed, NoSuchConnection."""
    require_full_member(person)
    workspace_id, until = person.workspace_id, ports.clock.now()
    connection = (await ports.connections.get(workspace_id, connection_id)).connection
    since = Size.HOUR.floor(until) - timedelta(days=7)
    history = ports.history
    hours = await history.hours(workspace_id, [connection_id], since=since, until=until)
    incidents = await history.incidents(workspace_id, connection_id, since=since, limit=MOST_SHOWN)
    return Week(connection, since, until, hours.get(connection_id, ()), incidents)


async def id_of(ports: Ports, person: Person, name: str) -> str | None:
    """Of the connection named, or else of the latest one of that name that was disconnected; None
    where none is named. Raises NotAllowed, NoSuchConnection."""
    require_full_member(person)
    if not name:
        return None
    try:
        return (await named(ports, person, name)).connection.id
    except NoSuchConnection:
        for each in await ports.history.former(person.workspace_id):
            if name_key(each.name) == name_key(name):
                return each.id
        raise
