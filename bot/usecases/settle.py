"""What comes of a try to tell an alert: it is told, waits, goes elsewhere, or is given up."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.incident import Alert, Doubt, Kind, drawn_anew, ending
from bot.domain.outage import untold_end
from bot.domain.sending import Delivered, Later, MessageGone, NotInstalled, Sent, Undeliverable
from bot.usecases.destinations import Route, broke, destinations, route
from bot.usecases.ports import Owed, Ports

log = logging.getLogger(__name__)

LONGEST_PAUSE = 900.0
"""Seconds between tries while Slack does not take it."""
LONGEST_PROBE = 300.0
"""Seconds between tries of a workspace in which Slack takes nothing from the app."""
LIFETIME = timedelta(hours=24)
"""From the first try until an alert that Slack does not take is given up, if it was tried so long:
the clock says nothing of that, which may be set, or of a machine that was off."""
TRIES = 96
"""So many of the longest pauses are a day; the short ones before make it some tries more."""
BLIND_TRIES = 16
"""The same where nobody can look, and each pause is an hour or more."""


@dataclass(frozen=True, slots=True)
class Waits:
    """Nothing was sent: it is too early, or it could not be looked for just now."""

    reason: str
    seconds: float | None
    doubt: Doubt


async def settle(ports: Ports, owed: Owed, way: Route, sent: Sent | Waits) -> None:
    """End the claim by what Slack has said, or has not."""
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
        case Undeliverable() if owed.alert.kind is Kind.FAREWELL:  # it is told elsewhere anyway
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
    """With the incidents as the earlier try may have drawn them, together. Should the message show
    more than that by chance, it is drawn once more, which changes nothing.
    """
    if owed.incident is None:
        return owed
    then = replace(owed.incident, version=owed.alert.version)
    others = [
        replace(each, incident=replace(each.incident, version=each.owed))
        for each in owed.others
        if each.owed is not None
    ]
    leaves = owed.leaves and not others
    return replace(owed, incident=then, others=tuple(others), leaves=leaves)


def _left_behind(ports: Ports, owed: Owed) -> Sequence[Alert]:
    """Once it has a message of its own, the one that it shared is drawn without it, and says so
    where it is over for the others."""
    left = [each for each in owed.others if each.owed is None]
    if not (owed.leaves and left):
        return ()
    now, new_id = ports.clock.now(), ports.clock.new_id
    eldest = min((each.incident for each in left), key=lambda each: each.number)
    anew = (drawn_anew(eldest, now=now, id=new_id()),)
    last = untold_end(left)
    if last is None:
        return anew
    line = drawn_anew(last.incident, now=now, id=new_id())
    return (*anew, replace(line, kind=Kind.TIMELINE, text=ending(last.incident)))


async def _move_on(ports: Ports, owed: Owed, error: str) -> None:
    chain = destinations(ports, owed.connection)
    onward = route(owed, chain, await ports.destinations.broken(owed.alert.workspace_id))
    if onward is None:
        await give_up(ports, owed, error)
    else:
        await ports.outbox.next_destination(owed, step=onward.step, to=onward.channel, error=error)


async def _wait(ports: Ports, owed: Owed, sent: Later | Waits) -> None:
    """Until Slack has said, or a little longer each time, until it was tried for a day."""
    first, doubt = owed.alert.first_tried_at, owed.alert.doubt
    pause = min(_pause(owed.alert.attempts) * (1 + 0.2 * ports.clock.jitter()), LONGEST_PAUSE)
    if isinstance(sent, Waits) and sent.seconds is not None:
        await ports.outbox.retry(
            owed, after=sent.seconds, error=sent.reason, doubt=sent.doubt, counted=False
        )
    elif isinstance(sent, Later) and sent.after is not None:
        await ports.outbox.hold(owed, seconds=sent.after, error=sent.reason)
    elif first and ports.clock.now() - first >= LIFETIME and _was_tried(owed.alert):
        await give_up(ports, owed, f"a day has passed ({sent.reason})")
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


async def give_up(ports: Ports, owed: Owed, error: str) -> None:
    """Nobody is left to tell: it stays, visible, as dead."""
    log.error("alert_undeliverable", extra={"alert": owed.alert.id, "reason": error})
    await ports.outbox.give_up(owed, error=error)


def _was_tried(alert: Alert) -> bool:
    """Whether it has been, all day."""
    return alert.attempts >= (BLIND_TRIES if alert.doubt is Doubt.BLIND else TRIES)


def _pause(attempts: int) -> float:
    """1, 2, 4 ... 900 seconds."""
    return min(2.0 ** min(attempts - 1, 20), LONGEST_PAUSE)


def wide_pause(attempts: int) -> float:
    """1, 4, 16, 64 minutes: where nobody can look, each further try may be one more copy."""
    return 60 * 4.0 ** min(max(attempts, 1) - 1, 3)
