"""Where the master keys are, by the settings, where none of the optional libraries is there."""

import importlib.util
import logging
from pathlib import Path

import pytest

from bot.domain.errors import ConfigurationError
from bot.domain.secret import Secret
from bot.keys import key_sources
from bot.settings import Settings
from bot.vault.keyfile import new_key_file

KEY = Secret("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=")
PLACES = [
    ("aws-kms:alias/bot", "botocore", "aws"),
    ("azure:bot", "azure", "azure"),
    ("transit:transit/bot", "hvac", "vault"),
]


def settings(*names: str, **others: object) -> Settings:
    return Settings(_env_file=None, key_source=names, **others)  # type: ignore[arg-type,call-arg]


def test_the_key_file_is_the_source_unless_something_else_is_said(tmp_path: Path) -> None:
    new_key_file(tmp_path / "bot.key")

    sources = key_sources(settings("file", autotask_bot_key_file=tmp_path / "bot.key"))

    assert [each.wrapper for each in sources.known] == ["file"]


def test_a_key_in_the_environment_is_taken_with_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert len(key_sources(settings("file", autotask_bot_key=KEY)).known) == 1

    assert "key_in_environment" in caplog.text
    assert KEY.reveal() not in caplog.text


def test_the_key_in_the_environment_is_not_looked_at_where_another_source_is_named(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    with pytest.raises(ConfigurationError):
        key_sources(settings("transit:transit/bot", autotask_bot_key=KEY))

    assert caplog.text == ""


@pytest.mark.parametrize(("name", "library", "extra"), PLACES)
def test_a_library_that_is_not_installed_is_named_with_the_command_that_installs_it(
    name: str, library: str, extra: str
) -> None:
    if importlib.util.find_spec(library):
        pytest.skip("it is installed here")

    with pytest.raises(ConfigurationError, match=f"not installed: {library}") as refused:
        key_sources(settings(name))

    assert f"make {extra}" in refused.value.hint
