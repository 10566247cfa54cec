"""Who somebody is, from what users.info says."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.people import REMEMBERED, People, describe
from bot.slack.request import Kind, Request


class Directory(AsyncWebClient):
    """Knows one user, and counts how often it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    async def users_info(self, **_: Any) -> Any:
        self.asked += 1
        return {"user": {"id": "U1", "team_id": "T1", "is_admin": True}}


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
