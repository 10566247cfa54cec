"""Settings: all problems at once, secrets from files, no value in any message; docs that agree."""

import re
from pathlib import Path

import pytest

from bot.domain.errors import ConfigurationError
from bot.domain.secret import Secret
from bot.settings import Settings, load

NAMES = {name.upper() for name in Settings.model_fields}


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of this machine, and a directory without `.env`."""
    for name in NAMES | {f"{name}_FILE" for name in NAMES}:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_everything_has_a_default_but_the_tokens() -> None:
    settings = load()

    assert settings.slack_bot_token is None
    assert settings.database_url.reveal() == "sqlite:///autotask-bot.db"
    assert settings.policy.outage_retries == (30, 60)


def test_every_problem_is_named_at_once_and_no_value_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHECK_INTERVAL", "0.125")
    monkeypatch.setenv("OUTAGE_RETRIES", "30,canary")
    monkeypatch.setenv("SLACK_API_URL", "http://canary.example/api/")
    monkeypatch.setenv("AUTOTASK_EXTRA_HOSTS", "canary")
    monkeypatch.setenv("CHECK_LEASE", "29")
    monkeypatch.setenv("SEND_LEASE", "14")
    monkeypatch.setenv("OUTBOUND_PROXY", "socks5://canary.example:1080")
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", "/nowhere/token")
    monkeypatch.setenv("HEARTBEAT_URL", "http://heartbeat.example/canary")

    with pytest.raises(ConfigurationError) as refused:
        load()

    lines = refused.value.message.splitlines()
    assert {line.partition(":")[0] for line in lines} == {
        "CHECK_INTERVAL",
        "OUTAGE_RETRIES",
        "SLACK_API_URL",
        "AUTOTASK_EXTRA_HOSTS",
        "CHECK_LEASE",
        "SEND_LEASE",
        "OUTBOUND_PROXY",
        "SLACK_BOT_TOKEN",
        "HEARTBEAT_URL",
    }
    assert "SLACK_BOT_TOKEN_FILE names /nowhere/token, which cannot be read." in lines[0]
    assert not re.search(r"canary|0\.125", refused.value.sentence())


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("xoxb-made-up\n")
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(tmp_path / "token"))

    token = load().slack_bot_token

    assert token
    assert token.reveal() == "xoxb-made-up"


def test_a_dot_env_that_is_no_text_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("OPERATOR_USER=Jürgen\n".encode("latin-1"))

    with pytest.raises(ConfigurationError, match=r"\.env cannot be read as UTF-8 text"):
        load()


def test_a_proxy_inside_the_network_may_be_plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTBOUND_PROXY", "http://proxy.corp:3128")

    assert load().outbound_proxy == Secret("http://proxy.corp:3128")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("file", ("file",)),
        (
            "aws-kms:arn:aws:kms:eu-central-1:1:key/a-b, file",
            ("aws-kms:arn:aws:kms:eu-central-1:1:key/a-b", "file"),
        ),
        (
            "azure:bot,transit:transit/bot,transit:a/b/c",
            ("azure:bot", "transit:transit/bot", "transit:a/b/c"),
        ),
    ],
)
def test_key_sources_are_named_in_their_order(
    monkeypatch: pytest.MonkeyPatch, text: str, names: tuple[str, ...]
) -> None:
    monkeypatch.setenv("KEY_SOURCE", text)

    assert load().key_source == names


@pytest.mark.parametrize(
    "text",
    [
        *("none", "file,", "aws-kms:", "azure:a/b", "transit:bot", "transit:a/../b"),
        *("azure:https://evil.example", "transit:a/b?c", "aws-kms:a b", "FILE:x", "transit:ä/b"),
    ],
)
def test_a_key_source_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("KEY_SOURCE", text)

    with pytest.raises(ConfigurationError, match="KEY_SOURCE: is file, aws-kms:KEY"):
        load()


def test_dot_env_is_read_and_the_environment_goes_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("CHECK_INTERVAL=60\nHTTP_PORT=4000\n")
    monkeypatch.setenv("HTTP_PORT", "5000")

    settings = load()

    assert (settings.check_interval, settings.http_port) == (60, 5000)


def test_secrets_print_as_dots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-canary")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///canary.db")
    monkeypatch.setenv("HEARTBEAT_URL", "https://heartbeat.example/canary")

    assert "canary" not in repr(load())


def test_the_heartbeat_s_address_may_come_from_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "url").write_text("https://heartbeat.example/made-up\n")
    monkeypatch.setenv("HEARTBEAT_URL_FILE", str(tmp_path / "url"))

    url = load().heartbeat_url

    assert url
    assert url.reveal() == "https://heartbeat.example/made-up"


def test_plain_http_reaches_this_machine_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:8765/api/")

    assert load().slack_api_url == "http://127.0.0.1:8765/api/"


@pytest.mark.parametrize("file", [".env.example", "README.md"])
def test_the_documents_name_every_setting_and_no_other(
    file: str, request: pytest.FixtureRequest
) -> None:
    text = (request.config.rootpath / file).read_text()
    pattern = r"^#?([A-Z][A-Z_]+)=" if file.startswith(".env") else r"^\| `([A-Z][A-Z_]+)`"

    assert set(re.findall(pattern, text, re.MULTILINE)) == NAMES
