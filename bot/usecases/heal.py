"""Find out whether broken places take messages again: the summary of what was missed is the probe.

One that Slack accepts heals the place: the channel knows what it missed, what is still owed goes
there first, and messages that were left behind show the present again.
"""

import asyncio
import logging
from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.deadline import deadline
from bot.domain.connection import Connection
from bot.domain.destination import Missed, back_sentence, farewell_sentence, summary
from bot.domain.incident import Alert, Incident, Kind, Place, Telling, drawn_anew, notice
from bot.domain.outage import Member
from bot.domain.sending import CannotLook, Delivered, Later, NotInstalled, NotThere, Sent
from bot.usecases.destinations import bulletins, destinations, senders_to
from bot.usecases.ports import Broken, Overview, Owed, Ports

log = logging.getLogger(__name__)

AT_ONCE = 5
PROBE_EVERY = 3600.0
"""Seconds between probes of a place that says no."""
SLACK_AWAY = 300.0
"""The same, where Slack does not say anything."""
ONE_PROBE = 14.0
"""Seconds for one probe, looking included: less than the shortest lease."""


async def probe_due(ports: Ports) -> None:
    """Probe what is due. A place that nobody sends to any more is forgotten about."""
    suspended = {each.workspace_id for each in await ports.installations.suspended()}
    due = await ports.destinations.claim_probes(AT_ONCE)
    async with asyncio.TaskGroup() as group:
        for each in due:
            if each.workspace_id in suspended:
                await ports.destinations.still_broken(each, after=SLACK_AWAY)
            else:
                group.create_task(_probe_safely(ports, each))


async def _probe_safely(ports: Ports, broken: Broken) -> None:
    try:
        await _probe(ports, broken)
    except Exception:
        log.exception("probe_failed", extra={"channel": broken.channel})


async def _probe(ports: Ports, broken: Broken) -> None:
    senders = await senders_to(ports, broken.workspace_id, broken.channel)
    if not senders:
        await ports.destinations.forget(broken)
        return
    told = await _summary(ports, broken, senders)
    try:
        async with deadline(ONE_PROBE):
            sent = await _post(ports, broken, told)
    except TimeoutError:
        sent = Later("TimeoutError", unclear=True)
    match sent:
        case Delivered():
            await _heal(ports, broken, [each.connection for each in senders])
        case Later(_, after, unclear):
            pause = after if after is not None else SLACK_AWAY
            await ports.destinations.still_broken(broken, after=pause, unclear=unclear)
        case NotInstalled():
            await ports.destinations.still_broken(broken, after=SLACK_AWAY)
        case _:
            await ports.destinations.still_broken(broken, after=PROBE_EVERY, reason=sent.reason)


async def _summary(ports: Ports, broken: Broken, senders: Sequence[Overview]) -> Owed:
    """The message, under a key that stays the same until one of them has arrived."""
    counts = await ports.destinations.missed(broken, [each.connection.id for each in senders])
    missed = [
        Missed(each.connection, each.watch, counts.get(each.connection.id, 0)) for each in senders
    ]
    now = ports.clock.now()
    text = summary(broken.broken_since, now, broken.reason, missed)
    alert = notice(senders[0].connection, text, now=now, id=broken.summary_id)
    alert = replace(alert, kind=Kind.BULLETIN, first_tried_at=broken.probed_at)
    return Owed(alert, senders[0].connection, None, 0)


async def _post(ports: Ports, broken: Broken, told: Owed) -> Sent:
    if broken.probed_at:
        found = await ports.messenger.find(told, broken.channel, None)
        if not isinstance(found, NotThere | CannotLook):
            return found
    return await ports.messenger.post(told, broken.channel)


async def _heal(ports: Ports, broken: Broken, about: Sequence[Connection]) -> None:
    first = [each.id for each in about if destinations(ports, each)[0] == broken.channel]

    def tell(back: Sequence[Member], stay: Sequence[Incident]) -> Telling:
        told = bulletins(ports, about, broken.channel, back_sentence(broken.channel, about))
        anew = _drawn_anew(ports, [*(each.incident for each in back), *_eldest(stay)])
        return Telling(None, (*anew, *told, *_farewells(ports, broken.channel, back, stay)))

    await ports.destinations.heal(broken, first, tell)
    log.info("destination_healed", extra={"channel": broken.channel})


def _drawn_anew(ports: Ports, those: Sequence[Incident]) -> Sequence[Alert]:
    now, new_id = ports.clock.now(), ports.clock.new_id
    return [drawn_anew(each, now=now, id=new_id()) for each in those]


def _eldest(stay: Sequence[Incident]) -> Collection[Incident]:
    """One of each message, which is drawn with the others that stay."""
    newest_first = sorted(stay, key=lambda each: -each.number)
    return {each.place: each for each in newest_first}.values()


def _farewells(
    ports: Ports, channel: str, back: Sequence[Member], stay: Sequence[Incident]
) -> Sequence[Alert]:
    """The last edit of each message that told of them meanwhile, and of nothing else, unless it
    says already how they ended."""
    places = {each.incident.place for each in back if not _says_the_end(each.incident)}
    left: dict[Place, list[Connection]] = {}
    for each in back:
        place = each.incident.place
        if place and place in places - {each.place for each in stay}:
            left.setdefault(place, []).append(each.connection)
    now, new_id = ports.clock.now(), ports.clock.new_id
    return [
        replace(
            notice(about[0], farewell_sentence(channel, about), now=now, id=new_id()),
            kind=Kind.FAREWELL,
            destination=place.channel,
            sent_channel=place.channel,
            sent_ts=place.ts,
        )
        for place, about in left.items()
    ]


def _says_the_end(incident: Incident) -> bool:
    return incident.closed_at is not None and incident.shown_version >= incident.version
