"""The story of being removed, as Slack's events tell it (docs.slack.dev: app_uninstalled,
tokens_revoked).

A workspace that removes the app takes along all that was kept of it. What remains is one line in
the log, with the workspace's id and how many rows there were. Slack sends both events, in any
order, and for up to a day again if it has heard no answer: an old one may come when the app has
long been installed anew. So Slack is asked whether the token is good: then nothing is erased.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from bot.domain.errors import StoreUnavailable
from bot.slack.channels import Heard
from bot.slack.desk import Desk
from bot.slack.messenger import FAILURES
from bot.usecases.uninstall import uninstall

log = logging.getLogger(__name__)

PAUSES = (1.0, 5.0, 25.0)
"""Seconds between tries where the database is away. Slack has been answered by then."""


async def uninstalled(desk: Desk, heard: Heard) -> None:
    """Removed from this workspace; the event is about no other one."""
    workspace_id = heard.workspace_id
    if heard.body.get("team_id") != workspace_id or await _still_installed(desk, workspace_id):
        log.warning("not_uninstalled", extra={"workspace": workspace_id})
        return
    gone = await _erase(desk, workspace_id)
    desk.people.forget(workspace_id)
    desk.homes.forget(workspace_id)
    if gone["workspaces"]:  # else it was told before
        log.warning("uninstalled", extra={"workspace": workspace_id, "erased": dict(gone)})


async def tokens_revoked(desk: Desk, heard: Heard) -> None:
    """No uninstallation: a token may be revoked to be replaced. Alerts are kept, and go on when
    Slack takes a token again."""
    log.warning("tokens_revoked", extra={"workspace": heard.workspace_id})


async def _still_installed(desk: Desk, workspace_id: str) -> bool:
    """Whether Slack says so. Where it says nothing, the event stands."""
    try:
        answer = await desk.homes.client.auth_test()
    except FAILURES:
        return False
    return bool(answer.get("team_id") == workspace_id)


async def _erase(desk: Desk, workspace_id: str) -> Mapping[str, int]:
    for pause in PAUSES:
        try:
            return await uninstall(desk.ports, workspace_id)
        except StoreUnavailable as error:
            log.warning("erasing_waits", extra={"reason": error.message, "seconds": pause})
            await asyncio.sleep(pause)
    return await uninstall(desk.ports, workspace_id)


EVENTS: Mapping[str, Callable[[Desk, Heard], Awaitable[None]]] = {
    "app_uninstalled": uninstalled,
    "tokens_revoked": tokens_revoked,
}
