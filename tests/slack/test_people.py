"""Who somebody is, from what users.info says."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.people import ADMINS_REMEMBERED, PAGE, REMEMBERED, People, describe
from bot.slack.request import Kind, Request


class Directory(AsyncWebClient):
    """Knows one user, and counts how often it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.pages = 0

    async def users_info(self, **_: Any) -> Any:
        self.asked += 1
        return {"user": {"id": "U1", "team_id": "T1", "is_admin": True}}

    async def users_list(self, *, limit: int, cursor: str | None = None, **_: Any) -> Any:  # type: ignore[override]
        """One page and a bit: an admin on each, and some who are none any more."""
        self.pages += 1
        start = int(cursor or 0)
        admins: dict[int, dict[str, Any]] = {
            3: {"deleted": True},
            4: {"is_bot": True},
            5: {"is_stranger": True},
            7: {},
            limit + 1: {},
        }
        members = [
            {"id": f"U{n}", "team_id": "T1", "is_admin": n in admins, **admins.get(n, {})}
            for n in range(start, min(start + limit, limit + 5))
        ]
        following = str(start + limit) if not cursor else ""
        return {"members": members, "response_metadata": {"next_cursor": following}}


def request(client: AsyncWebClient | None = None) -> Request:
    return Request(Kind.COMMAND, "T1", user_id="U1", client=client or Directory(), key="")


@pytest.mark.parametrize(
    ("user", "admin", "guest", "stranger", "gone"),
    [
        ({"team_id": "T1"}, False, False, False, False),
        ({"team_id": "T1", "is_admin": True}, True, False, False, False),
        ({"team_id": "T1", "is_owner": True}, True, False, False, False),
        ({"team_id": "T1", "is_restricted": True}, False, True, False, False),
        ({"team_id": "T1", "is_ultra_restricted": True}, False, True, False, False),
        ({"team_id": "T2", "is_admin": True}, True, False, True, False),
        ({"team_id": "T1", "is_stranger": True}, False, False, True, False),
        ({"team_id": "T2", "enterprise_user": {"teams": ["T1"]}}, False, False, False, False),
        ({"team_id": "T1", "deleted": True}, False, False, False, True),
        ({"team_id": "T1", "is_bot": True}, False, False, False, True),
        ({}, False, False, True, False),
    ],
)
def test_admins_guests_strangers_and_the_departed(
    user: dict[str, Any], *, admin: bool, guest: bool, stranger: bool, gone: bool
) -> None:
    person = describe(request(), user)

    assert (person.admin, person.guest, person.stranger, person.gone) == (
        admin,
        guest,
        stranger,
        gone,
    )


async def test_an_answer_serves_for_looking_a_short_time_and_never_for_changes() -> None:
    moment = 0.0
    directory = Directory()
    people = People(monotonic=lambda: moment)

    for _ in range(3):
        await people.who(request(directory))
    assert directory.asked == 1
    await people.who(request(directory), fresh=True)
    assert directory.asked == 2
    moment = REMEMBERED + 1
    await people.who(request(directory))
    assert directory.asked == 3


async def test_the_admins_are_looked_for_page_by_page_and_remembered() -> None:
    directory = Directory()
    moment = 0.0
    people = People(monotonic=lambda: moment)

    for _ in range(2):
        assert await people.admins(request(directory)) == ["U7", f"U{PAGE + 1}"]
    assert directory.pages == 2
    moment = ADMINS_REMEMBERED
    await people.admins(request(directory))
    assert directory.pages == 4
