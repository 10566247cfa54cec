"""Send again what reached nobody."""

from bot.domain.people import Person
from bot.usecases.permit import require_manager
from bot.usecases.ports import Ports


async def resend(ports: Ports, person: Person) -> int:
    """Owe the dead alerts of the person's workspace anew, from the first destination; returns how
    many. Raises NotAllowed."""
    await require_manager(ports, person)
    for channel in await ports.destinations.broken(person.workspace_id):
        await ports.destinations.probe_soon(person.workspace_id, channel)
    return await ports.outbox.revive(person.workspace_id)
