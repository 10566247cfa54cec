"""Uninstall: a workspace has removed the app, and everything of it goes along."""

import logging
from collections.abc import Mapping

from bot.domain.audit import INSTALLATION, Deed
from bot.domain.errors import SealError
from bot.domain.people import Person
from bot.usecases.audit import vouched
from bot.usecases.audit_ports import Vouched
from bot.usecases.ports import Ports

log = logging.getLogger(__name__)


async def uninstall(ports: Ports, workspace_id: str) -> Mapping[str, int]:
    """Erase all rows of the workspace in one transaction, its audit among them, and forget its
    opened keys; how many rows that were, by table. The installation's own audit has an entry of it.
    What is under way for the workspace finds nothing left, and ends.

    Raises StoreUnavailable, with everything still there.
    """
    gone = await ports.workspaces.forget(workspace_id, deed=await _deed(ports, workspace_id))
    ports.vault.forget(workspace_id)
    return gone


async def _deed(ports: Ports, workspace_id: str) -> Vouched | None:
    """That nobody can vouch for it just now is no reason to keep anything."""
    slack = Person("slack", INSTALLATION, "Slack")
    try:
        return await vouched(ports, slack, Deed.UNINSTALL, detail=workspace_id)
    except SealError as error:
        log.warning("uninstall_not_noted", extra={"reason": error.message})
        return None
