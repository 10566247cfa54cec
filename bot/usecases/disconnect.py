"""Disconnect: the sealed credentials are erased, the watch ends, an open incident is closed."""

from dataclasses import dataclass

from bot.domain.audit import Deed
from bot.domain.connection import Connection
from bot.domain.incident import Telling
from bot.domain.people import Person
from bot.domain.telling import Teller
from bot.usecases.audit import vouched
from bot.usecases.permit import require_manager
from bot.usecases.ports import Ports


@dataclass(frozen=True, slots=True)
class Disconnected:
    """What was disconnected, and whether an incident of it was open."""

    connection: Connection
    incident_closed: bool


async def disconnect(ports: Ports, person: Person, connection_id: str) -> Disconnected:
    """Erase, stop, close. Raises NotAllowed, NoSuchConnection."""
    await require_manager(ports, person, Deed.DISCONNECT, connection_id)
    overview = await ports.connections.get(person.workspace_id, connection_id)
    now = ports.clock.now()
    telling = Telling()
    if overview.incident:
        teller = Teller(
            overview.connection, now, ports.policy.group_wait, ports.clock.new_id, by=person.id
        )
        telling = teller.close(overview.incident, "disconnected")
    deed = await vouched(ports, person, Deed.DISCONNECT, connection_id)
    await ports.connections.disconnect(
        person.workspace_id, connection_id, at=now, telling=telling, deed=deed
    )
    return Disconnected(overview.connection, incident_closed=overview.incident is not None)
