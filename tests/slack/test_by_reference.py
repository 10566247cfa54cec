"""A reference instead of the secret, in chat: Slack never sees the secret."""

import logging

import pytest

from bot.doctor import look
from bot.domain.errors import EntryUnavailable
from bot.domain.reference import Bounds, Place
from bot.slack.connect_form import form_view, read_form
from bot.vault.references import References
from tests.end_to_end.player import Json, words
from tests.slack.conftest import Town
from tests.vault.entries import FakeEntries, text


@pytest.fixture
async def entries(town: Town) -> FakeEntries:
    """The town's operator has set up a vault; the entry `lake` holds the values of Alice's user."""
    found = FakeEntries()
    hosts = town.bot.settings.autotask_extra_hosts
    bounds = Bounds(frozenset({Place.VAULT}), "autotask-bot")
    town.bot.vault.references = References(bounds, {Place.VAULT: found}, extra_hosts=hosts)
    found.entries[await entry(town)] = [text(await town.alice.good_values())]
    return found


async def entry(town: Town) -> str:
    (workspace_id,) = await town.bot.ports.workspaces.ids()
    return f"secret/autotask-bot/{workspace_id}/lake"


async def form(town: Town, command: str = "connect") -> Json:
    await town.alice.say(f"/autotask {command}")
    return await town.alice.view("API Integration Code")


async def connect(town: Town) -> None:
    reference = f"vault:{await entry(town)}"
    assert (await town.alice.submit(await form(town), secret=reference))["ok"]
    await town.alice.view("is *Active*")


def field(view: Json, name: str) -> Json:
    return next(each for each in view["blocks"] if each.get("block_id") == name)


async def test_the_form_says_how_a_reference_looks_and_needs_no_other_field(
    town: Town, entries: FakeEntries
) -> None:
    view = await form(town)
    beginning = f"vault:{(await entry(town)).removesuffix('lake')}"

    assert f"{beginning}NAME" in field(view, "secret")["hint"]["text"]
    assert all(field(view, each)["optional"] for each in ("username", "integration_code"))
    assert entries.asked == []


async def test_a_reference_alone_connects_and_slack_never_sees_the_secret(
    town: Town, entries: FakeEntries, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await connect(town)
    await town.alice.say("/autotask test")
    await town.alice.view("works: Autotask answered")
    await town.alice.say("/autotask status")

    secret = (await town.alice.good_values())["secret"]
    seen = [*await town.alice.messages(), await town.alice.view(), await town.alice.open_home()]
    assert secret not in str(seen)
    assert secret not in caplog.text


async def test_what_was_wrong_is_said_at_the_field(town: Town, entries: FakeEntries) -> None:
    entries.entries[await entry(town)] = ['{"secret": "made-up"}']
    reference = f"vault:{await entry(town)}"
    reply = await town.alice.submit(await form(town), secret=reference)

    assert "In the entry, integration_code cannot be used" in reply["errors"]["secret"]


def test_a_form_that_is_drawn_again_keeps_the_reference_and_no_secret() -> None:
    secret = "aB3$dE6#gH9~jK2*mN5@pQ8rS"
    typed = {"secret": " vault:secret/autotask-bot/T1/lake", "username": secret, "url": ""}
    again = form_view(read_form({}, typed, ["vault:secret/autotask-bot/T1/"])).to_dict()

    assert field(again, "secret")["element"]["initial_value"] == typed["secret"]
    assert secret not in str(again)
    assert "Type the Secret once more" not in str(again)
    assert "Type the Secret once more" in str(
        form_view(read_form({}, {"secret": secret})).to_dict()
    )


async def test_without_a_vault_a_reference_is_told_what_the_operator_has_to_set(town: Town) -> None:
    values = {**await town.alice.good_values(), "secret": "aws-sm:autotask-bot/T1/lake"}
    view = await form(town)
    assert "reference" not in words(view)
    before = (await town.http.get("/autotask/state")).json()["requests_total"]
    reply = await town.alice.submit(view, **values)

    assert "has to set REFERENCE_PREFIX and AWS_REGION." in reply["errors"]["secret"]
    assert (await town.http.get("/autotask/state")).json()["requests_total"] == before


async def test_whoever_manages_sees_the_reference_and_nobody_else(
    town: Town, entries: FakeEntries
) -> None:
    await connect(town)
    shown = f"Secret: reference `vault:{await entry(town)}`"
    await town.alice.say("/autotask status")
    assert shown in words((await town.alice.messages())[-1])
    await town.alice.open_home(shown)

    bob = await town.player("Bob")
    await bob.say("/autotask status")
    answer = (await bob.messages())[-1]
    assert "*Active*" in words(answer)
    assert "reference" not in words(answer)
    assert "reference `" not in words(await bob.open_home("Autotask"))


async def test_to_edit_it_the_reference_stands_in_the_form(
    town: Town, entries: FakeEntries
) -> None:
    await connect(town)
    view = await form(town, "edit")

    assert field(view, "secret")["element"]["initial_value"] == f"vault:{await entry(town)}"
    assert (await town.alice.submit(view))["ok"]
    await town.alice.view("is *Active*")


async def test_the_doctor_counts_what_is_read_and_asks_the_vault(
    town: Town, entries: FakeEntries
) -> None:
    await connect(town)
    found = {each.about: each.text async for each in look(town.bot)}
    assert found["Stored credentials"] == "1 of 1 open, 1 of them read by reference"
    assert found["References"] == "Vault answers"

    entries.entries.clear()
    found = {each.about: each.text async for each in look(town.bot)}
    assert "Autotask: There is no entry of that name" in found["Stored credentials"]


async def test_the_doctor_asks_a_vault_that_is_away_once(town: Town, entries: FakeEntries) -> None:
    await connect(town)
    await town.alice.say("/autotask connect Second")
    reference = f"vault:{await entry(town)}"
    form = await town.alice.view("API Integration Code")
    assert (await town.alice.submit(form, secret=reference))["ok"]
    await town.alice.view("*Second* is *Active*")
    entries.asked.clear()
    entries.trouble = EntryUnavailable("made-up is not available.")
    found = {each.about: each async for each in look(town.bot)}

    assert "Second: The vault that keeps the entry does not" in found["Stored credentials"].text
    assert len(entries.asked) == 1 + 1
    assert found["References"].text == "made-up is not available."
    assert not found["References"].fine
