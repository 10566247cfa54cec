"""What the verbs need of the outside world. The composition root hands in the real ones."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from bot.domain.audit import Notary
from bot.domain.connection import Connection
from bot.domain.credentials import Credentials
from bot.domain.incident import Incident, Telling
from bot.domain.observation import Observation, Quota
from bot.domain.origin import AutotaskOrigin
from bot.domain.policy import Care, Policy
from bot.domain.progress import Tell, untold
from bot.domain.secret import Secret
from bot.domain.status import Watch
from bot.usecases.audit_ports import Audit, Vouched
from bot.usecases.clock import Clock
from bot.usecases.delivery_ports import (
    Broken,
    Destinations,
    Installations,
    Messenger,
    Outbox,
    Owed,
    Suspended,
)
from bot.usecases.history import History
from bot.usecases.logins import Logins
from bot.usecases.subscriptions import Subscriptions
from bot.usecases.watching import Gaps, Nodes, Schedule
from bot.usecases.workspaces import Workspaces

__all__ = [
    "Broken",
    "Destinations",
    "Installations",
    "Logins",
    "Messenger",
    "Outbox",
    "Owed",
    "Suspended",
    "Workspaces",
]


@dataclass(frozen=True, slots=True)
class Zone:
    """Where a username belongs, found without credentials."""

    origin: AutotaskOrigin
    name: str | None


class Autotask(Protocol):
    """The far side. Never raises for what the network or Autotask does: it is all observed."""

    async def find_zone(self, username: Secret) -> Zone | Observation:
        """The username's zone, or what was seen instead. Sends no secret."""

    async def check(
        self,
        credentials: Credentials,
        *,
        permission: bool,
        zone: bool,
        sign_ins: int,
        tell: Tell = untold,
    ) -> Observation:
        """Sign in once and look, or twice where the database has moved and `sign_ins` allows it.

        With `permission`, also ask what the user may read; with `zone`, also where the database is
        now, and follow it if the credentials work there. Each step is told as it is over, up to
        the one that failed.
        """

    async def knock(self, origin: AutotaskOrigin, *, tell: Tell = untold) -> Observation | None:
        """Whether anything answers at this zone, without credentials: None where it does, else
        what keeps it from answering."""

    async def vendor_status(self, zone: str) -> str | None:
        """A line of evidence from the vendor's status page, where the operator lets it be asked."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """Credentials as they are stored: `blob` opens only for this connection and origin."""

    blob: bytes
    origin: AutotaskOrigin


class Vault(Protocol):
    """Seals and opens. Raises SealError; never returns anything but what was sealed."""

    async def seal(self, workspace_id: str, connection_id: str, credentials: Credentials) -> Sealed:
        """Seal for exactly this workspace, connection and origin."""

    async def open(self, workspace_id: str, connection_id: str, sealed: Sealed) -> Credentials:
        """Open what `seal` made. Raises UnknownKey, Tampered or KeyUnavailable."""

    def forget(self, workspace_id: str) -> None:
        """Drop whatever is kept opened for the workspace."""

    async def username_digest(self, username: Secret) -> str:
        """A keyed digest: the same for the same username (case folded), useless to anybody else."""

    async def notary(self, key_id: str = "") -> Notary:
        """Who vouches for the audit's entries just now, or who did with the key of that id. Raises
        as `open` does; Tampered where there is no such key."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A connection that Autotask has just accepted, ready to be stored."""

    connection: Connection
    sealed: Sealed
    username_digest: str
    watch: Watch
    quota: Quota | None = None
    telling: Telling = field(default_factory=Telling)
    deed: Vouched | None = None
    """Here and below: what the audit is told, in the same transaction."""


@dataclass(frozen=True, slots=True)
class Due:
    """A connection whose check has been claimed. `lease` fences the result."""

    connection: Connection
    watch: Watch
    sealed: Sealed
    username_digest: str
    lease: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What a check led to, ready to be written."""

    watch: Watch
    seen: Observation | None
    """None where it was not a check: a person's deed, or time alone."""
    telling: Telling
    resealed: Sealed | None = None
    """The credentials sealed anew, where they were accepted at another zone than the stored one."""
    deed: Vouched | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """One connection as people see it: everything status shows, in one query."""

    connection: Connection
    watch: Watch
    quota: Quota | None
    incident: Incident | None


class Connections(Protocol):
    """The connections of a workspace. Every method names the workspace first."""

    async def add(self, accepted: Accepted) -> None:
        """Store a new connection, start its watch, owe its alerts. Raises BadInput where the name
        is taken."""

    async def replace(self, accepted: Accepted) -> None:
        """Put accepted credentials in the place of the old ones, and owe the alerts that follow.

        A check in flight with the old ones is fenced: its result will not be applied. Raises
        NoSuchConnection where it was disconnected meanwhile.
        """

    async def find(self, workspace_id: str, name: str) -> Overview:
        """By name, case-insensitive. Raises NoSuchConnection."""

    async def get(self, workspace_id: str, connection_id: str) -> Overview:
        """By id. Raises NoSuchConnection, for unknown and foreign ids alike."""

    async def sealed(self, workspace_id: str, connection_id: str) -> Sealed:
        """The stored value as it is. Raises NoSuchConnection."""

    async def all(self, workspace_id: str) -> Sequence[Overview]:
        """All that are connected, by name."""

    async def told_together(self, workspace_id: str, connection_id: str) -> Sequence[str]:
        """The connections with an open incident in the same message as this one's latest, the
        eldest incident first; itself among them while its own is open."""

    async def disconnect(
        self,
        workspace_id: str,
        connection_id: str,
        *,
        at: datetime,
        telling: Telling,
        deed: Vouched | None = None,
    ) -> None:
        """Erase the sealed credentials, free the name, stop the watch, owe the last alerts."""

    async def choose_channel(
        self,
        workspace_id: str,
        connection_id: str,
        channel: str | None,
        *,
        deed: Vouched | None = None,
    ) -> None:
        """Send this connection's alerts there from now on, those still owed included."""

    async def care_for(
        self, workspace_id: str, connection_id: str, care: Care, *, deed: Vouched | None = None
    ) -> None:
        """How this connection is looked after from now on. Raises NoSuchConnection."""


class Watches(Protocol):
    """Claims and results of checks. Leases are in the database's own time."""

    async def claim_due(self, limit: int) -> Sequence[Due]:
        """Up to `limit` connections whose check is due, the longest overdue first; each is leased
        so that nobody else claims it meanwhile. A claim that is never applied lapses by itself.
        """

    async def claim_waiting(self, limit: int) -> Sequence[Due]:
        """The same for those whose `attend_at` has come: there is something to say though nothing
        was seen."""

    async def claim_one(self, workspace_id: str, connection_id: str) -> Due:
        """Claim this one now, due or not, taking it from whoever has it. Raises
        NoSuchConnection.
        """

    async def wake(self, username_digest: str) -> None:
        """Make due at once whatever signs in with this username: it was just accepted, after
        refusals that had put off its checks."""

    async def postpone(self, due: Due, until: datetime) -> None:
        """Give the claim back unused."""

    async def apply(self, due: Due, decision: Decision) -> bool:
        """Write watch, incident and the alerts owed in one transaction; False (and nothing
        written) where the claim has lapsed or was taken over. What the observation tells of the
        tenant and the quota is kept too."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything a verb may need, in one hand."""

    autotask: Autotask
    vault: Vault
    connections: Connections
    watches: Watches
    logins: Logins
    outbox: Outbox
    history: History
    destinations: Destinations
    installations: Installations
    nodes: Nodes
    gaps: Gaps
    schedule: Schedule
    subscriptions: Subscriptions
    workspaces: Workspaces
    audit: Audit
    messenger: Messenger
    clock: Clock
    policy: Policy
    extra_hosts: frozenset[str] = frozenset()
    operator: str | None = None
    """Slack user told when nobody else can be."""

    def caring_for(self, connection: Connection) -> "Ports":
        """The same, with the policy that this connection has of its own."""
        return replace(self, policy=self.policy.of(connection.care))
