"""What stands behind `/autotask`."""

from pathlib import Path

import pytest
import yaml

from bot.domain.connection import nearest
from bot.domain.errors import BadInput
from bot.slack.bolt import ANSWERED, TAKEN_UP
from bot.slack.commands import VERBS, Command, parse
from tests.end_to_end.player import words
from tests.slack.conftest import Town


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("connect", Command("connect", "")),
        ("  CONNECT   EU  subsidiary ", Command("connect", "EU subsidiary")),
        ("", Command("help", "")),
        ("?", Command("help", "")),
        ("test Autotask", Command("test", "Autotask")),
    ],
)
def test_a_verb_and_the_name_of_a_connection(text: str, command: Command) -> None:
    assert parse(text) == command


@pytest.mark.parametrize(
    ("text", "meant"), [("conect", "connect"), ("statsu", "status"), ("alert", "alerts")]
)
def test_an_unknown_word_gets_the_nearest_match(text: str, meant: str) -> None:
    with pytest.raises(BadInput, match="do not know") as refused:
        parse(text)

    assert f"/autotask {meant}" in refused.value.sentence()


@pytest.mark.parametrize(
    "text",
    ["connect aB3$dE6", "a1b2@example.com", "connect ABCDEFGHIJKLMNOPQRSTUVWXYZ2", "x~y", "test *"],
)
def test_what_may_be_a_secret_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse(text)

    sentence = refused.value.sentence()
    assert "may hold a secret" in sentence
    secret = [word for word in text.split() if word not in VERBS and len(word) > 4]
    assert not [word for word in secret if word in sentence]


def test_every_command_of_the_help_is_listened_to_and_named_in_the_manifest() -> None:
    manifest = yaml.safe_load(Path("manifest.yml").read_text())
    hint = manifest["features"]["slash_commands"][0]["usage_hint"]

    assert set(VERBS) == ANSWERED.keys() | TAKEN_UP.keys()
    assert set(hint.split(" | ")) == set(VERBS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("EU subsidary", "EU subsidiary"),
        ("contoso", "Contoso-Production-EU-West"),
        ("SANDBOX ", "Sandbox"),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_the_nearest_name_is_one_that_is_like_it_or_holds_it(typed: str, meant: str | None) -> None:
    names = ["Autotask", "EU subsidiary", "Contoso-Production-EU-West", "Sandbox"]

    assert nearest(typed, names) == meant
    assert nearest(typed, []) is None


@pytest.mark.parametrize("verb", ["status", "history", "disconnect", "pause"])
async def test_an_unknown_name_gets_the_command_with_the_nearest_one(town: Town, verb: str) -> None:
    await town.connect("EU subsidiary")
    await town.alice.say(f"/autotask {verb} EU subsidary")

    answer = await town.alice.said_to_me("There is no such connection")
    assert f"Did you mean `/autotask {verb} EU subsidiary`?" in answer["text"]


async def test_a_name_like_none_gets_the_command_that_lists_them_and_is_not_repeated(
    town: Town,
) -> None:
    await town.connect()
    await town.alice.say("/autotask edit Atlantis")

    answer = words(await town.alice.view("There is no such connection"))
    assert "`/autotask status` lists those there are." in answer
    assert "Atlantis" not in answer


LONG = "Contoso-Production-EU-West"


@pytest.mark.parametrize("typed", [LONG, LONG.upper()])
async def test_a_long_word_that_is_the_name_of_a_connection_is_understood(
    town: Town, typed: str
) -> None:
    await connect_long(town)
    await town.alice.say(f"/autotask status {typed}")

    await town.alice.said_to_me(f"*{LONG} (Brightwater IT)*")


async def test_of_a_name_with_spaces_each_word_is_understood(town: Town) -> None:
    await connect_long(town, f"{LONG} sandbox")
    await town.alice.say(f"/autotask status {LONG} sandbx")

    await town.alice.said_to_me(f"Did you mean `/autotask status {LONG} sandbox`?")


async def test_a_long_word_that_nobody_knows_is_refused_and_not_repeated(town: Town) -> None:
    await connect_long(town)
    await town.alice.say("/autotask status Fabrikam-Production-EU-West")

    answer = words(await town.alice.said_to_me("may hold a secret"))
    assert "Fabrikam" not in answer
    assert "new connection" not in answer


@pytest.mark.parametrize(
    ("text", "form"), [(f"connect {LONG}", True), ("connect aB3$dE6", False), ("x~y", False)]
)
def test_what_may_be_the_name_of_a_new_connection_is_led_to_the_form(
    text: str, *, form: bool
) -> None:
    with pytest.raises(BadInput) as refused:
        parse(text)

    assert ("write the name into the form" in refused.value.sentence()) is form
    assert LONG not in refused.value.sentence()


async def test_a_guest_does_not_find_out_by_guessing_who_is_connected(town: Town) -> None:
    await connect_long(town)
    gail = await town.player("Gail")
    for name in (LONG, "Fabrikam-Production-EU-West"):
        await gail.say(f"/autotask status {name}", channel="general")

    known, unknown = [each["text"] for each in await gail.messages("general") if each["ephemeral"]]
    assert known == unknown


async def connect_long(town: Town, name: str = LONG) -> None:
    """By the form, the name written into it."""
    await town.alice.say("/autotask connect new")
    form = await town.alice.view("API Integration Code")
    await town.alice.submit(form, **await town.alice.good_values(), name=name)
    await town.alice.view("is *Active*")
