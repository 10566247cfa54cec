"""Deliver the alerts that are owed. A row is settled only after Slack has accepted it.

An alert goes where its incident's message stands, else along the fallback chain, past what is known
to be broken. One that an earlier try may have told already is looked for before it is sent again;
where nobody can look, it says that it may be a repeat. When nobody is left, or a day has passed, it
stays in the outbox as dead, where `doctor` shows it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from bot.deadline import deadline
from bot.domain.errors import StoreUnavailable
from bot.domain.incident import IN_THREAD, Alert, Doubt, Incident, Kind
from bot.domain.outage import Member, is_said_by_another
from bot.domain.sending import (
    CannotLook,
    Delivered,
    Later,
    MessageGone,
    NotThere,
    Sent,
)
from bot.domain.timekeeping import PUSHED_AHEAD
from bot.usecases.destinations import Route, destinations, route
from bot.usecases.heal import probe_due
from bot.usecases.ports import Owed, Ports
from bot.usecases.settle import Waits, give_up, settle, wide_pause

log = logging.getLogger(__name__)

AT_ONCE = 20
"""Calls in flight."""
MOST = 200
"""Calls of one round: a tick ends, even where there is always something owed."""
ONE_ALERT = 14.0
"""Seconds for one alert, looking for it included: less than the shortest lease."""
LOOK_AGAIN = 0.5
"""Seconds until the outbox is looked at again while slow calls are in flight."""


async def deliver_due(ports: Ports, *, enough: Callable[[], bool] = lambda: False) -> int:
    """Deliver whatever may go now; returns how many alerts that were. Slow ones hold up nobody, or,
    where calls go one by one, for a second.

    Once it is `enough`, nothing more is begun, and what is in flight comes to its end.
    """
    await probe_due(ports)
    tried = 0
    flying: set[asyncio.Task[None]] = set()
    async with asyncio.TaskGroup() as group:
        while tried < MOST or flying:
            room = 0 if enough() else min(AT_ONCE - len(flying), MOST - tried)
            owed = await _claim(ports, room, flying=bool(flying))
            if not owed and not flying:
                break
            flying |= {group.create_task(_deliver_safely(ports, each)) for each in owed}
            tried += len(owed)
            _, flying = await asyncio.wait(
                flying, timeout=LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED
            )
    return tried


async def _claim(ports: Ports, room: int, *, flying: bool) -> Sequence[Owed]:
    """A database that is away for a moment must not cut off what is in flight: nobody would know
    what came of it."""
    try:
        return await ports.outbox.claim(room) if room > 0 else ()
    except StoreUnavailable:
        if not flying:
            raise
        return ()


async def _deliver_safely(ports: Ports, owed: Owed) -> None:
    """One alert's fault must not stop the others. Where it is the database that is away, its claim
    lapses; a fault of ours would be the same at once."""
    extra = {"alert": owed.alert.id}
    try:
        await _deliver(ports, owed)
    except StoreUnavailable as error:
        log.warning("delivery_not_written", extra=extra | {"reason": error.message})
    except Exception as error:
        log.exception("delivery_failed", extra=extra)
        await _put_aside(ports, owed, type(error).__name__)


async def _put_aside(ports: Ports, owed: Owed, fault: str) -> None:
    """Out of the way for an hour, and not for ever: whether Slack has it is unclear."""
    try:
        await ports.outbox.put_aside(owed, after=PUSHED_AHEAD.total_seconds(), error=fault)
    except Exception:  # then its claim lapses
        log.exception("put_aside_failed", extra={"alert": owed.alert.id})


async def _deliver(ports: Ports, owed: Owed) -> None:
    if _told_already(owed):
        await ports.outbox.already_told(owed)
        return
    chain = destinations(ports, owed.connection)
    broken = await ports.destinations.broken(owed.alert.workspace_id)
    way = route(owed, chain, broken)
    if way is None:
        said = [f"{each} {broken[each].reason}" for each in chain if each in broken]
        reasons = "; ".join(said)
        await give_up(ports, owed, f"no destination is left ({reasons})")
    elif not way.place and way.channel != owed.lane:  # its own lane has a pace and holds of its own
        past = broken.get(owed.lane)
        error = f"{owed.lane} {past.reason}" if past else owed.lane
        await ports.outbox.next_destination(owed, step=way.step, to=way.channel, error=error)
    else:
        await settle(ports, owed, way, await _send(ports, owed, way))


def _told_already(owed: Owed) -> bool:
    """Whether the message, drawn as the incident stood then, has told this too."""
    incident, alert = owed.incident, owed.alert
    if incident is None:
        return False
    if alert.kind is Kind.INCIDENT:
        return alert.version <= incident.shown_version
    if alert.kind not in IN_THREAD:
        return False
    drawn = incident.place is None and alert.kind is not Kind.MENTION
    return (
        drawn
        or _was_known(alert, incident)
        or is_said_by_another(alert, Member(owed.connection, incident), owed.others)
    )


def _was_known(alert: Alert, incident: Incident) -> bool:
    """Whether the message told this when it was posted. It notifies nobody in person, so a person
    is called all the same, unless somebody looks after it by now."""
    if alert.kind is Kind.MENTION:
        return bool(incident.closed_at or incident.acknowledged_by)
    return alert.version <= incident.first_shown_version


async def _send(ports: Ports, owed: Owed, way: Route) -> Sent | Waits:
    try:
        async with deadline(ONE_ALERT):
            return await _say(ports, owed, way)
    except TimeoutError:
        return Later("TimeoutError", unclear=True)


async def _say(ports: Ports, owed: Owed, way: Route) -> Sent | Waits:
    """One call to Slack; a second one only where the message to edit is gone. An edit that is made
    twice changes nothing, so nobody looks for it."""
    messenger, place = ports.messenger, way.place
    if place and owed.alert.kind in IN_THREAD:
        return await _once(ports, owed, way, lambda each: messenger.reply(each, place))
    if place:
        sent = await messenger.edit(owed, place)
        if not isinstance(sent, MessageGone) or owed.alert.kind is Kind.FAREWELL:
            return sent
    return await _once(ports, owed, way, lambda each: messenger.post(each, way.channel))


async def _once(
    ports: Ports, owed: Owed, way: Route, send: Callable[[Owed], Awaitable[Sent]]
) -> Sent | Waits:
    """Send it, unless an earlier try has arrived after all."""
    doubt = owed.alert.doubt
    if doubt is Doubt.NONE:
        return await send(owed)
    thread = way.place if owed.alert.kind in IN_THREAD else None
    match await ports.messenger.find(owed, way.channel, thread):
        case NotThere():
            return await send(owed)
        case CannotLook(reason):
            early = wide_pause(owed.alert.attempts - 1) - wide_pause(1)
            if doubt is Doubt.UNCLEAR and early > 0:
                return Waits(reason, early, Doubt.BLIND)
            return await send(replace(owed, repeat=True))
        case Later(reason, after):
            return Waits(reason, after, doubt)
        case Delivered(place):
            return Delivered(place, earlier=True)
        case found:
            return found
