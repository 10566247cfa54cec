"""Where alerts go, and what is done about a place that takes nothing.

The chain: the connection's channel, the person who connected, the operator. A place that fails for
good is marked broken and never forgotten; the people next in the chain are told at once.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.connection import Connection
from bot.domain.destination import broken_sentence, why
from bot.domain.incident import IN_PLACE, Alert, Kind, Place, Telling, notice
from bot.domain.people import CLI
from bot.domain.progress import Step, Steps, Tell
from bot.domain.sending import CannotLook, Later, NotInstalled, Undeliverable, Welcome
from bot.domain.stamps import mention
from bot.usecases.ports import Broken, Overview, Owed, Ports

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Route:
    """Where an alert goes now: into the chain at `step`, or to its message at `place`."""

    channel: str
    step: int
    place: Place | None = None


def destinations(ports: Ports, connection: Connection) -> list[str]:
    """The fallback chain, each once. Empty: nobody would be told."""
    person = connection.connected_by if connection.connected_by != CLI else None
    everybody = (connection.channel, person, ports.operator)
    return list(dict.fromkeys(each for each in everybody if each))


def route(owed: Owed, chain: Sequence[str], broken: Mapping[str, Broken]) -> Route | None:
    """Past everything that is known to be broken. None: nobody is left."""
    alert, incident = owed.alert, owed.incident
    if alert.kind is Kind.FAREWELL and alert.place:
        return Route(alert.place.channel, alert.step, alert.place)
    in_place = alert.kind in IN_PLACE and alert.destination is None and not owed.leaves
    place = incident.place if incident and in_place else None
    if place and place.channel not in broken:
        return Route(place.channel, alert.step, place)
    for step in range(alert.step, len(chain)):
        if chain[step] not in broken:
            return Route(chain[step], step)
    return None


async def broke(ports: Ports, workspace_id: str, channel: str, reason: str) -> None:
    """The place takes nothing any more. The first time, whoever comes next in the chain is told."""
    now = ports.clock.now()
    known = Broken(workspace_id, channel, reason, now, summary_id=ports.clock.new_id())
    senders = await senders_to(ports, workspace_id, channel)
    about = [each.connection for each in senders]
    alerts = bulletins(ports, about, channel, broken_sentence(channel, reason, about))
    if await ports.destinations.mark_broken(known, telling=Telling(None, alerts)):
        extra = {"workspace": workspace_id, "channel": channel, "reason": reason}
        log.warning("destination_broken", extra=extra)


async def lost(ports: Ports, workspace_id: str, channel: str, reason: str) -> None:
    """Slack says that it is gone: believe it of a channel that is somebody's destination."""
    if await senders_to(ports, workspace_id, channel):
        await broke(ports, workspace_id, channel, reason)


async def senders_to(ports: Ports, workspace_id: str, channel: str) -> Sequence[Overview]:
    """The connections in whose chain this place is."""
    everybody = await ports.connections.all(workspace_id)
    return [each for each in everybody if channel in destinations(ports, each.connection)]


def bulletins(
    ports: Ports, about: Sequence[Connection], channel: str, text: str
) -> tuple[Alert, ...]:
    """One message to each of those who come after `channel` in these connections' chains."""
    owed: dict[str, Alert] = {}
    for connection in about:
        chain = destinations(ports, connection)
        step = chain.index(channel) + 1
        if step < len(chain) and chain[step] not in owed:
            told = notice(connection, text, now=ports.clock.now(), id=ports.clock.new_id())
            owed[chain[step]] = replace(
                told, kind=Kind.BULLETIN, step=step, destination=chain[step]
            )
    return tuple(owed.values())


async def look_at_destination(ports: Ports, connection: Connection, tell: Tell) -> None:
    """Tell whether this connection's alerts would be taken where they go first. What Slack last
    said of it counts where it says nothing now; no message is sent."""
    steps = Steps(tell, ports.clock.elapsed)
    chain = destinations(ports, connection)
    if not chain:
        steps.failed(Step.CHANNEL, "there is none: nobody would be told")
        return
    broken = await ports.destinations.broken(connection.workspace_id)
    match await ports.messenger.look(chain[0]):
        case Welcome():
            steps.done(Step.CHANNEL, mention(chain[0]))
        case Undeliverable(reason):
            steps.failed(Step.CHANNEL, why(reason))
        case NotInstalled(reason):
            steps.failed(Step.CHANNEL, f"Slack takes nothing from this app ({reason})")
        case CannotLook() | Later() if chain[0] in broken:
            steps.known_to_fail(Step.CHANNEL, why(broken[chain[0]].reason))
        case CannotLook():
            steps.unknown(Step.CHANNEL, "Slack does not show it to this app")
        case Later():
            steps.unknown(Step.CHANNEL, "Slack does not answer just now")
