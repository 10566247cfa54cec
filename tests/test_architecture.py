"""Rules of the house that no linter knows."""

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import cast

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import bolt
from bot.slack.desk import Desk

BOT = Path("bot")
OWN_ROOMS = [path for path in BOT.rglob("*.py") if "sandbox" not in path.parts]

REVEALING = {
    "bot/app.py": "the database's address, to the database",
    "bot/__main__.py": "the database's address, to the database",
    "bot/autotask/client.py": "credentials, to Autotask",
    "bot/autotask/zones.py": "the username, to Autotask",
    "bot/routes/heartbeat.py": "the address, to whoever listens there",
    "bot/slack/client.py": "the bot token, to Slack",
    "bot/slack/door.py": "the signing secret, to the signature",
    "bot/slack/socket.py": "the app token, to Slack",
    "bot/vault/credentials.py": "credentials, to the seal",
    "bot/vault/keyfile.py": "the master key, to the key ring",
}
"""Who may look at a secret, and whom it is handed to."""


def calls(path: Path, name: str) -> int:
    tree = ast.parse(path.read_text())
    return sum(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == name
        for node in ast.walk(tree)
    )


def test_secrets_are_revealed_where_they_are_handed_to_their_owner_and_nowhere_else() -> None:
    found = {path.as_posix() for path in OWN_ROOMS if calls(path, "reveal")}

    assert found == REVEALING.keys()


def test_imports_are_silent() -> None:
    """Importing everything opens no socket, reads no setting and writes nothing."""
    script = """
import os, socket
class Loud:
    def __init__(self, *a, **k): raise SystemExit("a socket was opened")
import asyncio, aiohttp, slack_bolt.async_app, sqlalchemy.ext.asyncio
socket.socket = Loud
os.environ["CHECK_INTERVAL"] = "not a number"
import bot.__main__, bot.app, bot.doctor, bot.settings
"""
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_nobody_reads_the_clock_but_the_clock() -> None:
    """Time is an argument; the store takes seconds by a default that tests replace."""
    offenders = [
        path.as_posix()
        for path in OWN_ROOMS
        if calls(path, "utcnow")
        or (calls(path, "now") and path.name != "clock.py" and "datetime.now(" in path.read_text())
    ]

    assert offenders == []


def test_modules_are_small_and_functions_fit_in_a_glance() -> None:
    lines = {path.as_posix(): len(path.read_text().splitlines()) for path in BOT.rglob("*.py")}
    too_long = {path: count for path, count in lines.items() if count > 300}
    lengths = Counter[str]()
    for path in BOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                lengths[f"{path}:{node.name}"] = length

    assert too_long == {}
    assert {where: length for where, length in lengths.items() if length > 50} == {}


def test_one_listener_for_each_kind_of_payload_and_a_dictionary_behind_it() -> None:
    """Bolt tries its listeners one after the other, and polls for the acknowledgement of each
    unless it is told to process before it responds. Lazy listeners err in silence."""
    listeners = Counter[str]()
    for path in OWN_ROOMS:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                of_app = (ast.unparse(each) for each in node.decorator_list)
                listeners.update(each.partition("(")[0] for each in of_app if each[:4] == "app.")
    desk, client = cast("Desk", None), AsyncWebClient(token="xoxb-made-up")
    app = bolt.build(desk, client)

    assert listeners == {
        f"app.{kind}": 1
        for kind in ("command", "view", "view_closed", "action", "options", "event", "error")
    }
    assert len(app._async_listeners) == 6
    assert app.listener_runner.process_before_response
    assert not [each for each in app._async_listeners if each.lazy_functions]
