"""Tell how the connections are. For every full member of the workspace; nothing is asked of
Autotask."""

from collections.abc import Mapping, Sequence

from bot.domain.connection import nearest
from bot.domain.errors import BadInput, NoSuchConnection
from bot.domain.listing import some_of
from bot.domain.people import Person, require_full_member
from bot.domain.sparkline import SHOWN, Hours
from bot.domain.status import Status
from bot.domain.uptime import Size, Uptime
from bot.usecases.ports import Overview, Ports

_RANKS = {Status.INACTIVE: 0, Status.DEGRADED: 1, Status.PENDING: 2, Status.PAUSED: 4}
"""The rest are active; a suspicion is no news."""


async def report(ports: Ports, person: Person, name: str = "") -> Sequence[Overview]:
    """One connection by name, or all. Raises NotAllowed, NoSuchConnection."""
    require_full_member(person)
    if name:
        return [await named(ports, person, name)]
    return await ports.connections.all(person.workspace_id)


async def names(ports: Ports, person: Person) -> list[str]:
    """Of all connections, those disconnected since among them. Raises NotAllowed."""
    every = [each.connection for each in await report(ports, person)]
    return [each.name for each in (*every, *await ports.history.former(person.workspace_id))]


async def named(ports: Ports, person: Person, name: str) -> Overview:
    """The connection of that name. Raises NoSuchConnection, with the nearest name there is."""
    try:
        return await ports.connections.find(person.workspace_id, name)
    except NoSuchConnection:
        every = await ports.connections.all(person.workspace_id)
        meant = nearest(name, (each.connection.name for each in every))
        raise NoSuchConnection(nearest=meant) from None


def worst_first(overviews: Sequence[Overview]) -> list[Overview]:
    """The most troubled first, the paused last; of the same status, in the order they came."""
    return sorted(overviews, key=lambda each: _RANKS.get(each.watch.status, 3))


async def uptimes(ports: Ports, overviews: Sequence[Overview]) -> Mapping[str, Uptime]:
    """How long each of these worked, by its id; of one workspace, as `report` gives them."""
    if not overviews:
        return {}
    workspace_id = overviews[0].connection.workspace_id
    ids = [each.connection.id for each in overviews]
    return await ports.history.uptime(workspace_id, ids, now=ports.clock.now())


async def last_hours(
    ports: Ports, overviews: Sequence[Overview], *, count: int = SHOWN
) -> Mapping[str, Hours]:
    """How each of these went in the last hours, the present one among them, by its id."""
    if not overviews:
        return {}
    workspace_id, now = overviews[0].connection.workspace_id, ports.clock.now()
    since = Size.HOUR.floor(now) - Size.HOUR.span * (count - 1)
    ids = [each.connection.id for each in overviews]
    return await ports.history.hours(workspace_id, ids, since=since, until=now)


async def the_one(ports: Ports, person: Person, name: str) -> Overview:
    """The connection meant: by name, or the only one. Raises BadInput where that is not clear."""
    overviews = await report(ports, person, name)
    if not overviews:
        raise BadInput("Nothing is connected yet.", hint="Connect one first.")
    if len(overviews) > 1:
        names = some_of([each.connection.name for each in worst_first(overviews)])
        ask = "Which connection? Type its name behind the command."
        raise BadInput(ask, hint=f"You have: {names}.")
    return overviews[0]
