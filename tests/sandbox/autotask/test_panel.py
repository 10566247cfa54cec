"""The admin panel: everything to be seen, broken and mended."""

from typing import Any

import pytest

from tests.sandbox.autotask.visitor import Visitor


async def test_a_regenerated_secret_invalidates_the_previous_one(visitor: Visitor) -> None:
    await visitor.do("expire", username=visitor.username)
    await visitor.do("regenerate_secret", username=visitor.username)

    assert await visitor.sign_in() == 401
    visitor.headers = visitor.headers_now()
    assert visitor.headers["Secret"] == (await visitor.user())["secret"]
    assert await visitor.sign_in() == 200


async def test_a_secret_may_be_typed_by_hand(visitor: Visitor) -> None:
    await visitor.do("set_secret", username=visitor.username, secret="Made-up 1!")

    assert await visitor.sign_in(Secret="Made-up 1!") == 200


async def test_a_changed_tracking_identifier_is_another_one(visitor: Visitor) -> None:
    await visitor.do("change_tracking", username=visitor.username)

    assert await visitor.sign_in() == 500
    assert await visitor.sign_in(**visitor.headers_now()) == 200


async def test_a_permission_can_be_taken_and_given_back(visitor: Visitor) -> None:
    await visitor.do("deny", username=visitor.username, entity="Companies")
    taken = (await visitor.user())["denied"]
    await visitor.do("allow", username=visitor.username, entity="Companies")

    assert (taken, (await visitor.user())["denied"]) == (["Companies"], [])


async def test_a_renamed_user_is_known_by_the_new_name_only(visitor: Visitor) -> None:
    await visitor.do("rename_user", username=visitor.username, new="watcher")

    assert await visitor.sign_in() == 401
    assert (await visitor.call(f"zoneInformation?user={visitor.username}")).status == 500
    assert await visitor.sign_in(UserName="watcher@brightwater.example") == 200


async def test_a_name_that_is_taken_stays_with_its_user(visitor: Visitor) -> None:
    person = await visitor.user("human")

    refused = await visitor.do("rename_user", username=visitor.username, new=person["username"])

    assert refused == {"error": f"{person['username']} is taken."}


async def test_a_deleted_user_is_gone_and_a_new_one_works(visitor: Visitor) -> None:
    await visitor.do("delete_user", username=visitor.username)
    assert await visitor.sign_in() == 401

    await visitor.do("add_user", tenant=visitor.company)
    new = await visitor.user()

    status = await visitor.sign_in(
        UserName=new["username"], Secret=new["secret"], ApiIntegrationCode=new["integration_code"]
    )
    assert status == 200


@pytest.mark.parametrize(
    "order",
    [
        {"do": "explode"},
        {"do": "lock"},
        {"do": "lock", "username": "nobody"},
        {"do": "lock_after", "tenant": "Brightwater IT", "n": 0},
        {"do": "add_user", "tenant": "Nobody"},
        {"do": "move_database", "tenant": "Brightwater IT", "zone": 77},
        {"do": "zone_fault", "zone": 3, "fault": "flood"},
        {"do": "zone_fault", "fault": "hang"},
        {"do": "burn_quota", "tenant": "Brightwater IT", "used": -1},
        {"do": "deny", "username": "olive.marsh@brightwater.example", "entity": "Companies"},
        {"do": "quirk", "name": "mood", "value": 1},
        {"do": "quirk", "name": "quota_status", "value": "503"},
        ["lock"],
    ],
)
async def test_what_cannot_be_done_is_said_in_a_sentence(visitor: Visitor, order: Any) -> None:
    before = await visitor.state()

    async with visitor.session.post(f"{visitor.first_zone}/panel/do", json=order) as response:
        complaint = await response.json()

    assert response.status == 400
    assert complaint["error"].endswith(".")
    assert await visitor.state() == before


async def test_an_unknown_entity_cannot_be_denied(visitor: Visitor) -> None:
    refused = await visitor.do("deny", username=visitor.username, entity="Dragons")

    assert refused == {"error": "There is no entity named 'Dragons'."}


async def test_what_is_not_json_is_said_in_a_sentence(visitor: Visitor) -> None:
    async with visitor.session.post(f"{visitor.first_zone}/panel/do", data=b"\xff{") as response:
        assert (response.status, await response.json()) == (400, {"error": "Send a JSON object."})


async def test_requests_are_listed_newest_first(visitor: Visitor) -> None:
    for number in range(60):
        await visitor.call(f"Companies/{number}")

    requests = (await visitor.state())["requests"]

    assert (len(requests), requests[0]["path"]) == (50, "/ATServicesRest/V1.0/Companies/59")
    assert requests[0] | {"path": ""} == {
        "at": visitor.clock.now,
        "zone": 3,
        "method": "GET",
        "path": "",
        "username": visitor.username,
        "status": 200,
        "ms": 0,
    }


async def test_requests_never_show_a_secret_wherever_it_was_pasted(visitor: Visitor) -> None:
    secret = visitor.headers["Secret"]

    await visitor.sign_in(UserName=secret)
    await visitor.call("zoneInformation", params={"user": secret})
    await visitor.call("Companies/query", params={"search": secret})

    assert secret not in str((await visitor.state())["requests"])
