"""The Home tab: what is published for whom, and what its buttons do."""

from bot.slack.homes import LOOK
from bot.usecases.destinations import lost
from bot.usecases.watching import Node
from tests.end_to_end.player import Json, blocks, elements, words
from tests.slack.conftest import Town


def pressable(view: Json) -> set[str]:
    """What can be pressed or chosen there, entries of menus included."""
    found = [each for block in blocks(view) for each in elements(block)]
    entries = [
        option["value"].partition(":")[0]
        for each in found
        if each["type"] == "overflow"
        for option in each["options"]
    ]
    named = {each["action_id"] for each in found if "action_id" in each}
    return (named | set(entries)) - {"connection.more"}


MANAGING = {
    "connection.test",
    "connection.update",
    "connection.alerts",
    "connection.pause",
    "connection.maintenance",
    "connection.ask_disconnect",
}
EVERYBODY = {"help.open", "guide.open", "history.open"}
"""Of what a member is offered where something is connected."""


async def workspace(town: Town) -> str:
    return (await town.bot.ports.workspaces.ids())[0]


async def press(town: Town, action_id: str, state: Json | None = None) -> None:
    """A button of Alice's Home tab, as it stands, and what comes of it."""
    await town.alice.press(await town.alice.home(), action_id, state)
    await town.desk.drain()


async def choose(town: Town, action_id: str) -> None:
    """An entry of the first connection's menu on Alice's Home tab."""
    home = await town.alice.home()
    option = next(
        option
        for block in blocks(home)
        for each in elements(block)
        if each["type"] == "overflow"
        for option in each["options"]
        if option["value"].startswith(f"{action_id}:")
    )
    await press(town, "connection.more", {"type": "overflow", "selected_option": option})


async def refreshed(town: Town, part: str) -> Json:
    """Alice's Home tab a moment later."""
    town.lead.seconds += LOOK
    await town.desk.homes.refresh()
    return await town.alice.home(part)


async def break_user(town: Town) -> None:
    """Inactive for good: tested twice."""
    user = await town.alice.api_user()
    await town.alice.panel("deactivate", username=user["username"])
    for _ in range(2):
        await town.alice.say("/autotask test")
        await town.desk.drain()


async def bury(town: Town, *noted: str) -> None:
    """Alerts that reached nobody, for these reasons."""
    async with town.bot.database.write() as transaction:
        for reason in noted:
            await transaction.exec_driver_sql(
                "INSERT INTO alerts (id, workspace_id, connection_id, kind, text, version, step, "
                "not_before, state, attempts, created_at, last_error) SELECT "
                "hex(randomblob(8)), workspace_id, id, 'notice', 'Moved.', 0, 1, 0, 'dead', 1, 0, "
                "? FROM connections LIMIT 1",
                (reason,),
            )


async def test_a_newcomer_is_led_through_three_steps_to_the_form(town: Town) -> None:
    home = await town.alice.open_home("Nothing is watched yet")
    assert pressable(home) == {"connection.connect", "settings.open", "help.open", "guide.open"}
    for button, shown in (
        ("guide.open", "Generate the credentials"),
        ("help.open", "how every connection is doing"),
        ("settings.open", "People who may"),
    ):
        await press(town, button)
        await town.alice.view(shown)

    await press(town, "connection.connect")
    form = await town.alice.view("API Integration Code")
    assert (await town.alice.submit(form, **await town.alice.good_values()))["ok"]
    await town.alice.view("is *Active*")

    home = await refreshed(town, "1 connection, active")
    assert pressable(home) == MANAGING | EVERYBODY | {"settings.open"}


async def test_a_member_sees_how_it_is_and_may_only_look(town: Town) -> None:
    bob = await town.player("Bob")
    home = await bob.open_home("Only workspace admins")
    assert pressable(home) == {"help.open", "guide.open"}

    await town.connect()
    town.lead.seconds += LOOK
    home = await bob.open_home("1 connection, active")

    assert "*Autotask (Brightwater IT)*" in words(home)
    assert f"Alerts to <#{town.alice.channels['alerts']}>" in words(home)
    assert "Uptime 100 % since it was connected" in words(home)
    assert pressable(home) == EVERYBODY


async def test_guests_and_strangers_are_greeted_and_told_nothing(town: Town) -> None:
    await town.connect()
    await lost(town.bot.ports, await workspace(town), town.alice.channels["alerts"], "deleted")

    for name, said in (("Gail", "full members"), ("Stan", "another organisation")):
        home = await (await town.player(name)).open_home(said)
        assert pressable(home) == {"help.open", "guide.open"}
        assert "Autotask" not in words(home)
        assert "deleted" not in words(home)


async def test_a_guest_may_read_the_help_and_the_guide(town: Town) -> None:
    gail = await town.player("Gail")

    for button, shown in (("help.open", "What I do"), ("guide.open", "Generate the credentials")):
        await gail.press(await gail.open_home("full members"), button)
        await gail.view(shown)


async def test_one_failed_check_is_told_with_its_count_and_what_it_was(town: Town) -> None:
    await town.connect()
    await town.alice.panel("zone_fault", zone="all", fault="outage_5xx")
    await town.alice.say("/autotask test")
    await town.desk.drain()

    said = "*Active, rechecking*: 1 of 3 checks failed: Autotask answered with an error, since"
    await town.alice.open_home(said)
    await town.alice.say("/autotask status")
    assert said in words(await town.alice.said_to_me("rechecking"))


async def test_how_the_bot_itself_is_stands_below_once_it_has_given_a_sign_of_life(
    town: Town,
) -> None:
    await town.connect()
    assert "The bot:" not in words(await town.alice.open_home("1 connection, active"))
    now = town.bot.ports.clock.now()
    await town.bot.ports.nodes.beat(Node("n", now, now, 0.0), gap_after=None, gap_id="g")

    town.lead.seconds += LOOK
    await town.alice.open_home("The bot: checks on time, alerts delivered, running since")


async def test_trouble_stands_first_with_cause_next_step_and_what_helps(town: Town) -> None:
    await town.connect("Aardvark")
    await town.connect("Zebra")
    user = await town.alice.api_user()
    await town.alice.panel("deactivate", username=user["username"])
    for _ in range(2):
        await town.alice.say("/autotask test Zebra")
        await town.desk.drain()

    home = await town.alice.open_home("2 connections: 1 inactive, 1 active")

    assert words(home).index("Zebra") < words(home).index("Aardvark")
    assert "*Inactive*: credentials refused, since <!date" in words(home)
    assert "*Next step:* In Autotask open" in words(home)
    first = next(each for each in blocks(home) if each["type"] == "actions")
    assert [each["action_id"] for each in first["elements"]] == [
        "connection.update",
        "connection.test",
        "incident.acknowledge",
        "incident.snooze",
        "connection.more",
    ]
    assert first["elements"][0]["style"] == "primary"


async def connection_id(town: Town, name: str) -> str:
    found = await town.bot.ports.connections.find(await workspace(town), name)
    return found.connection.id


async def test_every_member_may_acknowledge_here_and_everybody_s_tab_shows_it(town: Town) -> None:
    await town.connect()
    await break_user(town)
    await town.alice.open_home("Acknowledge")
    bob = await town.player("Bob")
    home = await bob.open_home("Acknowledge")
    assert pressable(home) == {"incident.acknowledge", "incident.snooze", *EVERYBODY}

    await bob.press(home, "incident.acknowledge")
    await town.desk.drain()

    assert "incident.acknowledge" not in pressable(
        await refreshed(town, f"*Acknowledged* by <@{bob.me}>")
    )


async def test_test_now_answers_in_a_modal_that_leads_on_to_the_form(town: Town) -> None:
    await town.connect()
    await town.alice.open_home()
    await press(town, "connection.test")
    await town.alice.view("works: Autotask answered")

    user = await town.alice.api_user()
    await town.alice.panel("deactivate", username=user["username"])
    for _ in range(3):
        await town.alice.say("/autotask test")
        await town.desk.drain()
    await press(town, "connection.test")
    answer = await town.alice.view("credentials refused")
    await town.alice.press(answer, "connection.test")
    withheld = await town.alice.view("checks on hold")
    await town.alice.press(withheld, "connection.test_may_lock")
    refused = await town.alice.view("credentials refused")
    assert answer["id"] == withheld["id"] == refused["id"]

    await town.alice.panel("activate", username=user["username"])
    await town.alice.press(refused, "connection.update")
    form = await town.alice.view("Update credentials")
    assert (await town.alice.submit(form, **await town.alice.good_values()))["ok"]
    assert await town.alice.direct_messages() == []


async def test_pause_and_resume_show_on_the_tab_itself(town: Town) -> None:
    await town.connect()
    await town.alice.open_home()

    await choose(town, "connection.pause")
    home = await refreshed(town, "1 connection, paused")
    assert "connection.test" not in pressable(home)

    await press(town, "connection.resume")
    await refreshed(town, "1 connection, pending")


async def test_the_menu_leads_to_alerts_maintenance_and_the_form(town: Town) -> None:
    await town.connect("First")
    await town.connect("Second")
    await town.alice.open_home()

    for entry, shown in (
        ("connection.alerts", "How shall *First (Brightwater IT)* be watched?"),
        ("connection.maintenance", "kept back"),
        ("connection.update", "New values for *First*"),
    ):
        await choose(town, entry)
        form = await town.alice.view(shown)
        assert "Second" not in words(form)


async def test_disconnect_asks_in_a_modal_and_says_there_what_it_did(town: Town) -> None:
    await town.connect()
    await town.alice.open_home()
    await choose(town, "connection.ask_disconnect")
    question = await town.alice.view("Disconnect *Autotask (Brightwater IT)*?")
    await town.alice.press(question, "keep")
    await town.alice.view("Nothing was changed")

    await choose(town, "connection.ask_disconnect")
    question = await town.alice.view("Disconnect *")
    await town.alice.press(question, "connection.disconnect")
    await town.alice.view("are erased from the database")
    await town.desk.drain()

    await refreshed(town, "Nothing is watched yet")


async def test_a_button_that_is_no_longer_permitted_says_so_in_front(town: Town) -> None:
    await town.connect()
    await town.alice.open_home()
    switch = {"do": "demote", "user": town.alice.me}
    assert (await town.alice._post("workspace", **switch))["ok"]

    await press(town, "connection.test")
    await town.alice.view("Only workspace admins and the people they have named")
    await choose(town, "connection.pause")
    await town.alice.view("Only workspace admins and the people they have named")


async def test_alerts_that_reached_nobody_are_sent_again_by_a_button(town: Town) -> None:
    await town.connect()
    alerts = town.alice.channels["alerts"]
    await bury(town, f"{alerts} is_archived", "a day has passed (TimeoutError)")
    bob = await town.player("Bob")
    home = await bob.open_home("2 alerts have reached nobody")
    assert "alerts.send_again" not in pressable(home)
    assert "can send them again here" in words(home)

    home = await town.alice.open_home(f"• 1: <#{alerts}>: it is archived")
    assert "Slack did not take it for a day (TimeoutError)" in words(home)
    await press(town, "alerts.send_again")
    await town.alice.view("2 alerts are on the way again")

    await town.settle()
    moved = [each for each in await town.alice.posted() if "Moved." in each["text"]]
    assert len(moved) == 2
    assert "reached nobody" not in words(await refreshed(town, "1 connection"))


async def test_a_broken_channel_stands_in_the_banner_until_it_is_back(town: Town) -> None:
    await town.connect()
    ours, alerts = await workspace(town), town.alice.channels["alerts"]
    await town.alice.open_home()
    await lost(town.bot.ports, ours, alerts, "is_archived")

    home = await refreshed(town, f"*I cannot post in <#{alerts}>* since <!date")
    assert f"go to <@{town.alice.me}> meanwhile. Unarchive it" in words(home)

    await town.bot.ports.destinations.probe_soon(ours, alerts)
    await town.settle()
    assert "cannot post" not in words(await refreshed(town, "1 connection"))


async def test_names_from_outside_mention_nobody_here(town: Town) -> None:
    await town.connect("everyone")
    async with town.bot.database.write() as transaction:
        await transaction.exec_driver_sql("UPDATE connections SET company = '<!channel> & <b>'")
    alerts = town.alice.channels["alerts"]
    await lost(town.bot.ports, await workspace(town), alerts, "deleted")
    await bury(town, "<!here> is_archived")

    home = await town.alice.open_home("everyone (&lt;!channel&gt; &amp; &lt;b&gt;)")

    assert "<!" not in words(home).replace("<!date", "")
