"""Rules of the house that no linter knows."""

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import cast

from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import Settings, _is_hidden
from bot.slack import bolt
from bot.slack.desk import Desk

BOT = Path("bot")
OWN_ROOMS = [path for path in BOT.rglob("*.py") if "sandbox" not in path.parts]

REVEALED = {
    "slack_bot_token": ("bot/slack/client.py", {"token"}),
    "slack_app_token": ("bot/slack/socket.py", {"token"}),
    "slack_signing_secret": ("bot/slack/door.py", {"self._secret"}),
    "database_url": ("bot/store/database.py", {"url"}),
    "autotask_bot_key": ("bot/vault/keyfile.py", {"value"}),
    "outbound_proxy": ("bot/proxy.py", {"proxy"}),
    "heartbeat_url": ("bot/routes/heartbeat.py", {"self._url"}),
}
"""Each secret setting, and the one module that looks at it, to hand it to its owner."""
CREDENTIALS_REVEALED = {
    "bot/autotask/client.py": {
        "credentials.integration_code",
        "credentials.secret",
        "credentials.username",
    },
    "bot/autotask/zones.py": {"username"},
    "bot/vault/credentials.py": {
        "credentials.integration_code",
        "credentials.secret",
        "credentials.username",
        "username",
    },
    "bot/vault/references.py": {"text"},
}
"""Who may look at what people typed, or put into a vault: the way to Autotask, the seal, and who
reads what an entry says."""
NO_SECRETS = {
    "slack_api_url",
    "autotask_zone_url",
    "autotask_status_url",
    "autotask_bot_key_file",
    "key_source",
    "vault_token_file",
    "azure_key_vault_url",
}
"""Settings whose names sound as if they were."""


def calls(path: Path, name: str) -> int:
    tree = ast.parse(path.read_text())
    return sum(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == name
        for node in ast.walk(tree)
    )


def receivers(path: Path, name: str) -> set[str]:
    """What `name()` is called on."""
    return {
        ast.unparse(node.func.value)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == name
    }


def test_secrets_are_revealed_where_they_are_handed_to_their_owner_and_nowhere_else() -> None:
    found = {path.as_posix(): receivers(path, "reveal") for path in OWN_ROOMS}

    expected = CREDENTIALS_REVEALED | dict(REVEALED.values())
    assert {path: said for path, said in found.items() if said} == expected
    assert len(expected) == len(CREDENTIALS_REVEALED) + len(REVEALED)


def test_every_secret_setting_is_one_that_is_known_here() -> None:
    fields = Settings.model_fields.items()
    hidden = {name for name, field in fields if _is_hidden(field.annotation)}
    sounds = re.compile("token|secret|key|password|url|proxy")

    assert hidden == REVEALED.keys()
    assert {name for name, _ in fields if sounds.search(name)} - hidden == NO_SECRETS


def test_only_the_log_s_last_wall_asks_which_secrets_there_are() -> None:
    asking = {path.as_posix() for path in OWN_ROOMS if "living" in path.read_text()}

    assert asking == {"bot/domain/secret.py", "bot/redaction.py"}


def test_secrets_are_compared_in_constant_time() -> None:
    """By `==` of two secrets, which is such a comparison, or by one named so."""
    assert receivers(Path("bot/domain/secret.py"), "compare_digest") == {"hmac"}
    assert receivers(Path("bot/slack/door.py"), "compare_digest") == {"hmac"}


def test_nothing_that_is_stored_is_run() -> None:
    """No pickle, no eval, and no job store but the scheduler's memory."""
    runs = {"pickle", "marshal", "shelve", "yaml", "eval", "exec", "jobstores", "add_jobstore"}
    found = {}
    for path in OWN_ROOMS:
        nodes = list(ast.walk(ast.parse(path.read_text())))
        imports = [each for node in nodes if isinstance(node, ast.Import) for each in node.names]
        imported = {each.name for each in imports}
        imported |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
        called = {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}
        named = {str(node.arg) for node in nodes if isinstance(node, ast.keyword)}
        found[path.as_posix()] = runs & (imported | called | named)

    assert {path: hits for path, hits in found.items() if hits} == {}


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

    kinds = ("command", "view", "view_closed", "action", "shortcut", "options", "event", "error")
    assert listeners == {f"app.{kind}": 1 for kind in kinds}
    assert len(app._async_listeners) == 7
    assert app.listener_runner.process_before_response
    assert not [each for each in app._async_listeners if each.lazy_functions]
