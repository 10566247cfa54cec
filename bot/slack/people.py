"""Who a Slack user is, as Slack says just now."""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import aiohttp
from slack_sdk.errors import SlackClientError

from bot.domain.errors import SlackUnavailable
from bot.domain.people import Person, unfit
from bot.slack.outcomes import code_of
from bot.slack.request import Request

REMEMBERED = 60.0
"""Seconds that an answer serves for looking and opening; changes always ask anew."""
ADMINS_REMEMBERED = 600.0
ADMINS_WAITED_FOR = 0.8
"""Seconds, of the 3 that Slack waits."""
PAGE, PAGES = 200, 5
"""People that are looked through for admins; the method is for few calls a minute."""
MOST_ASKED = 20
"""Named people who are looked at where some of them are told of."""
_NOBODY = frozenset({"user_not_found", "user_not_visible"})
_MOST = 10_000

log = logging.getLogger(__name__)


class People:
    """Asks users.info, and remembers the answer for a short time."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._known: dict[tuple[str, str], tuple[float, Person]] = {}
        self._admins: dict[str, tuple[float, Sequence[str]]] = {}

    async def admins(self, request: Request) -> Sequence[str]:
        """The ids of the workspace's admins and owners, as far as Slack says in time: so that a
        person can be told whom to ask. Who may is never decided by it."""
        asked_at, ids = self._admins.get(request.workspace_id, (float("-inf"), ()))
        if self._monotonic() - asked_at < ADMINS_REMEMBERED:
            return ids
        try:
            async with asyncio.timeout(ADMINS_WAITED_FOR):
                ids = await _list_admins(request)
        except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError):
            log.warning("admins_not_listed", exc_info=True)
        self._admins[request.workspace_id] = (self._monotonic(), ids)
        return ids

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

    def forget(self, workspace_id: str) -> None:
        """Nobody there is known any more."""
        self._known = {key: known for key, known in self._known.items() if key[0] != workspace_id}
        self._admins.pop(workspace_id, None)

    async def several(
        self, request: Request, ids: Sequence[str], *, fresh: bool = False
    ) -> Sequence[Person]:
        """Others, by their ids. Whom Slack does not know any more counts as gone."""
        return await asyncio.gather(*(self._other(request, each, fresh) for each in ids))

    async def fit(self, request: Request, named: Collection[str]) -> Sequence[str]:
        """The ids of those who may manage, being named, as far as Slack says in time: an older
        version let guests be named, too. Who may is never decided by it."""
        return [each.id for each in await self._first_of(request, named) if not unfit(each)]

    async def unfit(self, request: Request, named: Collection[str]) -> Sequence[str]:
        """The ids of those who may not, though named, as far as Slack says in time."""
        return [each.id for each in await self._first_of(request, named) if unfit(each)]

    async def _first_of(self, request: Request, named: Collection[str]) -> Sequence[Person]:
        first = sorted(named)[:MOST_ASKED]
        try:
            async with asyncio.timeout(ADMINS_WAITED_FOR):
                return await self.several(request, first)
        except (SlackUnavailable, TimeoutError):
            log.warning("named_people_not_known", exc_info=True)
            return ()

    async def _other(self, request: Request, id_: str, fresh: bool) -> Person:  # noqa: FBT001
        try:
            return await self.who(replace(request, user_id=id_), fresh=fresh)
        except SlackUnavailable as error:
            if isinstance(error.__cause__, Exception) and code_of(error.__cause__) in _NOBODY:
                return Person(id_, request.workspace_id, gone=True)
            raise


async def _list_admins(request: Request) -> Sequence[str]:
    found, cursor = [], ""
    for _ in range(PAGES):
        page = await request.client.users_list(limit=PAGE, cursor=cursor or None)
        for user in page["members"]:
            there = describe(replace(request, user_id=str(user["id"])), user)
            if there.admin and not (there.gone or there.stranger or there.guest):
                found.append(there.id)
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            break
    return found


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
