"""Alerts on their way to a Slack that errs: told once, or told again and said so; never nowhere."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import doctor
from bot.domain.incident import Kind, Telling, notice
from bot.sandbox.slack import OPTIONAL_SCOPES, SCOPES, Rate, SlackWorld
from bot.sandbox.slack.delivery import Kind as Envelope
from bot.slack import bolt, client, messenger
from bot.slack.channels import Heard
from bot.store.outbox import OutboxTable
from bot.store.telling import write_telling
from bot.usecases.deliver import deliver_due
from bot.usecases.destinations import lost
from bot.usecases.ports import Ports
from tests.end_to_end.player import eventually
from tests.slack.conftest import Town, town_in

EVERYTHING = (*SCOPES, *OPTIONAL_SCOPES)


@asynccontextmanager
async def connected(
    directory: Path, scopes: tuple[str, ...] = EVERYTHING, **world: Any
) -> AsyncIterator[Town]:
    """Connected by Alice in #alerts, where the bot is a member."""
    async with town_in(directory, world=SlackWorld(scopes=scopes, **world)) as town:
        await switch(town, do="add_bot")
        await town.connect()
        yield town
        town.slack.refusals.clear()


async def switch(town: Town, channel: str = "alerts", **order: Any) -> None:
    """One of the workspace's switches."""
    order = {"channel": town.alice.channels[channel], **order}
    assert (await town.alice._post("workspace", **order))["ok"]


async def owe(town: Town, *texts: str, kind: Kind = Kind.NOTICE) -> None:
    """Messages to be told about the connection."""
    connection = (await town.bot.ports.connections.all(await workspace(town)))[0].connection
    clock = town.bot.ports.clock
    alerts = [notice(connection, each, now=clock.now(), id=clock.new_id()) for each in texts]
    telling = Telling(None, tuple(replace(each, kind=kind) for each in alerts))
    async with town.bot.database.write() as transaction:
        await write_telling(transaction, telling, at=clock.now())


async def workspace(town: Town) -> str:
    return (await town.bot.ports.workspaces.ids())[0]


def after_the_lease(town: Town) -> Ports:
    """What the bot has once a minute has passed."""
    table = OutboxTable(town.bot.database, now=lambda: time.time() + 61)
    return replace(town.bot.ports, outbox=table)


async def said(town: Town, part: str) -> list[str]:
    return [each["text"] for each in await town.alice.posted() if part in each["text"]]


@pytest.mark.parametrize("kind", ["late", "error", "drop"])
async def test_a_message_that_arrived_without_our_hearing_of_it_stands_once(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected(tmp_path) as town:
        await switch(town, do="mishap", kind=kind, seconds=0.3)
        monkeypatch.setattr(client, "CALL_DEADLINE", 0.1 if kind == "late" else 6)
        await owe(town, "Moved.")
        await deliver_due(town.bot.ports)
        assert await town.bot.ports.outbox.waiting() != (0, 0.0)
        monkeypatch.setattr(client, "CALL_DEADLINE", 6)

        await deliver_due(after_the_lease(town))

        assert len(await said(town, "Moved.")) == 1
        assert await town.bot.ports.outbox.waiting() == (0, 0.0)


@pytest.mark.provokes("missing_scope")
async def test_without_the_scope_it_comes_again_and_says_so(tmp_path: Path) -> None:
    async with connected(tmp_path, scopes=SCOPES) as town:
        await switch(town, do="mishap", kind="drop")
        await owe(town, "Moved.")
        await deliver_due(town.bot.ports)
        await deliver_due(after_the_lease(town))

        first, second = await said(town, "Moved.")
        assert "repeat" not in first
        assert "Possibly a repeat" in second


async def test_outside_the_channel_it_cannot_be_looked_for_either(tmp_path: Path) -> None:
    async with connected(tmp_path) as town:
        await switch(town, do="remove_bot")
        await switch(town, do="mishap", kind="drop")
        await owe(town, "Moved.")
        await deliver_due(town.bot.ports)
        await deliver_due(after_the_lease(town))

        assert ["repeat" in each for each in await said(town, "Moved.")] == [False, True]


async def test_somebody_else_s_message_with_our_key_is_not_taken_for_ours(tmp_path: Path) -> None:
    async with connected(tmp_path) as town:
        await owe(town, "Moved.")
        (owed,) = await town.bot.ports.outbox.claim(1)
        cloud = town.slack._cloud
        alerts = cloud.workspace.channels[town.alice.channels["alerts"]]
        forged = messenger._metadata(owed)
        draft = replace(next(iter(alerts.messages.values())).draft, text="Ha", metadata=forged)
        cloud.workspace.post(alerts, cloud.workspace.person(town.alice.me), draft)

        await deliver_due(after_the_lease(town))

        assert len(await said(town, "Moved.")) == 1


async def test_a_line_in_a_thread_is_looked_for_in_the_thread(tmp_path: Path) -> None:
    async with connected(tmp_path) as town:
        await town.alice.panel("zone_fault", zone="all", fault="outage_5xx")
        await eventually(lambda: _ticked(town, "is *Inactive*"))
        await town.alice.panel("zone_fault", zone="all", fault="none")
        await switch(town, do="mishap", kind="drop")
        await eventually(lambda: _ticked(town, "is *Active* again"))
        await eventually(lambda: _lines(town))
        assert await town.bot.ports.outbox.waiting() != (0, 0.0)

        await deliver_due(after_the_lease(town))

        assert len(await _lines(town)) == 1
        assert await town.bot.ports.outbox.waiting() == (0, 0.0)


async def _lines(town: Town) -> list[Any]:
    await town.tick()
    return [each for each in await town.alice.messages() if each["thread_ts"]]


async def _ticked(town: Town, part: str) -> bool:
    async with town.bot.database.write() as transaction:
        await transaction.exec_driver_sql("UPDATE watches SET next_check_at = 0")
    await town.tick()
    return bool(await said(town, part))


async def test_a_direct_message_is_looked_for_in_its_conversation(tmp_path: Path) -> None:
    async with connected(tmp_path) as town:
        connection = (await town.bot.ports.connections.all(await workspace(town)))[0].connection
        await town.bot.ports.connections.choose_channel(
            connection.workspace_id, connection.id, None
        )
        await switch(town, do="mishap", kind="error")
        await owe(town, "Moved.")
        await deliver_due(town.bot.ports)
        await deliver_due(after_the_lease(town))

        told = [each for each in await town.alice.direct_messages() if "Moved." in each["text"]]
        assert len(told) == 1


@pytest.mark.parametrize(("pages", "repeats"), [(5, [False]), (1, [False, True])])
async def test_some_pages_are_read_until_it_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: int, repeats: list[bool]
) -> None:
    monkeypatch.setattr(messenger, "PAGE", 2)
    monkeypatch.setattr(messenger, "PAGES", pages)
    async with connected(tmp_path) as town:
        await switch(town, do="mishap", kind="drop")
        await owe(town, "Moved.")
        await deliver_due(town.bot.ports)
        for number in range(6):
            await town.bot.slack.chat_postMessage(channel="#alerts", text=f"Noise {number}")
        await deliver_due(after_the_lease(town))

        assert ["repeat" in each for each in await said(town, "Moved.")] == repeats


async def test_a_backlog_goes_at_slack_s_pace_and_is_never_refused(tmp_path: Path) -> None:
    async with connected(tmp_path, rate=Rate(per_second=1, burst=3)) as town:
        await owe(town, *(f"News {number}." for number in range(4)))
        begun = time.monotonic()

        async def drained() -> bool:
            await deliver_due(town.bot.ports)
            return await town.bot.ports.outbox.waiting() == (0, 0.0)

        await eventually(drained)

        assert time.monotonic() - begun < 4
        assert town.slack.refusals == []
        assert len(await said(town, "News")) == 4


async def test_outside_a_public_channel_the_bot_joins_it(tmp_path: Path) -> None:
    scopes = tuple(each for each in EVERYTHING if each != "chat:write.public")
    async with connected(tmp_path, scopes=scopes) as town:
        await switch(town, do="remove_bot")
        await owe(town, "Moved.")
        await deliver_due(town.bot.ports)

        assert len(await said(town, "Moved.")) == 1
        assert await town.bot.ports.destinations.broken(await workspace(town)) == {}


@pytest.mark.provokes("missing_scope")
async def test_where_it_may_not_join_the_person_is_told_whom_to_invite(tmp_path: Path) -> None:
    scopes = tuple(each for each in SCOPES if each != "chat:write.public")
    async with connected(tmp_path, scopes=scopes) as town:
        await switch(town, do="remove_bot")
        await owe(town, "Moved.")
        await deliver_due(town.bot.ports)

        told = [each["text"] for each in await town.alice.direct_messages()]
        assert any("Moved." in each for each in told)
        assert any("Type `/invite` and my name there" in each for each in told)


async def test_an_archived_channel_is_told_at_once_and_healed_by_its_event(
    tmp_path: Path,
) -> None:
    async with connected(tmp_path) as town:
        channel = town.alice.channels["alerts"]
        await switch(town, do="archive")
        await eventually(lambda: _broken(town))
        await owe(town, "Moved.")
        await deliver_due(town.bot.ports)
        told = [each["text"] for each in await town.alice.direct_messages()]
        assert f"I cannot post in <#{channel}> any more: it is archived." in told[0]
        assert "`/autotask alerts`" in told[0]
        assert "Moved." in told[1]
        assert town.slack.refusals == []

        await switch(town, do="unarchive")

        async def healed() -> list[str]:
            await deliver_due(town.bot.ports)
            return await said(town, "I could not post here")

        (summary,) = await eventually(healed)
        assert "1 alert went elsewhere or nowhere" in summary
        assert not await _broken(town)

        async def told_too() -> bool:
            await deliver_due(town.bot.ports)
            newest = (await town.alice.direct_messages())[-1]["text"]
            return "takes messages again" in newest

        await eventually(told_too)


async def _broken(town: Town) -> bool:
    return bool(await town.bot.ports.destinations.broken(await workspace(town)))


@pytest.mark.parametrize("do", ["delete_channel", "archive", "remove_bot"])
async def test_a_private_channel_that_is_gone_is_noticed_without_an_alert(
    tmp_path: Path, do: str
) -> None:
    async with connected(tmp_path) as town:
        await switch(town, channel="ops", do="add_bot")
        connection = (await town.bot.ports.connections.all(await workspace(town)))[0].connection
        await town.bot.ports.connections.choose_channel(
            connection.workspace_id, connection.id, town.alice.channels["ops"]
        )
        await switch(town, channel="ops", do=do)

        assert await eventually(lambda: _broken(town))


async def test_out_of_a_public_channel_or_under_a_new_name_nothing_breaks(
    tmp_path: Path,
) -> None:
    async with connected(tmp_path) as town:
        await switch(town, do="rename", name="alarms")
        await switch(town, do="remove_bot")
        await owe(town, "Moved.")
        await deliver_due(town.bot.ports)

        assert len(await said(town, "Moved.")) == 1
        assert not await _broken(town)


async def test_a_channel_made_private_is_noticed_by_the_alert(tmp_path: Path) -> None:
    async with connected(tmp_path) as town:
        await switch(town, do="remove_bot")
        await switch(town, do="make_private")
        await owe(town, "Moved.")
        await deliver_due(town.bot.ports)

        told = [each["text"] for each in await town.alice.direct_messages()]
        assert any("deleted or made private" in each for each in told)


async def test_another_workspace_s_events_and_channels_touch_nothing(tmp_path: Path) -> None:
    async with connected(tmp_path) as town:
        alerts, ours = town.alice.channels["alerts"], await workspace(town)
        gone = {"type": "channel_archive", "channel": alerts}
        foreign = {"team_id": "T0FOREIGN", "event": gone}
        bolt._hear(town.desk, Heard(ours, "U0", foreign))
        elsewhere = {"team_id": ours, "event": {**gone, "channel": "C0ELSEWHERE"}}
        bolt._hear(town.desk, Heard(ours, "U0", elsewhere))
        await town.desk.drain()
        assert not await _broken(town)

        bolt._hear(town.desk, Heard(ours, "U0", {"team_id": ours, "event": gone}))
        await town.desk.drain()
        assert await _broken(town)


async def test_an_event_without_a_handler_is_acknowledged(tmp_path: Path) -> None:
    async with connected(tmp_path) as town:
        courier = town.slack._cloud.courier
        payload = {
            "type": "event_callback",
            "team_id": await workspace(town),
            "api_app_id": "A0",
            "event": {"type": "team_rename"},
        }
        assert await courier.ask(Envelope.EVENT, payload) == {}


async def test_a_revoked_token_keeps_the_alert_until_it_is_good_again(tmp_path: Path) -> None:
    async with connected(tmp_path) as town:
        await switch(town, do="revoke_token")
        await owe(town, "Moved.", "Again.")
        for _ in range(5):
            await deliver_due(town.bot.ports)
        (suspended,) = await town.bot.ports.installations.suspended()
        asked = [each for each in town.slack.refusals if each["method"] == "chat.postMessage"]
        assert (suspended.reason, len(asked)) == ("token_revoked", 1)

        await switch(town, do="mend")
        for _ in range(3):
            await deliver_due(after_the_lease(town))
        assert len(await said(town, "Moved.")) == 1
        assert await town.bot.ports.installations.suspended() == []


async def test_the_doctor_tells_what_died_what_is_broken_and_what_is_held_back(
    tmp_path: Path,
) -> None:
    async with connected(tmp_path) as town:
        ports, ours = town.bot.ports, await workspace(town)
        looks = (doctor._outbox, doctor._destinations, doctor._installations)
        assert all([(await look(town.bot)).fine for look in looks])

        await owe(town, "Moved.")
        (owed,) = await ports.outbox.claim(1)
        await ports.outbox.give_up(owed, error="a day has passed (service_unavailable)")
        await lost(ports, ours, town.alice.channels["alerts"], "is_archived")
        await ports.installations.suspend(ours, "missing_scope: chat:write", tries=1, probe_after=9)

        dead, broken, suspended = [await look(town.bot) for look in looks]
        assert "1 because a day has passed (service_unavailable)" in dead.text
        assert "autotask-bot resend" in dead.fix
        assert f"{town.alice.channels['alerts']} in {ours}" in broken.text
        assert "(it is archived)" in broken.text
        assert "(missing_scope: chat:write)" in suspended.text


async def test_the_form_tries_a_broken_channel_anew_though_it_stays_the_chosen_one(
    tmp_path: Path,
) -> None:
    async with connected(tmp_path) as town:
        ports, ours = town.bot.ports, await workspace(town)
        await lost(ports, ours, town.alice.channels["alerts"], "is_archived")
        await town.alice.say("/autotask alerts")
        form = await town.alice.view("be watched?")

        await town.alice.submit(form)

        await town.alice.view("posted a test message")
        await deliver_due(ports)
        assert await ports.destinations.broken(ours) == {}


@pytest.mark.provokes("missing_scope")
async def test_the_form_tells_a_broken_installation_from_a_closed_channel(tmp_path: Path) -> None:
    async with connected(tmp_path) as town:
        await town.alice.say("/autotask alerts")
        form = await town.alice.view("be watched?")
        installation = town.slack._cloud.installation
        installation.scopes = tuple(each for each in EVERYTHING if not each.startswith("chat:"))
        general = town.alice.channels["general"]
        chosen = {"type": "conversations_select", "selected_conversation": general}

        reply = await town.alice.submit(form, channel=chosen)

        assert "missing_scope" in reply["errors"]["channel"]


@pytest.mark.parametrize(("scopes", "one_by_one"), [(EVERYTHING, False), (SCOPES, True)])
async def test_calls_go_one_by_one_where_the_workspace_lets_nobody_look(
    tmp_path: Path,
    scopes: tuple[str, ...],
    one_by_one: bool,  # noqa: FBT001
) -> None:
    async with connected(tmp_path, scopes=scopes) as town:
        await owe(town, "Moved.")
        await deliver_due(town.bot.ports)

        outbox = town.bot.ports.outbox
        assert isinstance(outbox, OutboxTable)
        assert outbox._under_way._one_by_one() is one_by_one
