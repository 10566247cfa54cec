"""What somebody has typed behind `/autotask`, understood: the names of the workspace's own
connections are no secrets, however long they are."""

import asyncio
from collections.abc import Sequence

from bot.domain.errors import BotError
from bot.slack.commands import Command, may_hold_a_secret, parse
from bot.slack.desk import Desk
from bot.slack.request import Request
from bot.usecases.report import names

WAITED_FOR = 0.5
"""Seconds for the names, of the 3 that Slack waits."""


async def understand(desk: Desk, request: Request) -> Command:
    """The command. Raises BadInput as `parse` does."""
    doubtful = may_hold_a_secret(request.key)
    return parse(request.key, await _known(desk, request) if doubtful else ())


async def _known(desk: Desk, request: Request) -> Sequence[str]:
    """The names that this person may see: to everybody else they are words like any other, so that
    nobody finds out by guessing whose customer is connected."""
    try:
        async with asyncio.timeout(WAITED_FOR):
            return await names(desk.ports, await desk.who(request))
    except (BotError, TimeoutError):
        return ()
