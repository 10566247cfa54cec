"""What a verb needs to know of the past."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.connection import Connection
from bot.domain.incident import Incident
from bot.domain.sparkline import Hours
from bot.domain.uptime import Uptime


class History(Protocol):
    """What the checks saw: each one for three days, by the hour for 35 days, by the day for 400.
    Incidents are kept for ever."""

    async def tidy(self, *, now: datetime) -> bool:
        """One small step of rolling up and of forgetting what is too old; False where there is
        nothing left to do. Safe to cut off, and to run beside others."""

    async def rolled_until(self) -> datetime | None:
        """Until when the hours are rolled up; None before the first one is."""

    async def uptime(
        self, workspace_id: str, connection_ids: Collection[str], *, now: datetime
    ) -> Mapping[str, Uptime]:
        """Of those of the workspace that have any history. As many queries for one as for all."""

    async def hours(
        self,
        workspace_id: str,
        connection_ids: Collection[str],
        *,
        since: datetime,
        until: datetime,
    ) -> Mapping[str, Hours]:
        """Hour by hour, the present one included, for the last 35 days; of those of the workspace
        that have any history. As many queries for one as for all."""

    async def incidents(
        self, workspace_id: str, connection_id: str, *, since: datetime, limit: int
    ) -> Sequence[Incident]:
        """Those that were open at `since` or later, newest first."""

    async def past(
        self, workspace_id: str, connection_id: str | None, *, before: int | None, limit: int
    ) -> Sequence[tuple[Connection, Incident]]:
        """All the workspace's incidents, or this one connection's, the highest number first; those
        with a number below `before`. What was disconnected since is among them."""

    async def former(self, workspace_id: str) -> Sequence[Connection]:
        """All that were disconnected, the latest first."""
