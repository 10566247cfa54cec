"""Pause a connection and resume it; plan maintenance. For managers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain import quiet
from bot.domain.announce import schedule
from bot.domain.audit import Deed
from bot.domain.errors import BadInput, StoreUnavailable
from bot.domain.incident import Telling
from bot.domain.people import Person
from bot.domain.status import Status, Watch
from bot.domain.telling import Teller
from bot.usecases.audit import vouched
from bot.usecases.audit_ports import Vouched
from bot.usecases.permit import require_manager
from bot.usecases.ports import Decision, Due, Overview, Ports

LONGEST_MAINTENANCE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Window:
    """When maintenance is planned."""

    start: datetime
    end: datetime


async def pause(ports: Ports, person: Person, connection_id: str) -> Overview:
    """Check nothing any more and be silent, until somebody resumes. An open incident ends.

    Raises NotAllowed, NoSuchConnection.
    """
    await require_manager(ports, person, Deed.PAUSE, connection_id)
    due = await ports.watches.claim_one(person.workspace_id, connection_id)
    now = ports.clock.now()
    watch, telling = due.watch, Telling()
    if watch.status is not Status.PAUSED:
        overview = await ports.connections.get(person.workspace_id, connection_id)
        watch = quiet.pause(watch, now)
        if overview.incident:
            teller = Teller(
                due.connection, now, ports.policy.group_wait, ports.clock.new_id, by=person.id
            )
            telling = teller.close(overview.incident, "paused")
    deed = await vouched(ports, person, Deed.PAUSE, connection_id)
    return await _write(ports, due, watch, telling, deed=deed)


async def resume(ports: Ports, person: Person, connection_id: str) -> Overview:
    """Watch again at once: ends a pause, a snooze and maintenance.

    Raises NotAllowed, NoSuchConnection.
    """
    await require_manager(ports, person, Deed.RESUME, connection_id)
    due = await ports.watches.claim_one(person.workspace_id, connection_id)
    watch = quiet.resume(due.watch, ports.clock.now())
    deed = await vouched(ports, person, Deed.RESUME, connection_id)
    return await _write(ports, due, watch, Telling(), deed=deed)


async def plan_maintenance(
    ports: Ports, person: Person, connection_ids: Collection[str], window: Window
) -> list[Overview]:
    """Keep alerts about these back while the window lasts; an earlier plan is replaced.

    Raises NotAllowed, NoSuchConnection, BadInput (field `end`).
    """
    await require_manager(ports, person, Deed.PLAN_MAINTENANCE)
    now = ports.clock.now()
    if window.end <= max(window.start, now):
        raise BadInput("The end has to be after the beginning, and not in the past.", field="end")
    if window.end - window.start > LONGEST_MAINTENANCE:
        raise BadInput("Maintenance lasts 30 days at most.", field="end")
    planned = []
    for connection_id in connection_ids:
        due = await ports.watches.claim_one(person.workspace_id, connection_id)
        watch = quiet.plan_maintenance(due.watch, window.start, window.end)
        deed = await vouched(ports, person, Deed.PLAN_MAINTENANCE, connection_id)
        planned.append(await _write(ports, due, watch, Telling(), deed=deed))
    return planned


async def _write(
    ports: Ports, due: Due, watch: Watch, telling: Telling, *, deed: Vouched
) -> Overview:
    policy = ports.caring_for(due.connection).policy
    scheduled = schedule(watch, ports.clock.now(), policy)
    if not await ports.watches.apply(due, Decision(scheduled, None, telling, deed=deed)):
        raise StoreUnavailable
    return await ports.connections.get(due.connection.workspace_id, due.connection.id)
