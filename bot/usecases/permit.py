"""Who may, with what the store knows of whom an admin has named."""

from bot.domain import people
from bot.domain.audit import Deed
from bot.domain.errors import NotAllowed
from bot.domain.people import Person
from bot.usecases.audit import note_refusal
from bot.usecases.ports import Ports


async def require_manager(
    ports: Ports, person: Person, deed: Deed = Deed.MANAGE, connection_id: str | None = None
) -> None:
    """Pass for people who may connect, edit, test, disconnect. Raises NotAllowed, and notes it."""
    named = await ports.workspaces.managers(person.workspace_id)
    try:
        people.require_manager(person, named)
    except NotAllowed:
        await note_refusal(ports, person, deed, connection_id)
        raise


async def require_admin(ports: Ports, person: Person, deed: Deed) -> None:
    """Pass for workspace admins and owners alone. Raises NotAllowed, and notes it."""
    try:
        people.require_admin(person)
    except NotAllowed:
        await note_refusal(ports, person, deed)
        raise
