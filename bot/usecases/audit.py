"""Note who did what."""

import logging
from datetime import timedelta

from bot.domain.audit import DONE, NOT_ALLOWED, Deed, Entry
from bot.domain.errors import BotError
from bot.domain.people import Person
from bot.usecases.audit_ports import Vouched
from bot.usecases.ports import Ports

log = logging.getLogger(__name__)

REFUSALS_APART = timedelta(hours=1)
"""Within which one person's refusals of one kind are one entry: nobody fills the book by trying."""


async def vouched(  # noqa: PLR0913 - the facts of an entry
    ports: Ports,
    person: Person,
    deed: Deed,
    connection_id: str | None = None,
    *,
    outcome: str = DONE,
    detail: str = "",
) -> Vouched:
    """An entry of the present, to be written in the transaction of what it is about. Raises
    SealError where nobody can vouch for it: then the deed is not to be done."""
    now = ports.clock.now()
    entry = Entry(person.workspace_id, now, person.id, deed, connection_id, outcome, detail)
    return Vouched(entry, await ports.vault.notary())


async def note(
    ports: Ports, person: Person, deed: Deed, connection_id: str | None, *, outcome: str
) -> None:
    """Of what has left nothing else in the database."""
    await ports.audit.add(await vouched(ports, person, deed, connection_id, outcome=outcome))


async def note_refusal(
    ports: Ports, person: Person, deed: Deed, connection_id: str | None = None
) -> None:
    """That this person may not. Whatever keeps it from being noted does not let them pass."""
    try:
        entry = await vouched(ports, person, deed, connection_id, outcome=NOT_ALLOWED)
        await ports.audit.add(entry, unless_since=ports.clock.now() - REFUSALS_APART)
    except BotError as error:
        extra = {"workspace": person.workspace_id, "user": person.id, "deed": deed.value}
        log.warning("refusal_not_noted", extra=extra | {"reason": error.message})
