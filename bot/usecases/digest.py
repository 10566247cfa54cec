"""The weekly digest: one message in each channel that wants it, on Monday morning."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from bot.domain.audit import Deed, head_of
from bot.domain.digest import STILL_NEWS, WEEK, Week, due_at, same_week, sentences
from bot.domain.gap import bulletin, place_of
from bot.domain.people import Person
from bot.domain.uptime import Uptime
from bot.usecases.permit import require_manager
from bot.usecases.ports import Overview, Ports
from bot.usecases.report import uptimes
from bot.usecases.subscriptions import Subscription


async def want_digest(ports: Ports, person: Person, connection_id: str, *, wanted: bool) -> None:
    """Send the digest about this connection, on Monday mornings of this person's, or not any more.

    Raises NotAllowed, NoSuchConnection.
    """
    await require_manager(ports, person, Deed.LOOK_AFTER, connection_id)
    if wanted:
        now = ports.clock.now()
        await ports.subscriptions.want(person.workspace_id, connection_id, tz=person.tz, at=now)
    else:
        await ports.subscriptions.stop(person.workspace_id, connection_id)


async def tell_digests(ports: Ports) -> int:
    """Owe those that are due; returns how many that were. A channel's Monday morning is that of
    whoever wanted its digest first."""
    now = ports.clock.now()
    places: defaultdict[tuple[str, str], list[Subscription]] = defaultdict(list)
    for each in await ports.subscriptions.all():
        places[place_of(each.connection)].append(each)
    if not places:
        return 0
    told: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
    for workspace_id, where, at in await ports.subscriptions.told(since=now - WEEK):
        told[workspace_id, where].append(at)
    count = 0
    for place, wanting in places.items():
        due = due_at(now, min(wanting, key=lambda each: each.since).tz)
        wanted = [each for each in wanting if each.since < due]
        had = any(same_week(due, at) for at in told[place])
        if wanted and now - due < STILL_NEWS and not had:
            count += await _tell(ports, wanted, due, now)
    return count


async def _tell(ports: Ports, wanted: Sequence[Subscription], due: datetime, now: datetime) -> bool:
    first = wanted[0].connection
    ids = {each.connection.id for each in wanted}
    every = await ports.connections.all(first.workspace_id)
    overviews = [each for each in every if each.connection.id in ids]
    found = await uptimes(ports, overviews)
    weeks = [
        await _week(ports, each, found.get(each.connection.id, Uptime()), now) for each in overviews
    ]
    if not weeks:
        return False
    head = await ports.audit.head(first.workspace_id)
    text = sentences(weeks, now=now, head=head_of(head) if head else "")
    alert = bulletin(first, text, now=now, id=ports.clock.new_id())
    return await ports.subscriptions.owe(place_of(first), due, alert)


async def _week(ports: Ports, overview: Overview, uptime: Uptime, now: datetime) -> Week:
    connection = overview.connection
    incidents = await ports.history.incidents(
        connection.workspace_id, connection.id, since=now - WEEK, limit=100
    )
    return Week(connection, overview.watch, overview.quota, uptime.week, incidents)
