"""Pause a connection and resume it; plan maintenance. For managers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain import quiet
from bot.domain.audit import Deed
from bot.domain.errors import BadInput, NoSuchConnection
from bot.domain.incident import Incident, Telling
from bot.domain.people import Person
from bot.domain.status import Status, Watch
from bot.domain.telling import Teller
from bot.usecases.deed import Change, act
from bot.usecases.permit import require_manager
from bot.usecases.ports import Overview, Ports

LONGEST_MAINTENANCE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Window:
    """When maintenance is planned."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Planned:
    """What maintenance is planned of; and the names of what was gone by then, and is not."""

    overviews: Sequence[Overview]
    gone: tuple[str, ...] = ()


async def pause(ports: Ports, person: Person, connection_id: str) -> Overview:
    """Check nothing any more and be silent, until somebody resumes. An open incident ends.

    Raises NotAllowed, NoSuchConnection.
    """
    await require_manager(ports, person, Deed.PAUSE, connection_id)

    def change(watch: Watch, incident: Incident | None, teller: Teller) -> Change:
        if watch.status is Status.PAUSED:
            return Change(watch)
        telling = teller.close(incident, "paused") if incident else Telling()
        return Change(quiet.pause(watch, teller.now), telling)

    return await act(ports, person, connection_id, change, deed=Deed.PAUSE)


async def resume(ports: Ports, person: Person, connection_id: str) -> Overview:
    """Watch again at once: ends a pause, a snooze and maintenance. The message of what had been
    snoozed says who did.

    Raises NotAllowed, NoSuchConnection.
    """
    await require_manager(ports, person, Deed.RESUME, connection_id)

    def change(watch: Watch, incident: Incident | None, teller: Teller) -> Change:
        telling = teller.resume(incident) if incident and incident.snoozed_until else Telling()
        return Change(quiet.resume(watch, teller.now), telling)

    return await act(ports, person, connection_id, change, deed=Deed.RESUME)


async def plan_maintenance(
    ports: Ports, person: Person, connection_ids: Collection[str], window: Window
) -> Planned:
    """Keep alerts about these back while the window lasts; an earlier plan is replaced. What was
    disconnected meanwhile keeps nothing of it from the others.

    Raises NotAllowed, NoSuchConnection where none is left, BadInput (field `end`).
    """
    await require_manager(ports, person, Deed.PLAN_MAINTENANCE)
    now = ports.clock.now()
    if window.end <= max(window.start, now):
        raise BadInput("The end has to be after the beginning, and not in the past.", field="end")
    if window.end - window.start > LONGEST_MAINTENANCE:
        raise BadInput("Maintenance lasts 30 days at most.", field="end")

    def change(watch: Watch, incident: Incident | None, teller: Teller) -> Change:
        return Change(quiet.plan_maintenance(watch, window.start, window.end))

    planned, gone = [], set()
    for connection_id in connection_ids:
        try:
            deed = Deed.PLAN_MAINTENANCE
            planned.append(await act(ports, person, connection_id, change, deed=deed))
        except NoSuchConnection:
            gone.add(connection_id)
    if not planned:
        raise NoSuchConnection
    former = await ports.history.former(person.workspace_id) if gone else ()
    return Planned(planned, tuple(each.name for each in former if each.id in gone))
