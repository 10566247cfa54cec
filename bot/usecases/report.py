"""Tell how the connections are. For every member of the workspace; nothing is asked of Autotask."""

from collections.abc import Sequence

from bot.domain.people import Person, require_member
from bot.usecases.ports import Overview, Ports


async def report(ports: Ports, person: Person, name: str = "") -> Sequence[Overview]:
    """One connection by name, or all. Raises NotAllowed, NoSuchConnection."""
    require_member(person)
    if name:
        return [await ports.connections.find(person.workspace_id, name)]
    return await ports.connections.all(person.workspace_id)
