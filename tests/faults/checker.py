"""What was committed, against what Slack holds."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

from sqlalchemy import RowMapping, select

from bot.domain.incident import IN_THREAD, Incident, Kind, Place
from bot.domain.outage import Member, is_outage
from bot.slack.alerts import message
from bot.store.database import Database, sqlite_path
from bot.store.rows import alert_of, connection_of, incident_of
from bot.store.schema import AlertState, alerts, connections, incidents, watches
from bot.usecases.ports import Owed
from tests.fakes import ZONE_3
from tests.faults.messages import Drawing, Message
from tests.faults.recording_slack import RecordingSlack
from tests.faults.world import ZONE_3_NAME


@dataclass
class Verdict:
    """`lost` and `repeated` name alerts; `broken` says what else must not be."""

    told: int = 0
    """Committed alerts."""
    lost: list[str] = field(default_factory=list)
    repeated: int = 0
    """Posts beyond the first, of all alerts together."""
    broken: list[str] = field(default_factory=list)


async def check(url: str, slack: RecordingSlack) -> Verdict:
    """Compare, once everything owed has been delivered."""
    database = Database.open(url)
    try:
        committed = await _committed(database)
        verdict = Verdict(told=len(committed))
        verdict.broken += await _inconsistencies(database)
    finally:
        await database.close()
    sharing = _sharing(committed)
    for each in committed:
        if loss := _loss(_together(each, sharing), slack):
            alert = each.owed.alert
            verdict.lost.append(f"{alert.kind} {alert.id}: {loss}")
    verdict.repeated = repeats(slack)
    verdict.broken += _out_of_order([each.owed for each in committed], slack)
    return verdict


def repeats(slack: RecordingSlack) -> int:
    """How many posts were one too many. Edits repeat nothing, and an incident that has shared a
    message may get one of its own."""
    keys = [each.key for each in slack.messages]
    return len(keys) - len(set(keys))


@dataclass(frozen=True)
class Committed:
    """An alert on the books, with what it tells about as that stands in the end."""

    owed: Owed
    state: AlertState


async def _committed(database: Database) -> list[Committed]:
    query = (
        select(alerts, connections, incidents)
        .join(connections, connections.c.id == alerts.c.connection_id)
        .outerjoin(incidents, incidents.c.id == alerts.c.incident_id)
        .order_by(alerts.c.seq)
    )
    async with database.read() as view:
        rows = (await view.execute(query)).mappings().all()
    return [
        Committed(
            Owed(alert_of(row), connection_of(row), incident_of(row), 0),
            AlertState(row[alerts.c.state]),
        )
        for row in rows
    ]


def _sharing(committed: Sequence[Committed]) -> Mapping[Place, Mapping[str, Member]]:
    """The incidents of outages that have their message at the same place, by their ids."""
    sharing: dict[Place, dict[str, Member]] = {}
    for each in committed:
        incident = each.owed.incident
        if incident and incident.place and is_outage(incident):
            member = Member(each.owed.connection, incident)
            sharing.setdefault(incident.place, {})[incident.id] = member
    return sharing


def _together(one: Committed, sharing: Mapping[Place, Mapping[str, Member]]) -> Committed:
    """With the others that its message tells of."""
    incident = one.owed.incident
    those = sharing.get(incident.place, {}) if incident and incident.place else {}
    others = tuple(each for id_, each in those.items() if incident and id_ != incident.id)
    return replace(one, owed=replace(one.owed, others=others))


def _loss(one: Committed, slack: RecordingSlack) -> str | None:
    """Why nobody was told of it; None where somebody was."""
    owed, alert = one.owed, one.owed.alert
    if one.state is not AlertState.SENT:
        return f"it is {one.state}"
    if owed.incident is None or alert.kind not in (Kind.INCIDENT, *IN_THREAD):
        return None if slack.posts(alert.id) else "it was never posted"
    place = owed.incident.place
    shown = slack.at(place.channel, place.ts) if place else None
    if shown is None:
        return "its incident has no message"
    if alert.kind is Kind.INCIDENT:
        return _not_shown(owed, owed.incident, shown.drawings[-1])
    return _not_in_thread(owed, owed.incident, shown, slack)


def _not_shown(owed: Owed, incident: Incident, drawing: Drawing) -> str | None:
    """The message has to name it, and to show the final state of all that it tells of, whichever
    alert drew it."""
    texts = (message(owed).text, message(replace(owed, repeat=True)).text)
    if _named(drawing.text) not in map(_named, texts):
        return f"the message still says {drawing.text!r}, not {message(owed).text!r}"
    if incident.number in drawing.numbers() or drawing.names(owed.connection.title):
        return None
    return f"the message does not name it, but {drawing.text[:60]!r}"


def _named(text: str) -> str:
    """A zone goes by its name for as long as one of these connections is there, which knows it."""
    return text.replace(ZONE_3.host, ZONE_3_NAME)


def _not_in_thread(
    owed: Owed, incident: Incident, shown: Message, slack: RecordingSlack
) -> str | None:
    """A line has to stand in the thread, unless the message was first posted later than it, or has
    told of others too: of these one speaks for all."""
    known = owed.alert.version <= incident.first_shown_version
    shared = any(len(each.numbers()) > 1 for each in shown.drawings)
    return None if known or shared or slack.posts(owed.alert.id) else "the line is in no thread"


def _out_of_order(owed: list[Owed], slack: RecordingSlack) -> list[str]:
    """One connection's alerts have to be accepted in the order in which they were committed."""
    first: dict[str, int] = {}
    for number, key in enumerate(slack.told):
        first.setdefault(key, number)
    newest: dict[str, int] = {}
    broken = []
    for each in owed:
        at = first.get(each.alert.id)
        if at is None:
            continue
        if at < newest.get(each.connection.id, -1):
            broken.append(f"{each.alert.id} overtook an elder alert of its connection")
        newest[each.connection.id] = at
    return broken


async def _inconsistencies(database: Database) -> list[str]:
    """What one transaction must have written together, or not at all."""
    async with database.read() as view:
        watched = (await view.execute(select(watches))).mappings().all()
        every = (await view.execute(select(incidents))).mappings().all()
        drawn = (await view.execute(select(alerts))).mappings().all()
    open_ = [row for row in every if row["closed_at"] is None]
    broken = []
    if len({row["connection_id"] for row in open_}) != len(open_):
        broken.append("a connection has two open incidents")
    numbers = sorted(row["number"] for row in every)
    if numbers != list(range(1, len(every) + 1)):
        broken.append("incident numbers are not 1, 2, 3 ...")
    broken += _disagreements(list(watched), list(open_))
    drawn_versions: dict[str, set[int]] = {row["id"]: set() for row in every}
    for row in drawn:
        if row["kind"] == Kind.INCIDENT:
            drawn_versions[row["incident_id"]].add(row["version"])
    broken += [
        f"incident {row['id']}: a change without an alert"
        for row in every
        if not drawn_versions[row["id"]].issuperset(range(1, row["version"] + 1))
    ]
    return broken


def _disagreements(watched: list[RowMapping], open_: list[RowMapping]) -> list[str]:
    """Whatever people were told is wrong has an open incident, of the same status and cause."""
    known = {
        (row["connection_id"], row["told"], row["told_cause"]) for row in watched if row["told"]
    }
    told = {(row["connection_id"], row["status"], row["cause"]) for row in open_}
    return [f"watch and incident disagree: {each}" for each in known ^ told]


def integrity(url: str) -> str:
    """SQLite's own verdict on the file, `ok` where it is whole. Leaves the crash's traces for the
    next worker to clean up: it opens the file for reading alone.
    """
    path = sqlite_path(url)
    assert path, "a server looks after its own files"
    address = f"file:{path.resolve()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
