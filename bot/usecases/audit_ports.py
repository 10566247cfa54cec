"""What is noted of people's deeds: a port."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.audit import Entry, Link, Notary


@dataclass(frozen=True, slots=True)
class Vouched:
    """An entry with its notary, ready to be written with what it is about."""

    entry: Entry
    notary: Notary


class Audit(Protocol):
    """The entries of each workspace, in its chain. Those about the installation itself stand under
    the workspace id "" (empty)."""

    async def add(self, vouched: Vouched, *, unless_since: datetime | None = None) -> None:
        """Write an entry that belongs to no other change; with `unless_since`, only where the same
        person had no other of the same deed and outcome since then."""

    async def page(
        self, workspace_id: str, *, before: int | None, limit: int
    ) -> Sequence[tuple[Link, str | None]]:
        """The newest first, with the name of the connection, of those with a number below
        `before`."""

    async def chain(self, workspace_id: str, *, after: int, limit: int) -> Sequence[Link]:
        """The links in order, of those with a number above `after`."""

    async def head(self, workspace_id: str) -> Link | None:
        """The newest link."""

    async def workspaces(self) -> Sequence[str]:
        """Those with any entry, by id."""
