"""Connections that are tried and tried and nobody can tell: our network is away, or a key is.

People are told once in each channel: while it lasts, where Slack can be reached all the same; else
when all that is watched there has been checked again.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.gap import Gap, bulletin, going_on, one_per_channel, over, place_of
from bot.usecases.ports import Ports

PATIENCE = timedelta(minutes=30)


async def look_for_blindness(ports: Ports) -> None:
    """Open the gaps that have lasted for PATIENCE, and close those that are over."""
    now = ports.clock.now()
    blind = await ports.gaps.blind(since=now - PATIENCE)
    if blind:
        told = await ports.messenger.reachable()
        gaps = [
            Gap(ports.clock.new_id(), since, None, connection, told=told)
            for connection, since in blind
        ]
        since = min(each.started_at for each in gaps)
        audience = one_per_channel([connection for connection, _ in blind]) if told else []
        text, new_id = going_on(since), ports.clock.new_id
        await ports.gaps.open(
            gaps, [bulletin(each, text, now=now, id=new_id()) for each in audience]
        )
    await _close(ports, now)


async def _close(ports: Ports, now: datetime) -> None:
    """A channel's gaps together, once the last of them is over."""
    places: defaultdict[tuple[str, str], list[tuple[Gap, datetime | None]]] = defaultdict(list)
    for gap, again in await ports.gaps.open_ones():
        if gap.connection:
            places[place_of(gap.connection)].append((gap, again))
    for gaps in places.values():
        ended = [replace(gap, ended_at=again) for gap, again in gaps if again]
        if len(ended) == len(gaps):
            await _end(ports, ended, now)


async def _end(ports: Ports, ended: Sequence[Gap], now: datetime) -> None:
    untold = [each for each in ended if not each.told and each.connection and each.ended_at]
    alerts = []
    if untold:
        start = min(each.started_at for each in untold)
        end = max(each.ended_at or now for each in untold)
        (first, *_) = (each.connection for each in untold if each.connection)
        alerts = [bulletin(first, over(start, end), now=now, id=ports.clock.new_id())]
    await ports.gaps.close(ended, alerts)
