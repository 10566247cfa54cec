"""New credentials for a connection, in chat: proven first, and nothing stored is ever shown."""

import pytest

from tests.end_to_end.player import Json, words
from tests.slack.conftest import Town

WRONG = "zY8$xW5#vU2~tS9*rQ6@pO3nM"


async def edit(town: Town, name: str = "") -> Json:
    await town.alice.say(f"/autotask edit {name}")
    return await town.alice.view("stay in force until")


def required(view: Json) -> list[str]:
    return [
        block["block_id"]
        for block in view["blocks"]
        if block["type"] == "input" and not block.get("optional")
    ]


async def test_the_form_shows_nothing_of_what_is_stored_and_may_be_left_empty(town: Town) -> None:
    await town.connect()
    view = await edit(town)

    shown = words(view) + view["private_metadata"] + str(view["values"])
    assert [v for v in (await town.alice.good_values()).values() if v in shown] == []
    assert required(view) == []


async def test_a_new_secret_alone_is_enough(town: Town) -> None:
    await town.connect()
    user = await town.alice.api_user()
    await town.alice.panel("regenerate_secret", username=user["username"])
    fresh = (await town.alice.good_values())["secret"]
    await town.alice.submit(await edit(town), secret=fresh)

    shown = await town.alice.view("is *Active*")
    assert "taken the place of the old ones" in words(shown)


async def test_the_name_chooses_among_several_and_none_asks_which(town: Town) -> None:
    await town.connect()
    await town.connect("EU subsidiary")
    assert "*EU subsidiary*" in words(await edit(town, "eu subsidiary"))

    await town.alice.say("/autotask edit")
    await town.alice.view("Which connection?")
    await town.alice.say("/autotask edit nowhere")
    await town.alice.view("no such connection")


async def test_refused_new_credentials_leave_the_old_ones_in_force(town: Town) -> None:
    await town.connect()
    reply = await town.alice.submit(await edit(town), secret=WRONG)
    assert "Generate a new secret" in reply["errors"]["secret"]

    await town.alice.say("/autotask test")
    await town.alice.view("works: Autotask answered")


async def test_a_changed_username_asks_for_its_secret(town: Town) -> None:
    await town.connect()
    reply = await town.alice.submit(await edit(town), username="z9y8x7w6v5u4t3s@nobody.example")

    assert "belongs to the stored username" in reply["errors"]["secret"]


async def test_nothing_typed_is_told_and_asks_nothing_of_autotask(town: Town) -> None:
    await town.connect()
    before = (await town.http.get("/autotask/state")).json()["requests_total"]
    reply = await town.alice.submit(await edit(town))

    assert "Nothing new was typed" in reply["errors"]["secret"]
    assert (await town.http.get("/autotask/state")).json()["requests_total"] == before


@pytest.mark.parametrize("name", ["Bob", "Gail"])
async def test_who_may_not_connect_may_not_edit(town: Town, name: str) -> None:
    await town.connect()
    person = await town.player(name)
    await person.say("/autotask edit", channel="general")

    view = await person.view("ask" if name == "Bob" else "Guests cannot")
    assert required(view) == []


async def test_the_secret_s_field_is_another_one_in_the_next_view(town: Town) -> None:
    """So Slack, which puts back what was typed into fields that stay, cannot put this back."""
    await town.connect()
    await town.alice.panel("zone_fault", zone="all", fault="outage_5xx")
    view = await edit(town)
    fields = []
    for _ in range(3):
        (field,) = view["values"]["secret"]
        fields.append(field)
        await town.alice.submit(view, secret=WRONG)
        view = await town.alice.view("errors of its own")
        assert WRONG not in str(view)

    assert len(set(fields)) == 3


async def test_a_secret_in_the_wrong_field_is_in_no_further_view(town: Town) -> None:
    await town.connect()
    await town.alice.submit(await edit(town), username=WRONG)
    view = await town.alice.view("looks like the Password")

    assert WRONG not in str(view)


async def test_the_form_says_that_slack_cannot_mask_the_secret_and_the_way_round_it(
    town: Town,
) -> None:
    await town.connect("EU subsidiary")
    view = await edit(town, "EU subsidiary")

    above = next(n for n, b in enumerate(view["blocks"]) if b.get("block_id") == "secret") - 1
    warning = view["blocks"][above]
    assert warning["type"] == "alert"
    assert "Slack cannot mask the Secret" in warning["text"]["text"]
    assert '`autotask-bot connect "EU subsidiary"`' in warning["text"]["text"]


async def test_disconnect_says_what_is_gone_what_stays_and_what_is_left_to_do(town: Town) -> None:
    await town.connect()
    await town.alice.say("/autotask disconnect")
    question = await town.alice.said_to_me("Disconnect *Autotask (Brightwater IT)*?")
    assert "cannot be undone" in words(question)
    await town.alice.press(question, "connection.disconnect")

    said = words(await town.alice.said_to_me("is disconnected"))
    for part in ("Gone", "No longer watched", "Kept", "Left to do in Autotask", "inactive"):
        assert part in said
    assert (await town.alice.good_values())["username"] not in said
