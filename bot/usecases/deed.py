"""A person's deed upon a connection: decided upon what is there, and written at once.

Whoever claims a watch takes it from whoever had it. So of two people who act at once, the first one
finds that it was taken over, and decides anew, upon what the other one did.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.domain.announce import schedule
from bot.domain.audit import Deed
from bot.domain.errors import BotError, StoreUnavailable
from bot.domain.incident import Incident, Telling
from bot.domain.people import Person
from bot.domain.status import Watch
from bot.domain.telling import Teller
from bot.usecases.audit import vouched
from bot.usecases.ports import Decision, Overview, Ports

TRIES = 10
PAUSE = 0.05
"""Seconds until the next try, in which whoever has taken it over comes to an end."""


@dataclass(frozen=True, slots=True)
class Change:
    """What the deed makes of the watch and its incident."""

    watch: Watch
    telling: Telling = field(default_factory=Telling)


Decide = Callable[[Watch, Incident | None, Teller], Change]
"""Asked once for each try."""


async def act(
    ports: Ports, person: Person, connection_id: str, decide: Decide, *, deed: Deed | None = None
) -> Overview:
    """Write what is decided, with the `deed` in the audit where it belongs there, and return what
    is there then. Raises NoSuchConnection, whatever `decide` raises, and StoreUnavailable where
    others were quicker each time."""
    for _ in range(TRIES):
        if await _try(ports, person, connection_id, decide, deed=deed):
            return await ports.connections.get(person.workspace_id, connection_id)
        await asyncio.sleep(PAUSE)
    raise StoreUnavailable


async def _try(
    ports: Ports, person: Person, connection_id: str, decide: Decide, *, deed: Deed | None
) -> bool:
    due = await ports.watches.claim_one(person.workspace_id, connection_id)
    before = await ports.connections.get(person.workspace_id, connection_id)
    now = ports.clock.now()
    teller = Teller(due.connection, now, ports.policy.group_wait, ports.clock.new_id, by=person.id)
    try:
        change = decide(due.watch, before.incident, teller)
    except BotError:
        await ports.watches.postpone(due, due.watch.next_check_at)
        raise
    watch = schedule(change.watch, now, ports.caring_for(due.connection).policy)
    noted = await vouched(ports, person, deed, connection_id) if deed else None
    return await ports.watches.apply(due, Decision(watch, None, change.telling, deed=noted))
