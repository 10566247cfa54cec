"""Connecting in chat: what is told where, and that no value gets away."""

import asyncio

import pytest

from bot.usecases.ports import Overview
from tests.end_to_end.player import Json, eventually, words
from tests.slack.conftest import Town


def errors(reply: Json) -> dict[str, str]:
    """The form's errors by field; the form stayed open."""
    assert not reply["ok"]
    return dict(reply["errors"])


def typed_in(view: Json, field: str) -> str:
    """What Slack keeps in the field that is seen."""
    (state,) = view["values"][field].values()
    return str(state["value"])


async def form(town: Town) -> Json:
    await town.alice.say("/autotask connect")
    return await town.alice.view("API Integration Code")


async def test_the_form_has_the_guide_s_four_fields_with_a_hint_under_each(town: Town) -> None:
    view = await form(town)

    inputs = {block["block_id"]: block for block in view["blocks"] if block["type"] == "input"}
    labels = [block["label"]["text"] for block in inputs.values()]
    assert labels == [
        "REST API URL",
        "API Integration Code",
        "Secret",
        "Username",
        "Name",
        "Alert channel",
    ]
    assert all(block.get("hint") for block in inputs.values())
    assert inputs["url"]["optional"]


async def test_good_values_show_active_with_tenant_zone_and_channel(town: Town) -> None:
    await town.connect()

    shown = await town.alice.view("is *Active*")
    assert "Brightwater IT" in words(shown)
    assert "America East" in words(shown)
    assert f"<#{town.alice.channels['alerts']}>" in words(shown)
    assert not [block for block in shown["blocks"] if block["type"] == "input"]


async def test_alerts_go_to_the_person_where_the_bot_may_not_post(town: Town) -> None:
    await town.alice.say("/autotask connect", channel="ops")
    view = await town.alice.view("API Integration Code")
    await town.alice.submit(view, **await town.alice.good_values())

    shown = await town.alice.view("is *Active*")
    assert "in a direct message" in words(shown)
    assert [each["error"] for each in town.slack.refusals] == ["channel_not_found"]
    town.slack.refusals.clear()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("secret", "aB3$" * 40 + "x" * 60, "200 characters"),
        ("secret", "käse-käse-käse-käse", "plain letters"),
        ("username", "a1b2\u200bc3@example.com", "invisible character (U+200B)"),
        ("url", "https://evil.example/ATServicesRest", "not the address of an Autotask zone"),
        ("url", "http://webservices3.autotask.net@evil.example", "not the address"),
    ],
)
async def test_what_cannot_be_sent_is_told_on_its_field(
    town: Town, field: str, value: str, sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    view = await form(town)
    values = {**await town.alice.good_values(), field: value}
    reply = await town.alice.submit(view, **values)

    assert sentence in errors(reply)[field]
    assert await nothing_stored(town)
    assert not [each for each in values.values() if each in caplog.text]


@pytest.mark.parametrize("field", ["integration_code", "secret", "username"])
async def test_an_empty_field_is_asked_for(town: Town, field: str) -> None:
    view = await form(town)
    values = {**await town.alice.good_values(), field: ""}

    assert field in errors(await town.alice.submit(view, **values))
    assert await nothing_stored(town)


async def test_swapped_values_come_back_with_advice_and_are_not_sent(town: Town) -> None:
    right = await town.alice.good_values()
    swapped = {
        **right,
        "username": right["integration_code"],
        "integration_code": right["username"],
    }
    await town.alice.submit(await form(town), **swapped)

    view = await town.alice.view("Send as they are")
    assert "which belongs in API Integration Code" in words(view)
    assert right["secret"] not in str(view)
    assert await nothing_asked(town)


async def test_a_secret_in_the_wrong_field_is_not_sent_back_either(town: Town) -> None:
    right = await town.alice.good_values()
    for name in ("username", "integration_code"):
        swapped = {**right, name: right["secret"], "secret": right[name]}
        await town.alice.submit(await form(town), **swapped)

        view = await town.alice.view("Send as they are")
        assert right["secret"] not in str(view)
        await town.http.post("/page/close", json={"as": town.alice.me, "view_id": view["id"]})


@pytest.mark.parametrize("field", ["integration_code", "username"])
async def test_slack_does_not_put_it_back_either(town: Town, field: str) -> None:
    right = await town.alice.good_values()
    await town.alice.submit(
        await form(town), **{**right, field: right["secret"], "secret": "not-this"}
    )
    view = await town.alice.view("looks like")

    assert right["secret"] not in str(view)
    (other,) = {"integration_code", "username"} - {field}
    assert typed_in(view, other) == right[other]


async def test_the_zone_is_found_in_a_form_that_has_come_back(town: Town) -> None:
    right = await town.alice.good_values()
    await town.alice.submit(await form(town), **{**right, "username": right["secret"]})
    await town.alice.type(await town.alice.view("Send as they are"), username=right["username"])

    view = await town.alice.view("Found its zone")
    assert right["secret"] not in str(view)
    assert typed_in(view, "username") == right["username"]


async def test_advice_followed_is_enough(town: Town) -> None:
    right = await town.alice.good_values()
    swapped = {**right, "username": right["secret"], "secret": right["username"]}
    await town.alice.submit(await form(town), **swapped)
    view = await town.alice.view("Send as they are")

    await town.alice.submit(view, **right)
    await town.alice.view("is *Active*")


async def test_the_checkbox_sends_values_as_they_are(town: Town) -> None:
    right = await town.alice.good_values()
    odd = {**right, "integration_code": "my-integration"}
    await town.alice.submit(await form(town), **odd)
    view = await town.alice.view("Send as they are")
    ticked = {
        "type": "checkboxes",
        "selected_options": [{"value": "as_they_are", "text": {"type": "plain_text", "text": "x"}}],
    }

    reply = await town.alice.submit(view, **odd, confirm=ticked)

    assert "Integration Code refused" in errors(reply)["integration_code"]
    assert await nothing_stored(town)


async def test_a_person_s_own_login_comes_back_with_what_it_may_do(town: Town) -> None:
    """The arrangement that many a guide teaches."""
    right = await town.alice.good_values()
    guide = {**right, "integration_code": right["username"], "username": "ann@lakeside.example"}
    await town.alice.submit(await form(town), **guide)

    view = await town.alice.view("Send as they are")
    assert "can lock that person out" in words(view)
    assert await nothing_asked(town)


async def test_a_confirmation_counts_for_one_submit(town: Town) -> None:
    values = {**await town.alice.good_values(), "secret": "zY8$xW5#vU2~tS9*rQ6@pO3nM"}
    view = await form(town)
    for _ in range(4):
        await town.alice.submit(view, **values)
    await town.alice.submit(view, **values)
    asking = await town.alice.view("though it may lock")
    ticked = {
        "type": "checkboxes",
        "selected_options": [{"value": "may_lock", "text": {"type": "plain_text", "text": "x"}}],
    }
    await town.alice.panel("zone_fault", zone="all", fault="outage_5xx")
    await town.alice.submit(asking, **values, confirm=ticked)
    await town.alice.view("errors of its own")
    await town.alice.panel("zone_fault", zone="all", fault="none")
    again = await town.alice.view("errors of its own")
    await town.alice.submit(again, **values)

    await town.alice.view("though it may lock")
    assert (await town.alice.api_user())["failures"] == 4


async def test_a_refused_secret_is_told_on_its_field_with_the_five_minutes(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = {**await town.alice.good_values(), "secret": "zY8$xW5#vU2~tS9*rQ6@pO3nM"}
    reply = await town.alice.submit(await form(town), **wrong)

    assert "less than 5 minutes ago" in errors(reply)["secret"]
    assert await nothing_stored(town)
    assert not [each for each in wrong.values() if each in caplog.text]


async def test_an_unknown_username_is_told_on_its_field(town: Town) -> None:
    wrong = {**await town.alice.good_values(), "username": "z9y8x7w6v5u4t3s@nobody.example"}
    reply = await town.alice.submit(await form(town), **wrong)

    assert "does not know this username" in errors(reply)["username"]


async def test_a_slow_autotask_is_waited_for_in_the_open_form(town: Town) -> None:
    await town.alice.panel("zone_fault", zone="all", fault="slow", ms=1500)
    view = await form(town)
    assert (await town.alice.submit(view, **await town.alice.good_values()))["ok"]

    await town.alice.view("Checking with Autotask")
    await town.alice.view("is *Active*")


async def test_who_closes_the_form_while_it_is_checked_is_told_in_a_direct_message(
    town: Town,
) -> None:
    await town.alice.panel("zone_fault", zone="all", fault="slow", ms=1500)
    view = await form(town)
    await town.alice.submit(view, **await town.alice.good_values())
    checking = await town.alice.view("Checking with Autotask")
    closing = {"as": town.alice.me, "view_id": checking["id"]}
    await town.http.post("/page/close", json=closing)
    await town.desk.drain()

    told = words((await town.alice.direct_messages())[-1])
    assert "is Active. Alerts go to" in told
    assert f"<#{town.alice.channels['alerts']}>" in told
    assert [each["error"] for each in town.slack.refusals] == ["not_found"]
    town.slack.refusals.clear()


@pytest.mark.parametrize(
    ("secret", "said"),
    [(None, "is Active. Alerts go to"), ("zY8$xW5#vU2~tS9*rQ6@pO3nM", "Nothing was stored.")],
)
async def test_who_closes_the_form_before_the_answer_comes_is_told_once(
    town: Town, secret: str | None, said: str
) -> None:
    await town.alice.panel("zone_fault", zone="all", fault="slow", ms=200)
    view, right = await form(town), await town.alice.good_values()
    values = {**right, "secret": secret or right["secret"]}
    answering = asyncio.create_task(town.alice.submit(view, **values))
    await asked_for_the_zone(town)
    await town.http.post("/page/close", json={"as": town.alice.me, "view_id": view["id"]})

    assert await answering == {"ok": True, "result": "closed"}
    await town.desk.drain()
    (told,) = await town.alice.direct_messages()
    assert said in words(told)


async def test_who_closes_the_form_having_seen_the_answer_is_told_nothing_more(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.desk.LATE", 0.0)
    view = await form(town)
    await town.alice.submit(view, **{**await town.alice.good_values(), "secret": "käse"})
    await town.http.post("/page/close", json={"as": town.alice.me, "view_id": view["id"]})
    await town.alice.say("/autotask help")
    await town.alice.said_to_me("connect Autotask")
    await town.desk.drain()

    assert await town.alice.direct_messages() == []


async def test_while_slack_does_not_say_who_somebody_is_nothing_is_done(town: Town) -> None:
    view = await form(town)
    values = await town.alice.good_values()
    await town.http.post("/page/workspace", json={"do": "outage"})
    await town.alice.submit(view, **values)
    await town.http.post("/page/workspace", json={"do": "mend"})

    await town.alice.view("Slack does not say just now who you are")
    assert await nothing_stored(town)
    town.slack.refusals.clear()


async def test_an_outage_is_a_banner_and_what_was_typed_stays(town: Town) -> None:
    await town.alice.panel("zone_fault", zone="all", fault="outage_5xx")
    values = await town.alice.good_values()
    await town.alice.submit(await form(town), **values)

    view = await town.alice.view("errors of its own")
    (username,) = view["values"]["username"].values()
    assert username["value"] == values["username"]


async def test_the_secret_s_echo_is_in_no_view_that_the_bot_sends(town: Town) -> None:
    values = await town.alice.good_values()
    await town.alice.panel("zone_fault", zone="all", fault="outage_5xx")
    await town.alice.submit(await form(town), **values)
    view = await town.alice.view("errors of its own")

    assert values["secret"] not in str(view)
    assert values["username"] in words(view)


async def test_the_same_name_opens_the_form_for_new_credentials(town: Town) -> None:
    await town.connect()
    await town.alice.say("/autotask connect autotask")

    view = await town.alice.view("Update credentials")
    assert "stay in force until" in words(view)
    assert not [block for block in view["blocks"] if block.get("block_id") == "channel"]


async def test_a_second_name_is_a_second_connection(town: Town) -> None:
    await town.connect()
    await town.connect("EU subsidiary")
    await town.alice.say("/autotask status")

    assert "EU subsidiary" in words(await town.alice.said_to_me("EU subsidiary"))


async def test_the_name_is_written_in_the_form_and_a_taken_one_is_told_on_its_field(
    town: Town,
) -> None:
    await town.alice.submit(
        await form(town), **await town.alice.good_values(), name="Contoso-Production-EU-West"
    )
    await town.alice.view("*Contoso-Production-EU-West* is *Active*")
    again = await form(town)
    values = await town.alice.good_values()

    taken = await town.alice.submit(again, **values, name="contoso-production-eu-west")
    assert "There is a connection named" in errors(taken)["name"]
    odd = await town.alice.submit(again, **values, name="Contoso & Sons")
    assert "1 to 40 letters" in errors(odd)["name"]


@pytest.mark.parametrize("value", ["secret", "username", "integration_code"])
async def test_a_value_pasted_into_the_name_is_refused_and_shown_nowhere(
    town: Town, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    values = await town.alice.good_values()
    view = await form(town)
    reply = await town.alice.submit(view, **values, name=values[value])

    assert "shown to everybody" in errors(reply)["name"]
    assert values[value] not in str(reply)
    assert values[value] not in caplog.text
    assert await nothing_stored(town)
    assert await nothing_asked(town)


async def test_a_secret_of_another_time_in_the_name_is_not_drawn_again(town: Town) -> None:
    view, old = await form(town), "zY8xxW5vvU2ttS9rrQ6ppO3nM"
    values = {**await town.alice.good_values(), "name": old}

    assert "shown to everybody" in errors(await town.alice.submit(view, **values))["name"]
    assert await nothing_stored(town)


async def test_a_value_that_holds_the_secret_among_others_is_not_drawn_again(town: Town) -> None:
    right = await town.alice.good_values()
    glued = {**right, "username": f"secret:{right['secret']};user", "integration_code": "a-b"}
    await town.alice.submit(await form(town), **glued)

    view = await town.alice.view("Send as they are")
    fields = {each["block_id"]: each for each in view["blocks"] if each["type"] == "input"}
    assert "initial_value" not in fields["username"]["element"]
    assert fields["integration_code"]["element"]["initial_value"] == "a-b"
    assert right["secret"] not in str(view)


async def test_who_presses_connect_twice_sees_what_came_of_it_once(town: Town) -> None:
    view, values = await form(town), await town.alice.good_values()
    replies = await asyncio.gather(*(town.alice.submit(view, **values) for _ in range(2)))

    assert [each["ok"] for each in replies] == [True, True]
    await town.alice.view("is *Active*")
    (overview,) = await everything(town)
    assert overview.connection.name == "Autotask"
    asked = (await town.http.get("/autotask/state")).json()["requests"]
    assert len([each for each in asked if "zoneInformation" in str(each)]) == 1


async def test_the_same_values_are_tried_again_after_errors(town: Town) -> None:
    view, values = await form(town), await town.alice.good_values()
    user = await town.alice.api_user()
    await town.alice.panel("deactivate", username=user["username"])
    errors(await town.alice.submit(view, **values))
    await town.alice.panel("activate", username=user["username"])

    await town.alice.submit(view, **values)
    await town.alice.view("is *Active*")


@pytest.mark.parametrize("name", ["Bob", "Gail"])
async def test_members_and_guests_are_refused_politely(town: Town, name: str) -> None:
    person = await town.player(name)
    await person.say("/autotask connect", channel="general")

    view = await person.view("ask" if name == "Bob" else "Guests cannot")
    assert not [block for block in view["blocks"] if block["type"] == "input"]


async def test_who_is_demoted_while_typing_is_refused_at_submit(town: Town) -> None:
    view = await form(town)
    values = await town.alice.good_values()
    await town.http.post("/page/workspace", json={"do": "demote", "user": town.alice.me})
    await town.alice.submit(view, **values)

    await town.alice.view("Only workspace admins")
    assert await nothing_stored(town)


async def test_secrets_typed_behind_the_command_are_refused_and_not_repeated(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    secret = (await town.alice.good_values())["secret"]
    await town.alice.say(f"/autotask connect {secret}")

    answer = await town.alice.said_to_me("may hold a secret")
    assert secret not in words(answer)
    assert secret not in caplog.text


async def everything(town: Town) -> list[Overview]:
    workspaces = await town.bot.ports.workspaces.ids()
    return [c for w in workspaces for c in await town.bot.ports.connections.all(w)]


async def nothing_stored(town: Town) -> bool:
    return not await everything(town)


async def asked_for_the_zone(town: Town) -> None:
    async def look() -> bool:
        return not await nothing_asked(town)

    await eventually(look)


async def nothing_asked(town: Town) -> bool:
    return not (await town.http.get("/autotask/state")).json()["requests"]
