"""Who wants a digest, and who has had it: a port."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.connection import Connection
from bot.domain.incident import Alert


@dataclass(frozen=True, slots=True)
class Subscription:
    """Somebody wants the weekly digest about this connection, where its alerts go."""

    connection: Connection
    since: datetime
    tz: str
    """The time zone (IANA) of whoever asked for it: Monday morning is theirs."""


class Subscriptions(Protocol):
    """The opt-ins, by connection."""

    async def wanted(self, workspace_id: str, connection_id: str) -> bool:
        """Whether the digest is wanted about this one."""

    async def want(self, workspace_id: str, connection_id: str, *, tz: str, at: datetime) -> None:
        """From now on. Raises NoSuchConnection."""

    async def stop(self, workspace_id: str, connection_id: str) -> None:
        """Not any more."""

    async def all(self) -> Sequence[Subscription]:
        """Of all that are connected, by workspace and name."""

    async def told(self, *, since: datetime) -> Collection[tuple[str, str, datetime]]:
        """The digests owed since then: workspace, place, and when each was due."""

    async def owe(self, place: tuple[str, str], due_at: datetime, alert: Alert) -> bool:
        """Owe one digest; False where somebody else has already, for this place and week."""
