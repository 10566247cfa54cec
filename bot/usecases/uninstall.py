"""Uninstall: a workspace has removed the app, and everything of it goes along."""

from collections.abc import Mapping

from bot.usecases.ports import Ports


async def uninstall(ports: Ports, workspace_id: str) -> Mapping[str, int]:
    """Erase all rows of the workspace in one transaction, and forget its opened keys; how many
    rows that were, by table. What is under way for it finds nothing left, and ends.

    Raises StoreUnavailable, with everything still there.
    """
    gone = await ports.workspaces.forget(workspace_id)
    ports.vault.forget(workspace_id)
    return gone
