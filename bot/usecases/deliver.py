"""Deliver the alerts that are owed. A row is settled only after Slack has accepted it.

An alert goes to the connection's channel, else to the person who connected, else to the operator.
A destination that fails for good is stepped over, never forgotten; when none is left the alert
stays in the outbox as dead, where `doctor` shows it.
"""

import asyncio
import logging

from bot.domain.connection import Connection
from bot.domain.incident import Kind, Place
from bot.domain.people import CLI
from bot.domain.sending import Delivered, Later, MessageGone, Sent, Undeliverable
from bot.usecases.ports import Owed, Ports

log = logging.getLogger(__name__)

BATCH = 20
LONGEST_PAUSE = 300.0
"""Seconds between tries while Slack does not take it."""


async def deliver_due(ports: Ports) -> int:
    """Deliver whatever may go now; returns how many calls that took."""
    tried = 0
    while owed := await ports.outbox.claim(BATCH):
        async with asyncio.TaskGroup() as group:
            for each in owed:
                group.create_task(_deliver_safely(ports, each))
        tried += len(owed)
    return tried


async def _deliver_safely(ports: Ports, owed: Owed) -> None:
    """One alert's fault must not stop the others: its claim lapses, and it is tried again."""
    try:
        await _deliver(ports, owed)
    except Exception:
        log.exception("delivery_failed", extra={"alert": owed.alert.id})


async def _deliver(ports: Ports, owed: Owed) -> None:
    if _told_already(owed):
        await ports.outbox.sent(owed, None)
        return
    chain = destinations(ports, owed.connection)
    if owed.alert.step >= len(chain):
        log.error("alert_undeliverable", extra={"alert": owed.alert.id})
        await ports.outbox.give_up(owed, error="no destination is left")
        return
    sent = await _send(ports, owed, chain[owed.alert.step])
    await _settle(ports, owed, sent)


def _told_already(owed: Owed) -> bool:
    """Whether the message, drawn as the incident stood then, has told this too."""
    incident, alert = owed.incident, owed.alert
    if incident is None:
        return False
    if alert.kind is Kind.INCIDENT:
        return alert.version <= incident.shown_version
    return alert.kind is Kind.TIMELINE and (
        incident.place is None or alert.version <= incident.first_shown_version
    )


def destinations(ports: Ports, connection: Connection) -> list[str]:
    """The fallback chain, each once. Empty: nobody would be told."""
    person = connection.connected_by if connection.connected_by != CLI else None
    everybody = (connection.channel, person, ports.operator)
    return list(dict.fromkeys(each for each in everybody if each))


async def _send(ports: Ports, owed: Owed, destination: str) -> Sent:
    """One call to Slack; a second one only where the message to edit is gone."""
    place = _place(owed)
    if place is None:
        return await ports.messenger.post(owed, destination)
    if owed.alert.kind is Kind.TIMELINE:
        return await ports.messenger.reply(owed, place)
    sent = await ports.messenger.edit(owed, place)
    if isinstance(sent, MessageGone):
        return await ports.messenger.post(owed, destination)
    return sent


def _place(owed: Owed) -> Place | None:
    """The incident's message, unless it stands where the bot can no longer write."""
    if owed.alert.kind is Kind.NOTICE or owed.incident is None or owed.alert.step > 0:
        return None
    return owed.incident.place


async def _settle(ports: Ports, owed: Owed, sent: Sent) -> None:
    extra = {"alert": owed.alert.id, "connection": owed.connection.id}
    match sent:
        case Delivered(place):
            await ports.outbox.sent(owed, place)
            log.info("alert_delivered", extra=extra)
        case MessageGone():  # a line for a thread that nobody sees any more
            await ports.outbox.sent(owed, None)
        case Later(reason, after, unclear):
            pause = after if after is not None else _pause(ports, owed, unclear=unclear)
            await ports.outbox.retry(owed, after=pause, error=reason)
            log.warning("alert_waits", extra=extra | {"reason": reason})
        case Undeliverable(reason):
            await ports.outbox.next_destination(owed, error=reason)
            log.warning("destination_broken", extra=extra | {"reason": reason})


def _pause(ports: Ports, owed: Owed, *, unclear: bool) -> float:
    """1, 2, 4 ... 300 seconds, with jitter. Where Slack may have taken it, 1, 4, 16, 64 minutes:
    each further try may be one more copy."""
    tries = owed.alert.attempts
    longest = 60 * 4.0 ** min(tries - 1, 3) if unclear else min(2.0**tries, LONGEST_PAUSE)
    return longest * (1 + 0.2 * ports.clock.jitter())
