"""The Web API's door: tokens, scopes, bodies, limits."""

import random

import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import Rate
from tests.sandbox.slack.town import Town, opened


async def test_auth_test_names_the_bot_and_its_scopes(town: Town) -> None:
    answer = await town.client.auth_test()

    state = await town.alice.get("state")
    assert answer["team_id"] == state["team"]["id"]
    assert answer["user_id"] == state["app"]["bot_user_id"]
    assert "chat:write.public" in answer.headers["x-oauth-scopes"].split(",")


async def test_credentials_have_the_right_prefix_and_look_made_up(town: Town) -> None:
    assert town.at["bot_token"].startswith("xoxb-make-believe-")
    assert town.at["app_token"].startswith("xapp-make-believe-")
    async with opened(rng=random.Random(8)) as other:  # noqa: S311 - other dice
        assert other.at["bot_token"] != town.at["bot_token"]


@pytest.mark.parametrize(
    ("token", "method", "error"),
    [
        ("bot_token", "auth.nothing", "unknown_method"),
        ("bot_token", "apps.connections.open", "not_allowed_token_type"),
        ("app_token", "chat.postMessage", "not_allowed_token_type"),
        ("page_url", "auth.test", "invalid_auth"),
    ],
)
async def test_each_method_wants_its_own_kind_of_token(
    town: Town, token: str, method: str, error: str
) -> None:
    assert (await town.call(method, token=town.at[token]))["error"] == error
    assert [(each["method"], each["error"]) for each in town.world.refusals] == [(method, error)]


async def test_without_a_token_nobody_is_authenticated(town: Town) -> None:
    async with town.session.post(town.at["api_url"] + "auth.test") as answer:
        assert await answer.json() == {"ok": False, "error": "not_authed"}


async def test_a_form_may_carry_the_token_and_json_inside_fields(town: Town) -> None:
    form = {
        "token": town.at["bot_token"],
        "channel": "#alerts",
        "text": "Hello",
        "blocks": '[{"type": "divider"}]',
    }
    async with town.session.post(town.at["api_url"] + "chat.postMessage", data=form) as answer:
        body = await answer.json()

    assert body["ok"]
    assert body["message"]["blocks"][0]["type"] == "divider"


@pytest.mark.parametrize(
    ("content_type", "body", "error"),
    [
        ("application/json", "{", "invalid_json"),
        ("application/json", "[]", "json_not_object"),
        ("application/xml", "<a/>", "invalid_post_type"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(
    town: Town, content_type: str, body: str, error: str
) -> None:
    url, headers = town.at["api_url"] + "api.test", {"Content-Type": content_type}
    async with town.session.post(url, data=body, headers=headers) as answer:
        assert (await answer.json())["error"] == error


async def test_a_missing_scope_is_named() -> None:
    async with opened(scopes=("commands",)) as town:
        answer = await town.call("chat.postMessage", channel="#general", text="Hello")

        assert answer["error"] == "missing_scope"
        assert (answer["needed"], answer["provided"]) == ("chat:write", "commands")


async def test_a_revoked_token_is_refused_until_it_is_mended(town: Town) -> None:
    await town.alice.do("workspace", do="revoke_token")
    assert (await town.call("auth.test"))["error"] == "token_revoked"

    await town.alice.do("workspace", do="mend")
    assert (await town.call("auth.test"))["ok"]


async def test_an_outage_answers_503_until_it_is_mended(town: Town) -> None:
    await town.alice.do("workspace", do="outage")
    async with town.session.post(town.at["api_url"] + "api.test") as answer:
        assert answer.status == 503

    await town.alice.do("workspace", do="mend")
    assert (await town.call("api.test", foo="bar"))["args"] == {"foo": "bar"}


async def test_too_many_messages_in_a_channel_are_told_when_to_come_back() -> None:
    async with opened(rate=Rate(per_second=0.5, burst=2)) as town:
        for _ in range(2):
            await town.client.chat_postMessage(channel="#general", text="Hello")
        with pytest.raises(SlackApiError) as limited:
            await town.client.chat_postMessage(channel="#general", text="Hello")
        assert limited.value.response.status_code == 429
        assert limited.value.response.headers["Retry-After"] == "2"

        assert (await town.client.chat_postMessage(channel="#alerts", text="Hello"))["ok"]
        town.clock.now += 2
        assert (await town.client.chat_postMessage(channel="#general", text="Hello"))["ok"]


@pytest.mark.parametrize(
    ("breaks", "mends", "error"),
    [
        ("limit", "unlimit", "ratelimited"),
        ("close_direct", "open_direct", "messages_tab_disabled"),
        ("revoke_token", "restore_token", "token_revoked"),
    ],
)
async def test_each_trouble_is_shown_and_ends_alone(
    town: Town, breaks: str, mends: str, error: str
) -> None:
    hello = {"channel": town.bob.id, "text": "Hello"}
    await town.alice.do("workspace", do=breaks)
    assert (await town.call("chat.postMessage", **hello))["error"] == error
    assert await troubles(town) == {breaks}

    await town.alice.do("workspace", do=mends)
    assert (await town.call("chat.postMessage", **hello))["ok"]
    assert await troubles(town) == set()


async def troubles(town: Town) -> set[str]:
    """What the page is told of."""
    found = (await town.alice.get("state"))["app"]["troubles"]
    return {name for name, there in found.items() if there}


async def test_people_are_described_by_their_roles(town: Town) -> None:
    users = {
        name: (await town.client.users_info(user=visitor.id))["user"]
        for name, visitor in {"alice": town.alice, "gail": town.gail, "stan": town.stan}.items()
    }

    assert users["alice"]["is_admin"]
    assert users["gail"]["is_restricted"]
    assert users["stan"]["is_stranger"]
    assert users["stan"]["team_id"] != users["alice"]["team_id"]
    assert (await town.call("users.info", user="U0"))["error"] == "user_not_found"
