"""Acknowledge, snooze, pause and maintenance, in chat."""

import asyncio
import time

import pytest

from bot.usecases.attend import attend_due
from tests.end_to_end.player import Json, words
from tests.slack.conftest import Town


@pytest.fixture
async def alert(town: Town) -> Json:
    """The alert of a connection whose user was made inactive."""
    await town.connect()
    user = await town.alice.api_user()
    await town.alice.panel("deactivate", username=user["username"])
    for _ in range(2):
        await town.alice.say("/autotask test")
        await town.desk.drain()
    await town.tick()
    return await town.alice.alert("is *Inactive*")


async def test_acknowledge_is_a_button_for_every_member(town: Town, alert: Json) -> None:
    bob = await town.player("Bob")
    await bob.press(alert, "incident.acknowledge")
    await town.desk.drain()
    await town.settle()

    shown = await town.alice.alert("*Acknowledged* by")
    assert f"<@{bob.me}>" in shown["text"]
    assert shown["ts"] == alert["ts"]
    assert "incident.acknowledge" not in words(shown)
    assert "Acknowledged by" in (await town.alice.line_below(shown))["text"]


async def test_of_two_who_acknowledge_at_once_the_second_is_told_of_the_first(
    town: Town, alert: Json
) -> None:
    bob = await town.player("Bob")
    await asyncio.gather(*(each.press(alert, "incident.acknowledge") for each in (bob, town.alice)))
    await town.desk.drain()

    told = {}
    for each in (bob, town.alice):
        every = [words(message) for message in await each.messages() if message["ephemeral"]]
        told[each.me] = [said for said in every if "acknowledged it already" in said]
    second = next(me for me, said in told.items() if said)
    (first,) = told.keys() - {second}
    assert told[first] == []
    assert f"<@{first}> has acknowledged it already." in told[second][0]


async def test_snooze_is_a_choice_on_the_message(town: Town, alert: Json) -> None:
    (block,) = [
        each
        for each in alert["attachments"][0]["blocks"]
        if any(e.get("action_id") == "incident.snooze" for e in each.get("elements", []))
    ]
    (select,) = [e for e in block["elements"] if e["action_id"] == "incident.snooze"]
    choice = {"type": "static_select", "selected_option": select["options"][1]}
    await town.alice.press(alert, "incident.snooze", choice)
    await town.desk.drain()
    await town.tick()

    shown = await town.alice.alert("*Snoozed* until")
    assert shown["ts"] == alert["ts"]


async def test_a_button_on_an_alert_that_is_over_says_so(town: Town, alert: Json) -> None:
    """It is, though its message has not been edited yet."""
    user = await town.alice.api_user()
    await town.alice.panel("activate", username=user["username"])
    await town.alice.say("/autotask test")
    await town.desk.drain()
    bob = await town.player("Bob")

    await bob.press(alert, "incident.acknowledge")

    await bob.said_to_me("This is over: nothing is wrong with the connection any more.")


async def test_pause_and_resume_by_command(town: Town) -> None:
    await town.connect()
    await town.alice.say("/autotask pause")
    await town.alice.said_to_me("is *Paused*")
    await town.alice.say("/autotask status")
    await town.alice.said_to_me("Not checked while it is paused")

    await town.alice.say("/autotask resume")
    await town.alice.said_to_me("watched again")


async def test_a_member_may_not_pause(town: Town) -> None:
    await town.connect()
    bob = await town.player("Bob")
    await bob.say("/autotask pause")

    await bob.said_to_me("Only workspace admins")


async def test_maintenance_is_planned_in_a_form_with_date_pickers(town: Town) -> None:
    await town.connect()
    await town.alice.say("/autotask maintenance")
    form = await town.alice.view("kept back")
    now = int(time.time())
    wrong = {"type": "datetimepicker", "selected_date_time": now - 7_200}
    reply = await town.alice.submit(form, end=wrong)
    assert "after the beginning" in reply["errors"]["end"]

    late = {"type": "datetimepicker", "selected_date_time": now + 14_400}
    early = {"type": "datetimepicker", "selected_date_time": now - 60}
    await town.alice.submit(form, start=early, end=late)
    await town.alice.view("Alerts about")

    await town.alice.say("/autotask status")
    await town.alice.said_to_me("*Maintenance* <!date")
    user = await town.alice.api_user()
    await town.alice.panel("deactivate", username=user["username"])
    for _ in range(2):
        await town.alice.say("/autotask test")
        await town.desk.drain()
    await town.tick()
    assert not [each for each in await town.alice.posted() if "Inactive" in words(each)]

    await town.alice.say("/autotask resume")
    await town.alice.said_to_me("watched again")
    await attend_due(town.bot.ports)
    await town.tick()
    await town.alice.alert("is *Inactive*")


async def test_maintenance_says_which_connection_is_gone_and_is_planned_for_the_rest(
    town: Town,
) -> None:
    await town.connect("Gone")
    await town.connect("Here")
    await town.alice.say("/autotask maintenance")
    form = await town.alice.view("kept back")
    await town.alice.say("/autotask disconnect Gone")
    question = await town.alice.said_to_me("Disconnect *Gone")
    await town.alice.press(question, "connection.disconnect")
    await town.alice.said_to_me("are erased from the database")
    await town.alice.submit(form)

    answer = words(await town.alice.view("Alerts about *Here"))
    assert "Nothing is planned for what was disconnected meanwhile: *Gone*." in answer


async def test_how_closely_to_watch_is_kept_and_shown_again(town: Town) -> None:
    await town.connect()
    await town.alice.say("/autotask alerts")
    form = await town.alice.view("be watched?")
    every_hour = {
        "type": "static_select",
        "selected_option": {"value": "3600", "text": {"type": "plain_text", "text": "every hour"}},
    }
    await town.alice.submit(form, check_interval=every_hour)
    await town.alice.view("Saved.")

    await town.alice.say("/autotask alerts")
    again = await town.alice.view("be watched?")
    (block,) = [each for each in again["blocks"] if each.get("block_id") == "check_interval"]
    assert block["element"]["initial_option"]["value"] == "3600"
