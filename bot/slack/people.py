"""Who a Slack user is, as Slack says just now."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackClientError

from bot.domain.errors import SlackUnavailable
from bot.domain.people import Person
from bot.slack.request import Request

REMEMBERED = 60.0
"""Seconds that an answer serves for looking and opening; changes always ask anew."""
_MOST = 10_000


class People:
    """Asks users.info, and remembers the answer for a short time."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._known: dict[tuple[str, str], tuple[float, Person]] = {}

    async def who(self, request: Request, *, fresh: bool = False) -> Person:
        """The person behind the request; `fresh` for whatever changes something."""
        key = (request.workspace_id, request.user_id)
        asked_at, person = self._known.get(key, (float("-inf"), None))
        if person and not fresh and self._monotonic() - asked_at < REMEMBERED:
            return person
        person = describe(request, await _ask(request))
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = (self._monotonic(), person)
        return person


async def _ask(request: Request) -> Mapping[str, Any]:
    try:
        response = await request.client.users_info(user=request.user_id)
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise SlackUnavailable from error
    user: Mapping[str, Any] = response["user"]
    return user


def describe(request: Request, user: Mapping[str, Any]) -> Person:
    """From users.info's `user`. Somebody of a Slack Connect partner is a stranger here."""
    grid = user.get("enterprise_user") or {}
    teams = {user.get("team_id"), *(grid.get("teams") or ())}
    return Person(
        id=request.user_id,
        workspace_id=request.workspace_id,
        name=str(user.get("real_name") or user.get("name") or ""),
        admin=any(user.get(flag) for flag in ("is_admin", "is_owner", "is_primary_owner")),
        guest=any(user.get(flag) for flag in ("is_restricted", "is_ultra_restricted")),
        stranger=bool(user.get("is_stranger")) or request.workspace_id not in teams,
        gone=bool(user.get("deleted")) or bool(user.get("is_bot")),
        tz=str(user.get("tz") or "UTC"),
    )
