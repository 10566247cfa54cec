"""Who may: everybody else is told politely, and whom they can ask."""

import pytest

from bot.slack.people import MOST_ASKED
from bot.slack.request import Request
from tests.end_to_end.player import Json, Player, words
from tests.slack.conftest import Town

LOOKING = ("status", "history", "doctor")
MANAGING = ("pause", "resume", "disconnect")
FORMS = ("connect", "test", "alerts", "maintenance")


async def told(player: Player, channel: str) -> list[str]:
    """What only they see there."""
    every = await player.messages(channel)
    return [words(each) for each in every if each["ephemeral"]]


async def name_bob(town: Town) -> Player:
    """Alice lets Bob manage."""
    bob = await town.player("Bob")
    await town.alice.say("/autotask settings")
    form = await town.alice.view("People who may")
    chosen = {"type": "multi_users_select", "selected_users": [bob.me]}
    await town.alice.submit(form, managers=chosen)
    await town.alice.view("may manage Autotask connections")
    return bob


async def test_a_member_who_may_not_is_told_who_may(town: Town) -> None:
    await town.connect()
    bob = await town.player("Bob")
    await bob.say("/autotask test")

    answer = words(await bob.view("Only workspace admins"))
    assert f"These can: <@{town.alice.me}>." in answer
    assert "`/autotask settings`" in answer


async def test_whoever_was_named_is_named_first(town: Town) -> None:
    await town.connect()
    bob = await name_bob(town)
    gail = await town.player("Gail")
    await gail.say("/autotask connect", channel="general")

    form = await gail.view("Guests cannot")
    assert f"These can: <@{bob.me}>, <@{town.alice.me}>." in words(form)


@pytest.mark.parametrize("name", ["Gail", "Stan"])
async def test_guests_and_strangers_get_a_polite_sentence_whatever_they_type(
    town: Town, name: str
) -> None:
    await town.connect()
    player = await town.player(name)
    channel = "general" if name == "Gail" else "partners"
    for verb in (*LOOKING, *MANAGING):
        await player.say(f"/autotask {verb}", channel=channel)
        await town.desk.drain()

    polite = ("full members of this workspace", "Guests cannot", "another organisation")
    answers = [each for each in await told(player, channel) if "ooking…" not in each]
    assert len(answers) == len(LOOKING) + len(MANAGING)
    for answer in answers:
        assert any(each in answer for each in polite), answer
        assert "Brightwater" not in answer
        assert "ATX-" not in answer


@pytest.mark.parametrize("name", ["Gail", "Stan"])
async def test_guests_and_strangers_see_no_form(town: Town, name: str) -> None:
    await town.connect()
    player = await town.player(name)
    channel = "general" if name == "Gail" else "partners"
    for verb in FORMS:
        await player.say(f"/autotask {verb}", channel=channel)
        view = await player.view("Guests cannot" if name == "Gail" else "another organisation")
        assert not [each for each in view["blocks"] if each["type"] == "input"]
        await town.http.post("/page/close", json={"as": player.me, "view_id": view["id"]})


async def test_help_and_the_guide_tell_nothing_of_the_workspace_and_are_for_all(town: Town) -> None:
    gail = await town.player("Gail")
    for verb in ("help", "guide"):
        await gail.say(f"/autotask {verb}", channel="general")

    said = " ".join(await told(gail, "general"))
    assert "how every connection is doing" in said
    assert "Generate the credentials" in said


@pytest.fixture
async def alert(town: Town) -> Json:
    """The alert of a connection whose user was made inactive, in a channel that Gail is in."""
    await town.alice.say("/autotask connect", channel="general")
    form = await town.alice.view("API Integration Code")
    await town.alice.submit(form, **await town.alice.good_values())
    await town.alice.view("is *Active*")
    user = await town.alice.api_user()
    await town.alice.panel("deactivate", username=user["username"])
    for _ in range(2):
        await town.alice.say("/autotask test")
        await town.desk.drain()
    await town.settle()
    every = await town.alice.messages("general")
    return next(each for each in every if "is *Inactive*" in words(each))


async def test_a_guest_who_acknowledges_an_alert_is_told_for_whom_that_is(
    town: Town, alert: Json
) -> None:
    gail = await town.player("Gail")
    await gail.press(alert, "incident.acknowledge")
    await town.desk.drain()

    assert "full members of this workspace" in " ".join(await told(gail, "general"))
    (overview,) = await town.bot.ports.connections.all(await workspace(town))
    assert overview.incident
    assert overview.incident.acknowledged_by is None


async def workspace(town: Town) -> str:
    return (await town.bot.ports.workspaces.ids())[0]


async def test_where_slack_does_not_say_who_the_admins_are_the_answer_comes_all_the_same(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.people.ADMINS_WAITED_FOR", 0.0)
    bob = await town.player("Bob")
    await bob.say("/autotask connect")

    refused = words(await bob.view("Only workspace admins"))
    assert "Ask a workspace admin" in refused
    assert "These can" not in refused


async def settings(town: Town, *ids: str) -> Json:
    """What comes of naming these people."""
    await town.alice.say("/autotask settings")
    form = await town.alice.view("People who may")
    chosen = {"type": "multi_users_select", "selected_users": list(ids)}
    return await town.alice.submit(form, managers=chosen)


async def test_who_never_may_cannot_be_named_and_nobody_is_then(town: Town) -> None:
    bob, gail, stan = [await town.player(name) for name in ("Bob", "Gail", "Stan")]
    bot = town.slack._cloud.installation.bot

    reply = await settings(town, bob.me, gail.me, stan.me, bot.id)

    assert reply["errors"]["managers"] == (
        "Not these people: Gail Guest is a guest; Stan Stranger belongs to another organisation; "
        "Autotask is an app, or deactivated. Take them out, and save again."
    )
    assert await town.bot.ports.workspaces.managers(await workspace(town)) == frozenset()


async def test_whom_an_older_version_let_be_named_is_neither_shown_nor_sent_to(town: Town) -> None:
    bob, gail, stan = [await town.player(name) for name in ("Bob", "Gail", "Stan")]
    ports, here = town.bot.ports, await workspace(town)
    everybody = [bob.me, gail.me, stan.me, "U0UNHEARDOF"]
    await ports.workspaces.name_managers(here, everybody, by=town.alice.me, at=ports.clock.now())

    await gail.say("/autotask connect", channel="general")
    refused = words(await gail.view("Guests cannot"))
    await town.alice.say("/autotask settings")
    form = await town.alice.view("People who may")

    assert f"These can: <@{bob.me}>, <@{town.alice.me}>." in refused
    (picker,) = [each["element"] for each in form["blocks"] if each["type"] == "input"]
    assert picker["initial_users"] == [bob.me]
    assert {each["error"] for each in town.slack.refusals} == {"user_not_found"}
    town.slack.refusals.clear()
    await town.alice.submit(form)
    await town.alice.view(f"Besides workspace admins, <@{bob.me}> may manage")
    assert await ports.workspaces.managers(here) == {bob.me}


async def test_who_was_named_while_the_form_was_open_stays(town: Town) -> None:
    bob, ports, here = await town.player("Bob"), town.bot.ports, await workspace(town)
    await name(town, "U0EARLIER")
    await town.alice.say("/autotask settings")
    form = await town.alice.view("People who may")
    await name(town, bob.me)
    nobody = {"type": "multi_users_select", "selected_users": []}
    await town.alice.submit(form, managers=nobody)

    await town.alice.view(f"<@{bob.me}> may manage")
    assert await ports.workspaces.managers(here) == {bob.me}
    town.slack.refusals.clear()


async def test_slack_is_asked_about_few_of_those_named(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    async def ask(request: Request) -> Json:
        asked.append(request.user_id)
        return {"team_id": request.workspace_id, "is_admin": request.user_id == town.alice.me}

    monkeypatch.setattr("bot.slack.people._ask", ask)
    bob = await town.player("Bob")
    many = [f"U{number:010}" for number in range(60)]
    await name(town, *many)
    await town.alice.say("/autotask settings")
    form = await town.alice.view("People who may")
    assert sorted(asked) == sorted([town.alice.me, *many[:MOST_ASKED]])

    asked.clear()
    chosen = {"type": "multi_users_select", "selected_users": [*many, bob.me]}
    await town.alice.submit(form, managers=chosen)
    await town.alice.view("Besides workspace admins")
    assert asked == [town.alice.me, bob.me]


async def name(town: Town, *ids: str) -> None:
    """By another admin, with another form."""
    ports, here = town.bot.ports, await workspace(town)
    await ports.workspaces.name_managers(here, ids, by="U0ADMIN", at=ports.clock.now())


async def test_while_slack_does_not_say_who_somebody_is_the_settings_stay_as_they_are(
    town: Town,
) -> None:
    await name_bob(town)
    await town.alice.say("/autotask settings")
    form = await town.alice.view("People who may")
    await town.http.post("/page/workspace", json={"do": "outage"})
    await town.alice.submit(form)
    await town.http.post("/page/workspace", json={"do": "mend"})

    await town.alice.view("Slack does not say just now")
    assert len(await town.bot.ports.workspaces.managers(await workspace(town))) == 1
    town.slack.refusals.clear()
