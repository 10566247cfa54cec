"""Who and what the store's tests are about, and a store with its clock in hand."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from bot.domain.connection import Connection
from bot.domain.incident import Alert, Incident, Kind, Telling
from bot.domain.observation import Cause, Observation, Quota, Seen
from bot.domain.origin import AutotaskOrigin
from bot.domain.status import Status, Watch
from bot.store.connections import ConnectionTable
from bot.store.data_keys import DataKeyTable
from bot.store.database import Database
from bot.store.destinations import DestinationTable
from bot.store.installations import InstallationTable
from bot.store.logins import LoginTable
from bot.store.outbox import OutboxTable
from bot.store.watches import WatchTable
from bot.store.workspaces import WorkspaceTable
from bot.usecases.data_keys import DataKeyStore
from bot.usecases.ports import (
    Accepted,
    Connections,
    Decision,
    Destinations,
    Due,
    Installations,
    Logins,
    Outbox,
    Sealed,
    Watches,
    Workspaces,
)

NOW = datetime(2026, 3, 1, 9, 0, 0, 123457, tzinfo=UTC)
OK = Observation(Seen.OK)
ORIGIN = AutotaskOrigin("https://webservices3.autotask.net")
_ids = count(1)


@dataclass
class Store:
    """All tables over one database, in a time that stands still until it is moved."""

    database: Database
    seconds: float = NOW.timestamp()
    connections: Connections = field(init=False)
    watches: Watches = field(init=False)
    logins: Logins = field(init=False)
    outbox: Outbox = field(init=False)
    destinations: Destinations = field(init=False)
    installations: Installations = field(init=False)
    workspaces: Workspaces = field(init=False)
    data_keys: DataKeyStore = field(init=False)

    def __post_init__(self) -> None:
        self.connections = ConnectionTable(self.database, now=self.now)
        self.watches = WatchTable(self.database, lease=60, now=self.now)
        self.logins = LoginTable(self.database)
        self.outbox = OutboxTable(self.database, lease=60, now=self.now)
        self.destinations = DestinationTable(self.database, lease=60, now=self.now)
        self.installations = InstallationTable(self.database, now=self.now)
        self.workspaces = WorkspaceTable(self.database, now=self.now)
        self.data_keys = DataKeyTable(self.database, now=self.now)

    def now(self) -> float:
        return self.seconds

    async def connect(
        self, name: str = "Autotask", *, overdue: float = 0.0, channel: str = "C1"
    ) -> Connection:
        """A connection of workspace T1, stored, whose check has been due for `overdue` seconds."""
        accepted = an_accepted(name, overdue=overdue, channel=channel)
        await self.connections.add(accepted)
        return accepted.connection

    async def decide(self, connection: Connection, telling: Telling, *, bad: bool = True) -> None:
        """One check of the connection that leads to `telling`."""
        due = await self.watches.claim_one("T1", connection.id)
        status = Status.INACTIVE if bad else Status.ACTIVE
        decision = Decision(replace(due.watch, status=status), OK, telling)
        assert await self.watches.apply(due, decision)

    async def incident_of(self, connection: Connection) -> Incident:
        incident = (await self.connections.get("T1", connection.id)).incident
        assert incident
        return incident


def an_accepted(name: str = "Autotask", *, overdue: float = 0.0, channel: str = "C1") -> Accepted:
    connection = Connection(
        id=f"c{next(_ids)}",
        workspace_id="T1",
        name=name,
        origin=ORIGIN,
        company="Example MSP",
        zone="America East",
        connected_by="U1",
        connected_at=NOW,
        channel=channel,
    )
    watch = Watch(
        status=Status.ACTIVE,
        since=NOW,
        next_check_at=NOW - timedelta(seconds=overdue),
        seen=Seen.OK,
        streak=2,
        streak_since=NOW,
        last_ok_at=NOW,
        latency=0.25,
    )
    blob = b"made-up ciphertext of " + connection.id.encode()
    return Accepted(connection, Sealed(blob, ORIGIN), f"digest of {name}", watch, Quota(10, 10_000))


def unchanged(due: Due) -> Decision:
    return Decision(due.watch, OK, Telling())


def an_alert(connection: Connection, incident: Incident | None = None, *, wait: float = 0) -> Alert:
    """The incident's message, or a notice where there is no incident."""
    return Alert(
        id=f"a{next(_ids)}",
        workspace_id=connection.workspace_id,
        connection_id=connection.id,
        kind=Kind.INCIDENT if incident else Kind.NOTICE,
        text="",
        not_before=NOW + timedelta(seconds=wait),
        incident_id=incident.id if incident else None,
        version=incident.version if incident else 0,
    )


def opened(connection: Connection, *, wait: float = 0) -> Telling:
    """A new incident and its message, held back for `wait` seconds."""
    incident = Incident(
        id=f"i{next(_ids)}",
        number=0,
        workspace_id=connection.workspace_id,
        connection_id=connection.id,
        status=Status.INACTIVE,
        cause=Cause.DNS,
        evidence=("asked webservices3", "no “address” came back"),
        opened_at=NOW,
        last_ok_at=NOW,
    )
    return Telling(incident, (an_alert(connection, incident, wait=wait),))


def closed(connection: Connection, incident: Incident) -> Telling:
    """The incident's end, and two alerts about it."""
    over = replace(incident, version=incident.version + 1, closed_at=NOW)
    line = replace(an_alert(connection, over), kind=Kind.TIMELINE, text="Active again.")
    return Telling(over, (an_alert(connection, over), line))


def notices(connection: Connection, number: int) -> Telling:
    return Telling(None, tuple(an_alert(connection) for _ in range(number)))
