"""Deliver the alerts that are owed. A row is settled only after Slack has accepted it.

An alert goes where its incident's message stands, else along the fallback chain, past what is known
to be broken. One that an earlier try may have told already is looked for before it is sent again;
where nobody can look, it says that it may be a repeat. When nobody is left, or a day has passed, it
stays in the outbox as dead, where `doctor` shows it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.errors import StoreUnavailable
from bot.domain.incident import IN_THREAD, Alert, Doubt, Incident, Kind, drawn_anew
from bot.domain.outage import Member, is_said_by_another
from bot.domain.sending import (
    CannotLook,
    Delivered,
    Later,
    MessageGone,
    NotInstalled,
    NotThere,
    Sent,
    Undeliverable,
)
from bot.usecases.destinations import Route, broke, destinations, route
from bot.usecases.heal import probe_due
from bot.usecases.ports import Owed, Ports

log = logging.getLogger(__name__)

AT_ONCE = 20
"""Calls in flight."""
MOST = 200
"""Calls of one round: a tick ends, even where there is always something owed."""
ONE_ALERT = 14.0
"""Seconds for one alert, looking for it included: less than the shortest lease."""
LOOK_AGAIN = 0.5
"""Seconds until the outbox is looked at again while slow calls are in flight."""
LONGEST_PAUSE = 900.0
"""Seconds between tries while Slack does not take it."""
LONGEST_PROBE = 300.0
"""Seconds between tries of a workspace in which Slack takes nothing from the app."""
LIFETIME = timedelta(hours=24)
"""From the first try until an alert that Slack does not take is given up."""


@dataclass(frozen=True, slots=True)
class _Waits:
    """Nothing was sent: it is too early, or it could not be looked for just now."""

    reason: str
    seconds: float | None
    doubt: Doubt


async def deliver_due(ports: Ports, *, enough: Callable[[], bool] = lambda: False) -> int:
    """Deliver whatever may go now; returns how many alerts that were. Slow ones hold up nobody.

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
    """One alert's fault must not stop the others: its claim lapses, and it is tried again."""
    try:
        await _deliver(ports, owed)
    except Exception:
        log.exception("delivery_failed", extra={"alert": owed.alert.id})


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
        await _give_up(ports, owed, f"no destination is left ({reasons})")
    elif way.channel != owed.lane:  # its own lane has a pace and holds of its own
        past = broken.get(owed.lane)
        error = f"{owed.lane} {past.reason}" if past else owed.lane
        await ports.outbox.next_destination(owed, step=way.step, to=way.channel, error=error)
    else:
        await _settle(ports, owed, way, await _send(ports, owed, way))


def _told_already(owed: Owed) -> bool:
    """Whether the message, drawn as the incident stood then, has told this too."""
    incident, alert = owed.incident, owed.alert
    if incident is None:
        return False
    if alert.kind is Kind.INCIDENT:
        return alert.version <= incident.shown_version
    if alert.kind not in IN_THREAD:
        return False
    return (
        incident.place is None
        or _was_known(alert, incident)
        or is_said_by_another(alert, Member(owed.connection, incident), owed.others)
    )


def _was_known(alert: Alert, incident: Incident) -> bool:
    """Whether the message told this when it was posted. It notifies nobody in person, so a person
    is called all the same, unless somebody looks after it by now."""
    if alert.kind is Kind.MENTION:
        return bool(incident.closed_at or incident.acknowledged_by)
    return alert.version <= incident.first_shown_version


async def _send(ports: Ports, owed: Owed, way: Route) -> Sent | _Waits:
    try:
        async with asyncio.timeout(ONE_ALERT):
            return await _say(ports, owed, way)
    except TimeoutError:
        return Later("TimeoutError", unclear=True)


async def _say(ports: Ports, owed: Owed, way: Route) -> Sent | _Waits:
    """One call to Slack; a second one only where the message to edit is gone. An edit that is made
    twice changes nothing, so nobody looks for it."""
    messenger, place = ports.messenger, way.place
    if place and owed.alert.kind in IN_THREAD:
        return await _once(ports, owed, way, lambda each: messenger.reply(each, place))
    if place:
        sent = await messenger.edit(owed, place)
        if not isinstance(sent, MessageGone):
            return sent
    return await _once(ports, owed, way, lambda each: messenger.post(each, way.channel))


async def _once(
    ports: Ports, owed: Owed, way: Route, send: Callable[[Owed], Awaitable[Sent]]
) -> Sent | _Waits:
    """Send it, unless an earlier try has arrived after all."""
    doubt = owed.alert.doubt
    if doubt is Doubt.NONE:
        return await send(owed)
    thread = way.place if owed.alert.kind in IN_THREAD else None
    match await ports.messenger.find(owed, way.channel, thread):
        case NotThere():
            return await send(owed)
        case CannotLook(reason):
            early = _wide_pause(owed.alert.attempts - 1) - _wide_pause(1)
            if doubt is Doubt.UNCLEAR and early > 0:
                return _Waits(reason, early, Doubt.BLIND)
            return await send(replace(owed, repeat=True))
        case Later(reason, after):
            return _Waits(reason, after, doubt)
        case Delivered(place):
            return Delivered(place, earlier=True)
        case found:
            return found


async def _settle(ports: Ports, owed: Owed, way: Route, sent: Sent | _Waits) -> None:
    extra = {"alert": owed.alert.id, "connection": owed.connection.id}
    if owed.probes and isinstance(sent, Delivered | MessageGone | Undeliverable):
        await ports.installations.resume(owed.alert.workspace_id)
        log.info("installation_works", extra={"workspace": owed.alert.workspace_id})
    match sent:
        case Delivered(place, earlier):
            told = _as_it_stood(owed) if earlier else owed
            await ports.outbox.sent(told, place, _left_behind(ports, owed))
            log.info("alert_delivered", extra=extra)
        case MessageGone():  # a line for a thread that nobody sees any more
            await ports.outbox.sent(owed, None)
        case Undeliverable(reason):
            await broke(ports, owed.alert.workspace_id, way.channel, reason)
            await _move_on(ports, owed, f"{way.channel} {reason}")
        case NotInstalled(reason):
            await _suspend(ports, owed, reason)
        case _:
            await _wait(ports, owed, sent)
            log.warning("alert_waits", extra=extra | {"reason": sent.reason})


def _as_it_stood(owed: Owed) -> Owed:
    """With the incidents as the earlier try may have drawn them. Should the message show more than
    that by chance, it is drawn once more, which changes nothing.
    """
    if owed.incident is None:
        return owed
    then = replace(owed.incident, version=owed.alert.version)
    others = [
        replace(each, incident=replace(each.incident, version=each.owed))
        for each in owed.others
        if each.owed is not None
    ]
    return replace(owed, incident=then, others=tuple(others))


def _left_behind(ports: Ports, owed: Owed) -> Sequence[Alert]:
    """Once it has a message of its own, the one that it shared is drawn without it."""
    if not (owed.leaves and owed.others):
        return ()
    eldest = min((each.incident for each in owed.others), key=lambda each: each.number)
    return (drawn_anew(eldest, now=ports.clock.now(), id=ports.clock.new_id()),)


async def _move_on(ports: Ports, owed: Owed, error: str) -> None:
    chain = destinations(ports, owed.connection)
    onward = route(owed, chain, await ports.destinations.broken(owed.alert.workspace_id))
    if onward is None:
        await _give_up(ports, owed, error)
    else:
        await ports.outbox.next_destination(owed, step=onward.step, to=onward.channel, error=error)


async def _wait(ports: Ports, owed: Owed, sent: Later | _Waits) -> None:
    """Until Slack has said, or a little longer each time, until a day has passed."""
    first, doubt = owed.alert.first_tried_at, owed.alert.doubt
    pause = min(_pause(owed.alert.attempts) * (1 + 0.2 * ports.clock.jitter()), LONGEST_PAUSE)
    if isinstance(sent, _Waits) and sent.seconds is not None:
        await ports.outbox.retry(
            owed, after=sent.seconds, error=sent.reason, doubt=sent.doubt, counted=False
        )
    elif isinstance(sent, Later) and sent.after is not None:
        await ports.outbox.hold(owed, seconds=sent.after, error=sent.reason)
    elif first and ports.clock.now() - first >= LIFETIME:
        await _give_up(ports, owed, f"a day has passed ({sent.reason})")
    else:
        if isinstance(sent, Later) and sent.unclear:
            doubt = Doubt.UNCLEAR
        await ports.outbox.retry(owed, after=pause, error=sent.reason, doubt=doubt)


async def _suspend(ports: Ports, owed: Owed, reason: str) -> None:
    """Nothing goes to this workspace but a probe now and then, until Slack takes one."""
    workspace_id, tries = owed.alert.workspace_id, owed.probes + 1
    probe_after = min(5 * 2.0 ** min(tries, 10), LONGEST_PROBE)
    if await ports.installations.suspend(
        workspace_id, reason, tries=tries, probe_after=probe_after
    ):
        log.error("installation_broken", extra={"workspace": workspace_id, "reason": reason})
    await ports.outbox.retry(owed, after=0, error=reason, doubt=owed.alert.doubt, counted=False)


async def _give_up(ports: Ports, owed: Owed, error: str) -> None:
    log.error("alert_undeliverable", extra={"alert": owed.alert.id, "reason": error})
    await ports.outbox.give_up(owed, error=error)


def _pause(attempts: int) -> float:
    """1, 2, 4 ... 900 seconds."""
    return min(2.0 ** min(attempts - 1, 20), LONGEST_PAUSE)


def _wide_pause(attempts: int) -> float:
    """1, 4, 16, 64 minutes: where nobody can look, each further try may be one more copy."""
    return 60 * 4.0 ** min(max(attempts, 1) - 1, 3)
