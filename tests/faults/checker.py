"""What was committed, against what Slack holds."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field, replace

from sqlalchemy import RowMapping, select

from bot.domain.incident import Alert, Incident, Kind
from bot.slack.alerts import message
from bot.store.database import Database, sqlite_path
from bot.store.rows import alert_of, connection_of, incident_of
from bot.store.schema import AlertState, alerts, connections, incidents, watches
from bot.usecases.ports import Owed
from tests.faults.recording_slack import RecordingSlack


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
        owed, states = await _committed(database)
        verdict = Verdict(told=len(owed))
        verdict.broken += await _inconsistencies(database)
    finally:
        await database.close()
    for each in owed:
        if loss := _loss(each, states[each.alert.id], slack):
            verdict.lost.append(f"{each.alert.kind} {each.alert.id}: {loss}")
    verdict.repeated = repeats(slack)
    verdict.broken += _out_of_order(owed, slack)
    return verdict


def repeats(slack: RecordingSlack) -> int:
    """How many posts were one too many."""
    keys = [each.key for each in slack.messages]
    return len(keys) - len(set(keys))


async def _committed(database: Database) -> tuple[list[Owed], dict[str, AlertState]]:
    query = (
        select(alerts, connections, incidents)
        .join(connections, connections.c.id == alerts.c.connection_id)
        .outerjoin(incidents, incidents.c.id == alerts.c.incident_id)
        .order_by(alerts.c.seq)
    )
    async with database.read() as view:
        rows = (await view.execute(query)).mappings().all()
    owed = [Owed(alert_of(row), connection_of(row), incident_of(row), 0) for row in rows]
    return owed, {row[alerts.c.id]: AlertState(row[alerts.c.state]) for row in rows}


def _loss(owed: Owed, state: AlertState, slack: RecordingSlack) -> str | None:
    """Why nobody was told of it; None where somebody was."""
    if state is not AlertState.SENT:
        return f"it is {state}"
    match owed.alert.kind:
        case Kind.INCIDENT:
            return _not_shown(owed, slack)
        case Kind.TIMELINE:
            return _not_in_thread(owed.alert, owed.incident, slack)
        case _:
            return None if slack.posts(owed.alert.id) else "it was never posted"


def _not_shown(owed: Owed, slack: RecordingSlack) -> str | None:
    """The incident's message has to show its final state, whichever alert drew it."""
    place = owed.incident.place if owed.incident else None
    shown = slack.at(place.channel, place.ts) if place else None
    if shown is None:
        return "its incident has no message"
    if shown.texts[-1] not in (message(owed).text, message(replace(owed, repeat=True)).text):
        return f"the message still says {shown.texts[-1][:60]!r}"
    return None


def _not_in_thread(alert: Alert, incident: Incident | None, slack: RecordingSlack) -> str | None:
    """A line has to stand in the thread, unless the message was first posted later than it."""
    if incident is None or slack.posts(alert.id):
        return None if incident else "its incident is gone"
    if alert.version <= incident.first_shown_version:
        return None
    return "the line is in no thread"


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
    versions = {row["id"]: row["version"] for row in every}
    for row in drawn:
        if row["kind"] == Kind.INCIDENT:
            versions[row["incident_id"]] -= 1
    broken += [f"incident {id_}: {n} changes without an alert" for id_, n in versions.items() if n]
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
