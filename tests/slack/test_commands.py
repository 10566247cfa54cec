"""What stands behind `/autotask`."""

from pathlib import Path

import pytest
import yaml

from bot.domain.errors import BadInput
from bot.slack.bolt import ANSWERED, TAKEN_UP
from bot.slack.commands import VERBS, Command, parse


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
    assert not [word for word in text.split() if len(word) > 4 and word in sentence.split()]


def test_every_command_of_the_help_is_listened_to_and_named_in_the_manifest() -> None:
    manifest = yaml.safe_load(Path("manifest.yml").read_text())
    hint = manifest["features"]["slash_commands"][0]["usage_hint"]

    assert set(VERBS) == ANSWERED.keys() | TAKEN_UP.keys()
    assert set(hint.split(" | ")) == set(VERBS)
