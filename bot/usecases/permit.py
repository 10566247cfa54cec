"""Who may, with what the store knows of whom an admin has named."""

from bot.domain import people
from bot.domain.people import Person
from bot.usecases.ports import Ports


async def require_manager(ports: Ports, person: Person) -> None:
    """Pass for people who may connect, edit, test, disconnect. Raises NotAllowed."""
    people.require_manager(person, await ports.workspaces.managers(person.workspace_id))
