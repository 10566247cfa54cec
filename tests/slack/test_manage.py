"""Looking after connections in chat."""

from bot.slack.manage import _settings_view
from tests.end_to_end.player import words
from tests.slack.conftest import Town


async def test_help_guide_and_the_nearest_match(town: Town) -> None:
    await town.alice.say("/autotask")
    await town.alice.said_to_me("how every connection is doing")
    await town.alice.say("/autotask guide")
    await town.alice.said_to_me("Generate the credentials")
    await town.alice.say("/autotask statsu")
    await town.alice.said_to_me("Did you mean `/autotask status`?")


async def test_new_credentials_through_the_alert_s_button_turn_it_to_mended(town: Town) -> None:
    await town.connect()
    user = await town.alice.api_user()
    await town.alice.panel("regenerate_secret", username=user["username"])
    for _ in range(2):
        await town.alice.say("/autotask test")
        await town.desk.drain()
    await town.tick()
    alert = await town.alice.alert("is *Inactive*")

    await town.alice.press(alert, "connection.update")
    form = await town.alice.view("Update credentials")
    await town.alice.submit(form, **await town.alice.good_values())
    await town.alice.view("is *Active*")
    await town.tick()

    assert f"Mended by <@{town.alice.me}>" in (await town.alice.alert("Mended by"))["text"]


async def test_disconnect_asks_first_and_then_the_ciphertext_is_gone(town: Town) -> None:
    await town.connect()
    await town.alice.say("/autotask disconnect")
    question = await town.alice.said_to_me("Disconnect *Autotask (Brightwater IT)*?")
    await town.alice.press(question, "connection.disconnect")

    await town.alice.said_to_me("are erased from the database")
    (workspace_id,) = await town.bot.ports.workspaces.ids()
    assert not await town.bot.ports.connections.all(workspace_id)
    async with town.bot.database.read() as view:
        rows = await view.exec_driver_sql("SELECT sealed FROM connections")
        assert rows.all() == [(None,)]


async def test_keeping_it_changes_nothing(town: Town) -> None:
    await town.connect()
    await town.alice.say("/autotask disconnect")
    question = await town.alice.said_to_me("Disconnect *")
    await town.alice.press(question, "keep")

    await town.alice.said_to_me("Nothing was changed")


async def test_alerts_chooses_a_channel_and_posts_a_test_there(town: Town) -> None:
    await town.connect()
    await town.alice.say("/autotask alerts")
    form = await town.alice.view("be watched?")
    general = town.alice.channels["general"]
    chosen = {"type": "conversations_select", "selected_conversation": general}
    await town.alice.submit(form, channel=chosen)

    shown = await town.alice.view("posted a test message")
    assert "digest" not in words(shown)
    test = (await town.alice.messages("general"))[-1]["text"]
    assert test.startswith("TEST, nothing is wrong: alerts about *Autotask (Brightwater IT)*")
    assert test.endswith(f"Set up by <@{town.alice.me}>.")


async def test_the_weekly_digest_is_a_box_to_tick_beside_the_channel(town: Town) -> None:
    await town.connect()
    await town.alice.say("/autotask alerts")
    form = await town.alice.view("be watched?")
    general = town.alice.channels["general"]
    chosen = {"type": "conversations_select", "selected_conversation": general}
    ticked = {"type": "checkboxes", "selected_options": [{"value": "digest"}]}
    await town.alice.submit(form, channel=chosen, digest=ticked)

    await town.alice.view("weekly digest, on Mondays at 09:00 (Etc/UTC)")
    await town.alice.say("/autotask alerts")
    await town.alice.view("initial_options")


async def test_a_channel_that_the_bot_cannot_post_in_is_an_error_on_the_field(town: Town) -> None:
    await town.connect()
    await town.alice.say("/autotask alerts")
    form = await town.alice.view("be watched?")
    ops = town.alice.channels["ops"]
    chosen = {"type": "conversations_select", "selected_conversation": ops}

    reply = await town.alice.submit(form, channel=chosen)

    assert "/invite" in reply["errors"]["channel"]
    town.slack.refusals.clear()


async def test_people_that_an_admin_names_may_manage(town: Town) -> None:
    await town.alice.say("/autotask settings")
    form = await town.alice.view("People who may")
    bob = await town.player("Bob")
    chosen = {"type": "multi_users_select", "selected_users": [bob.me]}
    await town.alice.submit(form, managers=chosen)
    await town.alice.view("may manage Autotask connections")

    await bob.say("/autotask connect", channel="general")
    await bob.view("API Integration Code")


def test_more_people_than_a_field_holds_stand_in_several() -> None:
    named = frozenset(f"U{number:010}" for number in range(230))

    fields = [
        each["element"]["initial_users"] for each in _settings_view(named).to_dict()["blocks"]
    ]

    assert [len(each) for each in fields] == [100, 100, 30]
    assert {id_ for ids in fields for id_ in ids} == named


async def test_members_may_look_but_not_touch(town: Town) -> None:
    await town.connect()
    bob = await town.player("Bob")

    await bob.say("/autotask status")
    await bob.said_to_me("*Active*")
    await bob.say("/autotask disconnect")
    await bob.said_to_me("Only workspace admins")
    await bob.say("/autotask test")
    await bob.view("Only workspace admins")
    await bob.say("/autotask settings")
    await bob.view("Only workspace admins")


async def test_strangers_of_a_shared_channel_are_told_nothing(town: Town) -> None:
    await town.connect()
    stan = await town.player("Stan")

    await stan.say("/autotask status", channel="partners")

    every = await stan.messages("partners")
    (answer,) = [each for each in every if each["ephemeral"]]
    assert "another organisation" in words(answer)
    assert "Brightwater" not in words(answer)
