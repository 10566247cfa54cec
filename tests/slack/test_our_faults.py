"""What goes wrong on our side: a person gets a word, the log has the rest, and the bot goes on."""

import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.slack import bolt, connect_form
from bot.usecases.deliver import deliver_due
from tests.end_to_end.player import Json, eventually, words
from tests.slack.conftest import Town
from tests.slack.test_never_lost import connected, owe, said, switch

CANARY = "the text of an exception"


async def break_down(*_: Any) -> Any:
    raise RuntimeError(CANARY)


def is_in_the_log(told: str, caplog: pytest.LogCaptureFixture) -> bool:
    """What a person was given finds the fault there, and is all that they are told of it."""
    reference = re.search(r"ATX-[0-9A-F]{4}", told)
    assert reference, told
    (fault,) = [each for each in caplog.records if each.message == "unexpected"]
    assert (vars(fault)["reference"], fault.levelno) == (reference[0], logging.ERROR)
    return fault.exc_info is not None and CANARY in str(fault.exc_info[1]) and CANARY not in told


async def form(town: Town) -> Json:
    await town.alice.say("/autotask connect")
    return await town.alice.view("API Integration Code")


@pytest.mark.parametrize("command", ["status", "alerts"])
async def test_a_command_that_fails_gives_a_reference_and_the_next_one_works(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, command: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setitem(bolt.ANSWERED, "status", break_down)
        patch.setitem(bolt.TAKEN_UP, "alerts", (break_down, ""))
        await town.alice.say(f"/autotask {command}")
        assert is_in_the_log(words(await town.alice.said_to_me("ATX-")), caplog)

    await town.alice.say("/autotask status")
    await town.alice.said_to_me("Nothing is connected yet")


async def test_a_form_that_fails_gives_a_reference_in_its_place(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    values, view = await town.alice.good_values(), await form(town)
    with monkeypatch.context() as patch:
        patch.setitem(bolt.SUBMISSIONS, connect_form.FORM, (break_down, ""))
        await town.alice.submit(view, **values)
    assert is_in_the_log(words(await town.alice.view("ATX-")), caplog)
    assert values["secret"] not in caplog.text

    await town.connect()


async def test_a_button_that_fails_gives_a_reference_too(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    view = await form(town)
    monkeypatch.setitem(bolt.ACTIONS, connect_form.GUIDE, break_down)
    pressed = {
        "as": town.alice.me,
        "container": {"view_id": view["id"]},
        "block_id": view["blocks"][0]["block_id"],
        "action_id": connect_form.GUIDE,
        "value": {},
    }
    await town.http.post("/page/press", json=pressed)
    told = await eventually(town.alice.direct_messages)

    assert is_in_the_log(words(told[-1]), caplog)


async def test_an_event_that_fails_is_logged_and_the_next_one_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(tmp_path) as town:
        with monkeypatch.context() as patch:
            patch.setitem(bolt.EVENTS, "channel_archive", break_down)
            await switch(town, do="archive")
            await eventually(lambda: logged(caplog, "task_failed"))
        await switch(town, do="unarchive")
        await switch(town, do="archive")

        await eventually(lambda: logged(caplog, "destination_broken"))


async def logged(caplog: pytest.LogCaptureFixture, event: str) -> bool:
    return event in caplog.messages


@asynccontextmanager
async def busy_database(town: Town) -> AsyncIterator[None]:
    """Somebody writes and does not come to an end; nobody waits for long."""
    database = town.bot.database
    patience, database._patience = database._patience, 0.05
    async with database.write(patience=patience):
        yield
    database._patience = patience


async def test_while_the_database_is_busy_a_person_is_asked_to_try_again(town: Town) -> None:
    await town.connect()
    async with busy_database(town):
        await town.alice.say("/autotask pause")
        await town.alice.said_to_me(
            "The database does not take this right now. Try again in a moment."
        )

    await town.alice.say("/autotask pause")
    await town.alice.said_to_me("is not checked")


async def test_alerts_go_out_while_slack_s_own_line_to_the_bot_is_down(town: Town) -> None:
    await switch(town, do="add_bot")
    await town.connect()
    await switch(town, do="disconnect_socket", reason="drop")
    await owe(town, "Moved.")
    await deliver_due(town.bot.ports)

    assert len(await said(town, "Moved.")) == 1
