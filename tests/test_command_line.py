"""The command line as an operator uses it: sentences, exit codes, and no secret in arguments."""

import asyncio
import json
import logging
import socket
import sqlite3
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import __main__ as main_module
from bot.__main__ import main
from bot.sandbox.autotask import AutotaskWorld
from bot.sandbox.slack import SlackWorld
from bot.settings import Settings
from bot.store.database import Database
from bot.store.nodes import NodeTable
from bot.usecases.watching import Node

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """`autotask-bot ARGUMENTS` in an empty directory, with these settings and no others."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(f"{name.upper()}_FILE", raising=False)
    monkeypatch.chdir(tmp_path)
    for each in (sys, threading):
        monkeypatch.setattr(each, "excepthook", each.excepthook)
    root, ours = logging.getLogger(), logging.getLogger("bot")
    before = root.handlers[:], root.level, ours.level

    def run_it(*arguments: str, stdin: str = "", **settings: str) -> Result:
        return CliRunner().invoke(main, arguments, input=stdin, env=settings)

    yield run_it
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])
    logging.captureWarnings(capture=False)


@pytest.fixture
def key(run: Run) -> dict[str, str]:
    """A fresh key file, as a setting."""
    assert run("keys", "new", "--file", "bot.key").exit_code == 0
    return {"AUTOTASK_BOT_KEY_FILE": "bot.key"}


TOKENS = {"SLACK_BOT_TOKEN": "xoxb-made-up", "SLACK_APP_TOKEN": "xapp-made-up"}


@pytest.mark.parametrize(
    ("settings", "sentences"),
    [
        ({}, ["SLACK_BOT_TOKEN is missing", "manifest.yml"]),
        ({"SLACK_BOT_TOKEN": "xoxb-made-up"}, ["no way to reach", "SLACK_APP_TOKEN"]),
        (TOKENS | {"AUTOTASK_BOT_KEY_FILE": ""}, ["no master key", "autotask-bot keys new --file"]),
        (TOKENS | {"AUTOTASK_BOT_KEY_FILE": "none"}, ["none cannot be read", "keys new --file"]),
        (TOKENS | {"AUTOTASK_BOT_KEY_FILE": "open.key"}, ["open.key", "chmod"]),
        (TOKENS | {"CHECK_INTERVAL": "0", "HTTP_PORT": "x"}, ["CHECK_INTERVAL", "HTTP_PORT"]),
        (TOKENS | {"CA_FILE": "bot.key"}, ["bot.key, which holds no certificates"]),
        (TOKENS | {"DATABASE_URL": "sqlite:////nowhere/x.db"}, ["cannot be opened"]),
        (TOKENS | {"DATABASE_URL": "postgresql://u:canary@h"}, ["names no database"]),
    ],
)
def test_what_prevents_the_start_is_said_with_the_fix_and_exit_code_78(
    run: Run, key: dict[str, str], settings: dict[str, str], sentences: list[str]
) -> None:
    Path("open.key").write_bytes(Path("bot.key").read_bytes())
    Path("open.key").chmod(0o644)

    result = run("serve", **key | settings)

    assert result.exit_code == 78
    assert not [sentence for sentence in sentences if sentence not in result.stderr]
    assert "canary" not in result.stderr


def test_a_key_file_is_for_its_owner_alone_and_is_never_overwritten(run: Run) -> None:
    first = run("keys", "new", "--file", "bot.key")
    again = run("keys", "new", "--file", "bot.key")

    assert Path("bot.key").stat().st_mode & 0o777 == 0o600
    assert Path("bot.key").read_text().strip() not in first.output
    assert (first.exit_code, again.exit_code) == (0, 78)
    assert "is there already" in again.stderr


def test_a_new_key_goes_on_top_of_the_others_and_leaves_their_file_as_it_was(
    run: Run, key: dict[str, str]
) -> None:
    Path("bot.key").chmod(0o640)
    before = Path("bot.key").read_text()

    result = run("keys", "new", "--on-top", **key)

    assert result.exit_code == 0
    assert Path("bot.key").read_text().endswith(before)
    assert len(Path("bot.key").read_text()) == 2 * len(before)
    assert Path("bot.key").stat().st_mode & 0o777 == 0o640
    assert [each.name for each in Path().iterdir()] == ["bot.key"]
    assert "keys rotate" in result.stdout
    nowhere = run("keys", "new", "--on-top", "--file", "missing.key")
    assert (nowhere.exit_code, Path("missing.key").exists()) == (78, False)


async def test_a_master_key_is_rotated_and_the_old_one_may_go(
    run: Run, key: dict[str, str], autotask: AutotaskWorld
) -> None:
    settings = key | reach(autotask)
    await asyncio.to_thread(run, "connect", "--workspace", "T1", stdin=values(autotask), **settings)
    before = Path("bot.key").read_text()
    await asyncio.to_thread(run, "keys", "new", "--on-top", **settings)
    old, new = before.split()[2], Path("bot.key").read_text().split()[2]

    asked = await asyncio.to_thread(run, "keys", "status", **settings)
    assert f"{new}       0 data keys  the newest: it wraps" in asked.stdout
    assert f"{old}       2 data keys  needed, until autotask-bot keys rotate" in asked.stdout
    assert f"oldest one still needed is {old}" in asked.stdout

    rotated = await asyncio.to_thread(run, "keys", "rotate", **settings)
    assert rotated.stdout.startswith("Data keys that went under the newest master key: 2.\n")
    assert f"{old}       0 data keys  may go" in rotated.stdout
    again = await asyncio.to_thread(run, "keys", "rotate", "--data-keys", **settings)
    assert "newest master key: 0." in again.stdout
    assert "sealed anew: 1." in again.stdout
    noted = await asyncio.to_thread(run, "audit", "verify", **settings)
    assert noted.stdout.startswith("the installation: as it was written, up to 2:")
    assert (asked.exit_code, rotated.exit_code, again.exit_code) == (0, 0, 0)

    Path("bot.key").write_text(Path("bot.key").read_text().removesuffix(before))
    found = await asyncio.to_thread(run, "doctor", **settings)
    assert "ok   Stored credentials: 1 of 1 open" in found.stdout
    Path("bot.key").write_text(before)
    for command, code in (("status", 78), ("rotate", 78)):
        refused = await asyncio.to_thread(run, "keys", command, **settings)
        assert refused.exit_code == code
        assert new in refused.output


async def test_what_cannot_be_rotated_is_said(
    run: Run, key: dict[str, str], autotask: AutotaskWorld
) -> None:
    settings = key | reach(autotask)
    await asyncio.to_thread(run, "connect", "--workspace", "T1", stdin=values(autotask), **settings)
    with closing(sqlite3.connect("autotask-bot.db")) as database, database:
        database.execute("UPDATE data_keys SET blob = x'00' WHERE workspace_id = 'T1'")
    await asyncio.to_thread(run, "keys", "new", "--on-top", **settings)

    rotated = await asyncio.to_thread(run, "keys", "rotate", **settings)

    assert rotated.exit_code == 1
    assert "since they do not open: 1." in rotated.stderr


@pytest.fixture
async def autotask() -> AsyncIterator[AutotaskWorld]:
    """A make-believe Autotask."""
    world = AutotaskWorld()
    await world.start(0)
    yield world
    await world.stop()


@pytest.fixture
async def slack() -> AsyncIterator[SlackWorld]:
    """A make-believe Slack."""
    world = SlackWorld()
    await world.start(0)
    yield world
    await world.stop()


def reach(world: AutotaskWorld) -> dict[str, str]:
    """The settings by which it is found."""
    found = world.announcement()
    return {"AUTOTASK_ZONE_URL": found["base_url"], "AUTOTASK_EXTRA_HOSTS": found["extra_hosts"]}


def values(world: AutotaskWorld, **changed: str) -> str:
    """The four values as standard input takes them."""
    found = world.announcement()
    names = ("integration_code", "secret", "username")
    return json.dumps({name: found[name] for name in names} | changed)


async def test_connect_status_check_disconnect(
    run: Run, key: dict[str, str], autotask: AutotaskWorld
) -> None:
    settings = key | reach(autotask)

    def go(*arguments: str, stdin: str = "") -> Result:
        return run(*arguments, "--workspace", "T1", stdin=stdin, **settings)

    connected = await asyncio.to_thread(go, "connect", stdin=values(autotask))
    status = await asyncio.to_thread(go, "status", "--json")
    checked = await asyncio.to_thread(go, "check")
    past = await asyncio.to_thread(go, "history")
    gone = await asyncio.to_thread(go, "disconnect", "--yes")
    empty = await asyncio.to_thread(go, "status")

    assert connected.stdout == "Active: connected to Brightwater IT, zone America East.\n"
    assert json.loads(status.stdout)["status"] == "active"
    assert json.loads(status.stdout)["uptime_30d"] == 1
    assert "Nobody would be told" in connected.stderr
    assert "ThresholdInformation: 200" in checked.stdout
    assert "✓ Sign-in, " in checked.stdout
    assert "✗ Alert channel: there is none: nobody would be told, " in checked.stdout
    assert past.stdout == "No incident so far.\n"
    assert "is disconnected" in gone.stdout
    assert "Nothing is connected yet" in empty.stdout
    assert {r.exit_code for r in (connected, status, checked, past, gone, empty)} == {0}


async def test_audit_verify_names_the_first_entry_that_is_not_as_it_was_written(
    run: Run, key: dict[str, str], autotask: AutotaskWorld
) -> None:
    settings = key | reach(autotask)

    def go(*arguments: str, stdin: str = "") -> Result:
        return run(*arguments, stdin=stdin, **settings)

    await asyncio.to_thread(go, "connect", "--workspace", "T1", stdin=values(autotask))
    await asyncio.to_thread(go, "check")
    fine = await asyncio.to_thread(go, "audit", "verify")
    head = fine.stdout.rpartition(" ")[2].strip(".\n")
    seen = await asyncio.to_thread(go, "audit", "verify", "--seen", head)
    unseen = await asyncio.to_thread(go, "audit", "verify", "--seen", "2:0123456789ab")
    with closing(sqlite3.connect("autotask-bot.db")) as database, database:
        database.execute("UPDATE audit_entries SET who = 'U1' WHERE number = 2")
    broken = await asyncio.to_thread(go, "audit", "verify", "--workspace", "T1")

    assert fine.stdout == f"T1: as it was written, up to {head}.\n"
    assert broken.stdout.startswith("T1: entry 2 is not what was written there")
    assert "2:0123456789ab is not in it" in unseen.stdout
    assert [each.exit_code for each in (fine, seen, unseen, broken)] == [0, 0, 1, 1]


async def test_a_backup_opens_with_its_key_in_another_place_and_not_without(
    run: Run, key: dict[str, str], autotask: AutotaskWorld, slack: SlackWorld
) -> None:
    chat = slack.announcement()
    settings = key | reach(autotask)
    settings |= {"SLACK_API_URL": chat["api_url"], "SLACK_BOT_TOKEN": chat["bot_token"]}

    def go(*arguments: str, stdin: str = "", **changed: str) -> Result:
        return run(*arguments, stdin=stdin, **settings | changed)

    for name in ("Autotask", "Second"):
        stdin = values(autotask)
        await asyncio.to_thread(go, "connect", name, "--workspace", "T1", stdin=stdin)
    made = await asyncio.to_thread(go, "backup", "copy.db")
    again = await asyncio.to_thread(go, "backup", "copy.db")
    elsewhere = await asyncio.to_thread(go, "backup", "x", DATABASE_URL="postgresql://a:b@c/d")
    Path("new").mkdir()
    Path("new/bot.db").write_bytes(Path("copy.db").read_bytes())
    there = {"DATABASE_URL": "sqlite:///new/bot.db", "SLACK_APP_TOKEN": chat["app_token"]}
    opened = await asyncio.to_thread(go, "doctor", **there)
    await asyncio.to_thread(run, "keys", "new", "--file", "other.key", DATABASE_URL="sqlite:///o")
    other = await asyncio.to_thread(go, "doctor", **there, AUTOTASK_BOT_KEY_FILE="other.key")
    none = await asyncio.to_thread(go, "doctor", **there, AUTOTASK_BOT_KEY_FILE="")
    with closing(sqlite3.connect("new/bot.db")) as database, database:
        database.execute("UPDATE connections SET sealed = zeroblob(150) WHERE name = 'Second'")
        database.execute("UPDATE audit_entries SET deed = 'test' WHERE number = 1")
    damaged = await asyncio.to_thread(go, "doctor", **there)

    assert "the master key alone" in made.stdout
    assert "is there already" in again.stderr
    assert "pg_dump" in elsewhere.stderr
    assert "Stored credentials: 2 of 2 open" in opened.stdout
    assert "Audit: as it was written, up to T1: 2:" in opened.stdout
    assert "bot.key, mode 600: for its owner, and nobody else" in opened.stdout
    assert "This process: no core dumps" in opened.stdout
    assert "Master key wanted: " in other.stdout
    assert "There is no master key" in none.stdout
    assert "Stored credentials: Second: " in damaged.stdout
    assert "Audit: T1: entry 1 is not what was written there" in damaged.stdout
    codes = [each.exit_code for each in (made, again, elsewhere, opened, other, none, damaged)]
    assert codes == [0, 78, 2, 0, 78, 78, 78]


@pytest.mark.parametrize(
    ("changed", "code", "sentence"),
    [
        ({"secret": "zY8$xW5#vU2~tS9*rQ6@pO3nM"}, 1, "Secret: Credentials refused"),
        ({"username": ""}, 1, "Username is missing"),
        ({"integration_code": "my-name"}, 1, "--as-they-are"),
        ({"url": "https://evil.example"}, 1, "not the address of an Autotask zone"),
    ],
)
async def test_a_refusal_names_the_value_and_stores_nothing(
    run: Run,
    key: dict[str, str],
    autotask: AutotaskWorld,
    changed: dict[str, str],
    code: int,
    sentence: str,
) -> None:
    settings = key | reach(autotask)
    stdin = values(autotask, **changed)
    result = await asyncio.to_thread(run, "connect", "--workspace", "T1", stdin=stdin, **settings)

    assert result.exit_code == code
    assert sentence in result.stderr
    assert "Nothing was stored." in result.stderr
    assert not [each for each in json.loads(stdin).values() if each and each in result.output]


@pytest.mark.parametrize("stdin", ["", "not json", "[]", '{"secret": 7}'])
def test_standard_input_that_is_no_form_is_a_usage_error(
    run: Run, key: dict[str, str], stdin: str
) -> None:
    result = run("connect", "--workspace", "T1", stdin=stdin, **key)

    assert result.exit_code == 2
    assert "not a JSON object" in result.stderr


def test_no_command_takes_a_secret_as_an_argument(run: Run) -> None:
    for command in main.commands:
        if command not in ("sandbox", "keys"):
            options = run(command, "--help").stdout.lower()
            assert "--secret" not in options
            assert "--token" not in options


def test_the_workspace_has_to_be_clear(run: Run, key: dict[str, str]) -> None:
    result = run("status", **key)

    assert result.exit_code == 78
    assert "--workspace" in result.stderr


async def test_another_key_than_the_one_that_sealed_stops_the_start(
    run: Run, key: dict[str, str], autotask: AutotaskWorld
) -> None:
    settings = key | reach(autotask)
    await asyncio.to_thread(run, "connect", "--workspace", "T1", stdin=values(autotask), **settings)
    Path("bot.key").unlink()
    refused = await asyncio.to_thread(run, "keys", "new", **settings)
    other = {"DATABASE_URL": "sqlite:///other.db"}
    await asyncio.to_thread(run, "keys", "new", **settings | other)

    wrong = await asyncio.to_thread(run, "serve", **settings | TOKENS)

    assert (refused.exit_code, wrong.exit_code) == (78, 78)
    assert "an earlier key has sealed" in refused.stderr
    assert "Master key wanted:" in wrong.stderr


@pytest.fixture
async def unasked() -> AsyncIterator[dict[str, str]]:
    """A Slack, as a setting, that nobody knocks at."""
    knocks = []

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        knocks.append(writer)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield TOKENS | {"SLACK_API_URL": f"http://127.0.0.1:{port}/api/"}
    assert knocks == []


@pytest.mark.parametrize(
    ("file", "sentences"),
    [
        ("missing.key", ["missing.key cannot be read", "autotask-bot keys new --file missing.key"]),
        ("open.key", ["open.key", "everybody", "chmod o= open.key"]),
        ("other.key", ["Master key wanted: ", "autotask-bot doctor"]),
    ],
)
async def test_with_a_key_that_is_not_right_nothing_is_started_or_asked(
    run: Run,
    key: dict[str, str],
    autotask: AutotaskWorld,
    unasked: dict[str, str],
    *,
    file: str,
    sentences: list[str],
) -> None:
    apart = {"DATABASE_URL": "sqlite:///other.db"}
    other = await asyncio.to_thread(run, "keys", "new", "--file", "other.key", **apart)
    settings = key | reach(autotask)
    await asyncio.to_thread(run, "connect", "--workspace", "T1", stdin=values(autotask), **settings)
    Path("open.key").write_bytes(Path("bot.key").read_bytes())
    Path("open.key").chmod(0o644)

    wrong = settings | unasked | {"AUTOTASK_BOT_KEY_FILE": file}
    refused = await asyncio.to_thread(run, "serve", **wrong)

    loaded = other.stdout.partition("key ")[2][:8]
    expected = [*sentences, f"loaded: {loaded}"] if file == "other.key" else sentences
    assert refused.exit_code == 78
    assert [each for each in expected if each not in refused.stderr] == []
    assert not Path("missing.key").exists()


async def test_a_schema_of_a_newer_version_is_left_alone(
    run: Run, key: dict[str, str], unasked: dict[str, str]
) -> None:
    await asyncio.to_thread(run, "migrate", **key)
    database = Database.open("sqlite:///autotask-bot.db")
    async with database.write() as transaction:
        await transaction.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    await database.close()
    before = Path("autotask-bot.db").read_bytes()

    refused = await asyncio.to_thread(run, "serve", **key | unasked)

    assert refused.exit_code == 78
    assert "written by a newer version" in refused.stderr
    assert Path("autotask-bot.db").read_bytes() == before


async def test_a_token_that_slack_refuses_ends_with_a_sentence(
    run: Run, key: dict[str, str], slack: SlackWorld
) -> None:
    chat = slack.announcement()
    wrong = key | TOKENS | {"SLACK_API_URL": chat["api_url"]}
    bot_token = await asyncio.to_thread(run, "serve", **wrong)
    right = {"SLACK_BOT_TOKEN": chat["bot_token"]}
    app_token = await asyncio.to_thread(run, "serve", **wrong | right)

    assert (bot_token.exit_code, app_token.exit_code) == (78, 78)
    assert "Slack refuses SLACK_BOT_TOKEN (invalid_auth)" in bot_token.stderr
    assert "Slack refuses SLACK_APP_TOKEN (invalid_auth)" in app_token.stderr


async def test_doctor_names_the_fix_for_each_thing_that_is_wrong(
    run: Run, key: dict[str, str], slack: SlackWorld
) -> None:
    chat = slack.announcement()
    fine = key | {
        "SLACK_API_URL": chat["api_url"],
        "SLACK_BOT_TOKEN": chat["bot_token"],
        "SLACK_APP_TOKEN": chat["app_token"],
    }
    well = await asyncio.to_thread(run, "doctor", **fine)
    ill = await asyncio.to_thread(run, "doctor", **fine | {"SLACK_BOT_TOKEN": "xoxb-wrong"})

    assert (well.exit_code, ill.exit_code) == (0, 78)
    assert "works, workspace" in well.stdout
    assert "Copy the Bot User OAuth Token" in ill.stdout


async def test_what_reached_nobody_is_sent_again_on_the_operators_word(
    run: Run, key: dict[str, str], autotask: AutotaskWorld
) -> None:
    settings = key | reach(autotask)

    def go(*arguments: str, stdin: str = "") -> Result:
        return run(*arguments, "--workspace", "T1", stdin=stdin, **settings)

    await asyncio.to_thread(go, "connect", stdin=values(autotask))
    none = await asyncio.to_thread(go, "resend")
    database = Database.open("sqlite:///autotask-bot.db")
    async with database.write() as transaction:
        await transaction.exec_driver_sql(_DEAD)
    await database.close()
    one = await asyncio.to_thread(go, "resend")

    assert (none.stdout, one.stdout) == (
        "None has died.\n",
        "1 owed anew; serve delivers them.\n",
    )


_DEAD = """
    INSERT INTO alerts (id, workspace_id, connection_id, kind, text, version, not_before, state,
        attempts, step, created_at)
    SELECT 'a1', workspace_id, id, 'notice', 'Moved.', 0, 0, 'dead', 3, 2, 0 FROM connections
"""


@pytest.mark.parametrize(
    ("ago", "line"),
    [
        (5, "ok   Watching: watched until "),
        (3600, "bad  Watching: nobody has watched since"),
    ],
)
async def test_doctor_tells_until_when_somebody_watched(
    run: Run, key: dict[str, str], tmp_path: Path, ago: int, line: str
) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'bot.db'}")
    await database.migrate()
    seen_at = datetime.now(UTC) - timedelta(seconds=ago)
    node = Node("n1", seen_at, seen_at, 0.01)
    await NodeTable(database).beat(node, gap_after=None, gap_id="g1")
    await database.close()
    url = {"DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}"}
    secret = "https://heartbeat.example/made-up"

    result = await asyncio.to_thread(run, "doctor", **key | url | {"HEARTBEAT_URL": secret})

    assert line in result.stdout
    assert "ok   Heartbeat: set" in result.stdout
    assert "made-up" not in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ({"CA_FILE": "bot.key"}, "bad  Settings: CA_FILE"),
        ({"DATABASE_URL": "sqlite:////nowhere/x.db"}, "bad  Database: The database file"),
        ({"AUTOTASK_BOT_KEY_FILE": "none"}, "bad  Key: The key file none"),
    ],
)
def test_doctor_files_what_cannot_be_opened_under_the_right_line(
    run: Run, key: dict[str, str], wrong: dict[str, str], line: str
) -> None:
    result = run("doctor", **key | wrong)

    assert result.exit_code == 78
    assert line in result.stdout


def test_the_operators_commands_work_on_postgresql(run: Run, postgresql_url: str) -> None:
    there = {"DATABASE_URL": postgresql_url, "AUTOTASK_BOT_KEY_FILE": "bot.key"}

    for command in (("keys", "new"), ("migrate",), ("status", "--workspace", "T1")):
        assert run(*command, **there).exit_code == 0
    found = run("doctor", **there).stdout

    assert "ok   Database: open, and the schema is up to date" in found
    assert "ok   Stored credentials: 0 of 0 open" in found


def test_doctor_says_why_postgresql_is_not_there(run: Run, key: dict[str, str]) -> None:
    nowhere = {"DATABASE_URL": "postgresql://bot:made-up@127.0.0.1:1/bot"}

    result = run("doctor", **key | nowhere)

    assert "bad  Database: The database server cannot be reached" in result.stdout
    assert "made-up" not in result.output


def test_health_says_when_nobody_answers(run: Run) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        result = run("health", HTTP_PORT=str(probe.getsockname()[1]))

    assert result.exit_code == 1
    assert "Nobody answers" in result.stderr


def test_a_bot_that_is_held_up_is_not_healthy(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system takes the connection, and nobody comes to answer it."""
    monkeypatch.setattr(main_module, "HEALTH", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as held_up:
        result = run("health", HTTP_PORT=str(held_up.getsockname()[1]))

    assert result.exit_code == 1
    assert "Nobody answers" in result.stderr


async def test_health_says_when_somebody_else_answers(run: Run) -> None:
    async def mail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        await reader.read()
        writer.close()

    async with await asyncio.start_server(mail, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        result = await asyncio.to_thread(run, "health", HTTP_PORT=str(port))

    assert result.exit_code == 1
    assert "is not the bot" in result.stderr


def test_a_kept_sandbox_whose_port_is_taken_says_so(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        state = Path("state")
        state.mkdir()
        (state / "sandbox.json").write_text(json.dumps({"seed": 7, "autotask_port": port}))
        result = run("sandbox", "--keep", "state")

    assert result.exit_code == 1
    assert f"port {port} cannot be used" in result.stderr
    assert "another directory" in result.stderr


@pytest.mark.parametrize("which", ["autotask", "slack"])
def test_a_taken_port_is_a_sentence(run: Run, which: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = run("sandbox", which, "--port", port)

    assert (result.exit_code, result.stdout) == (1, "")
    assert f"port {port} cannot be used" in result.stderr


def test_the_guide_has_eight_steps(run: Run) -> None:
    assert "8. Save, then connect" in run("guide").stdout
