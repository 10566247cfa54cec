"""The tenants: a port."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.usecases.audit_ports import Vouched


class Workspaces(Protocol):
    """The tenants, and whom their admins have named."""

    async def remember(self, workspace_id: str, name: str) -> bool:
        """Make sure the workspace is known; whether it was new, which one caller only is told."""

    async def ids(self) -> Sequence[str]:
        """All known workspaces."""

    async def managers(self, workspace_id: str) -> frozenset[str]:
        """User ids that an admin has named."""

    async def name_managers(  # noqa: PLR0913 - who, who no longer, by whom, when
        self,
        workspace_id: str,
        user_ids: Collection[str],
        *,
        dropped: Collection[str] = (),
        by: str,
        at: datetime,
        deed: Vouched | None = None,
    ) -> frozenset[str]:
        """Name these people, and no longer those that are `dropped`; others stay as they are.
        Returns everybody who is named then."""

    async def forget(self, workspace_id: str, *, deed: Vouched | None = None) -> Mapping[str, int]:
        """Erase everything of the workspace in one transaction, and nothing of another one: how
        many rows that were, by table. Once it is gone, there is nothing to erase, or to note."""
