"""Looking after connections in chat."""

import pytest

from tests.end_to_end.player import words
from tests.slack.conftest import Town


async def test_status_says_how_it_is_since_when_and_where_alerts_go(town: Town) -> None:
    await town.connect()
    await town.alice.say("/autotask status")

    answer = await town.alice.said_to_me("*Active*")
    assert "Autotask (Brightwater IT)" in answer["text"]
    assert f"Alerts to <#{town.alice.channels['alerts']}>" in words(answer)
    assert "of the hourly budget used" in words(answer).lower()
    assert "Uptime 100 % in 24 h, 100 % in 7 d, 100 % in 30 d" in words(answer)


async def test_status_before_anything_is_connected_says_how_to_begin(town: Town) -> None:
    await town.alice.say("/autotask status")

    assert "`/autotask connect` begins" in words(await town.alice.said_to_me("Nothing is"))


async def test_help_guide_and_the_nearest_match(town: Town) -> None:
    await town.alice.say("/autotask")
    await town.alice.said_to_me("how every connection is doing")
    await town.alice.say("/autotask guide")
    await town.alice.said_to_me("Generate the credentials")
    await town.alice.say("/autotask statsu")
    await town.alice.said_to_me("Did you mean `/autotask status`?")


async def test_status_of_very_many_connections_fits_a_message(town: Town) -> None:
    for number in range(23):
        await town.connect(f"N{number:02}")
    await town.alice.say("/autotask status")

    answer = await town.alice.said_to_me("and 3 more")
    assert "and 3 more" in answer["text"]
    assert len(answer["blocks"]) <= 50


async def test_test_signs_in_once_and_says_what_it_saw(town: Town) -> None:
    await town.connect()
    await town.alice.say("/autotask test")

    await town.alice.said_to_me("works: Autotask answered")


async def test_test_names_cause_and_next_step_and_offers_the_form(town: Town) -> None:
    await town.connect()
    user = await town.alice.api_user()
    await town.alice.panel("deactivate", username=user["username"])
    await town.alice.say("/autotask test")

    answer = await town.alice.said_to_me("credentials refused")
    assert "*Next step:*" in words(answer)
    await town.alice.press(answer, "connection.update")
    await town.alice.view("Update credentials")


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


async def test_after_four_refusals_test_asks_before_it_may_lock_the_user(town: Town) -> None:
    await town.connect()
    user = await town.alice.api_user()
    await town.alice.panel("regenerate_secret", username=user["username"])
    for _ in range(5):
        await town.alice.say("/autotask test")
        await town.desk.drain()

    answer = await town.alice.said_to_me("checks on hold")
    assert (await town.alice.api_user())["failures"] == 4
    assert "Sign in all the same" in words(answer)
    await town.alice.press(answer, "connection.test_may_lock")
    await town.desk.drain()
    assert (await town.alice.api_user())["failures"] == 5


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
    assert "This is a test" in (await town.alice.messages("general"))[-1]["text"]


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


async def test_members_may_look_but_not_touch(town: Town) -> None:
    await town.connect()
    bob = await town.player("Bob")

    await bob.say("/autotask status")
    await bob.said_to_me("*Active*")
    for refused in ("test", "disconnect"):
        await bob.say(f"/autotask {refused}")
        await town.desk.drain()
    answers = [each for each in await bob.messages() if each["ephemeral"]]
    assert len([each for each in answers if "Only workspace admins" in words(each)]) == 2
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


async def test_with_several_connections_the_name_is_asked_for(town: Town) -> None:
    await town.connect()
    await town.connect("EU subsidiary")
    await town.alice.say("/autotask test")

    await town.alice.said_to_me("You have: Autotask, EU subsidiary")


async def test_a_company_called_like_a_broadcast_reaches_nobody(town: Town) -> None:
    await town.connect("everyone")
    async with town.bot.database.write() as transaction:
        await transaction.exec_driver_sql("UPDATE connections SET company = '<!channel> & <b>'")
    await town.alice.say("/autotask status")

    answer = await town.alice.said_to_me("everyone")
    assert "&lt;!channel&gt; &amp; &lt;b&gt;" in words(answer)
    assert "<!channel>" not in words(answer)


@pytest.mark.parametrize("button", ["connection.test", "connection.update"])
async def test_a_button_of_a_connection_that_is_gone_says_so(town: Town, button: str) -> None:
    await town.connect()
    user = await town.alice.api_user()
    await town.alice.panel("deactivate", username=user["username"])
    await town.alice.say("/autotask test")
    answer = await town.alice.said_to_me("credentials refused")
    await town.alice.say("/autotask disconnect")
    await town.alice.press(await town.alice.said_to_me("Disconnect *"), "connection.disconnect")
    await town.alice.said_to_me("is disconnected")

    await town.alice.press(answer, button)
    if button == "connection.test":
        await town.alice.said_to_me("There is no such connection")
    else:
        await town.alice.view("There is no such connection")
