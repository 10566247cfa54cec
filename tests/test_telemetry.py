"""Logs: names of events with their fields, and no secret at any level."""

import base64
import io
import json
import logging
import re
import subprocess
import sys
import urllib.parse
from collections.abc import Callable

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot import telemetry
from bot.domain.secret import Secret
from bot.redaction import Redaction
from tests.logged import start

BOT_TOKEN = "xoxb-made-up-canary"


def test_an_event_is_one_json_line_with_its_fields(log: io.StringIO) -> None:
    logging.getLogger("bot.here").info("checked", extra={"connection": "c1", "status": "active"})

    (line,) = log.getvalue().splitlines()
    event = json.loads(line)
    assert (event["event"], event["connection"], event["level"]) == ("checked", "c1", "info")
    assert event["timestamp"].endswith("Z")


def test_a_forged_line_in_a_name_stays_inside_its_record(log: io.StringIO) -> None:
    logging.getLogger("bot").info("named", extra={"name_": 'x\n{"level": "error"}'})

    assert len(log.getvalue().splitlines()) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"token {BOT_TOKEN}",
        "xapp-1-made-up-canary",
        "{'Secret': 'canary', 'Accept': 'x'}",
        "ApiIntegrationCode: canary",
        '"UserName": "canary"',
        "GET /zoneInformation?user=canary%40example.com",
        "wss://wss-primary.slack.com/link/?ticket=canary&app_id=made-up",
        "postgresql://bot:canary@host/db",
        "Authorization: canary",
    ],
)
def test_what_has_the_shape_of_a_secret_is_scrubbed(log: io.StringIO, text: str) -> None:
    logging.getLogger("bot").warning(text)

    assert "canary" not in log.getvalue()


def test_the_text_of_an_exception_is_scrubbed_too(log: io.StringIO) -> None:
    try:
        int(f"bad token {BOT_TOKEN}")
    except ValueError:
        logging.getLogger("bot").exception("failed")

    assert "ValueError" in log.getvalue()
    assert "canary" not in log.getvalue()


def test_a_secret_object_prints_as_dots(log: io.StringIO) -> None:
    logging.getLogger("bot").warning("%s", Secret("canary"), extra={"held": Secret("canary")})

    assert "canary" not in log.getvalue()


VALUE = "Kö\"r%&+ <ä>\\n'/=Z"
WAYS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "JSON": json.dumps,
    "a form": urllib.parse.quote_plus,
    "an address": urllib.parse.quote,
    "an address, by others": lambda value: re.sub(
        "%..", lambda found: found[0].lower(), urllib.parse.quote(value, safe="")
    ),
    "repr": repr,
    "repr of bytes": lambda value: repr(value.encode()),
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "base64 behind something": lambda value: base64.b64encode(f"ab:{value}".encode()).decode(),
    "base64 before something": lambda value: base64.b64encode(f"a{value}z".encode()).decode(),
}


def core(spelled: str) -> str:
    """What must not be left of it: the middle."""
    return spelled[len(spelled) // 2 - 4 : len(spelled) // 2 + 4]


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("way", WAYS)
def test_a_secret_that_there_is_is_scrubbed_however_it_is_spelled(
    log: io.StringIO, way: str, *, as_json: bool
) -> None:
    start(log, as_json=as_json)
    held = Secret(VALUE)
    spelled = WAYS[way](VALUE)
    ours = logging.getLogger("bot")
    ours.info("carries", extra={"spelled": spelled})
    try:
        raise ValueError(spelled)  # noqa: TRY301
    except ValueError:
        ours.exception("failed with %s", spelled)

    written = log.getvalue()
    assert "redacted" in written
    assert "ValueError" in written
    assert core(spelled) not in written
    assert core(json.dumps(spelled)[1:-1]) not in written
    assert held


def test_what_is_gone_is_not_looked_for_any_more() -> None:
    redaction = Redaction()
    one, again, other = Secret("canary-one"), Secret("canary-one"), Secret("canary-other")
    text = "canary-one canary-other"

    assert redaction.scrub(text) == "[redacted] [redacted]"
    del one
    assert redaction.scrub(text) == "[redacted] [redacted]"
    del again
    assert redaction.scrub(text) == "canary-one [redacted]"
    del other
    assert redaction.scrub(text) == text
    assert not redaction._by_start.keys() & {"cana", "Y2Fu"}


def test_of_two_secrets_of_which_one_begins_the_other_nothing_is_left() -> None:
    held = Secret("canary"), Secret("canary-and-more")

    assert Redaction().scrub("canary-and-more") == "[redacted]"
    assert held


def test_no_local_variable_stands_in_a_traceback(log: io.StringIO) -> None:
    for as_json in (True, False):
        start(log, as_json=as_json)
        try:
            unheard_of = "yranac"[::-1]
            int(unheard_of[:0])
        except ValueError:
            logging.getLogger("bot").exception("failed")

    assert "int(unheard_of" in log.getvalue()
    assert "canary" not in log.getvalue()


CRASH = """
import threading
from bot import telemetry
from bot.domain.secret import Secret
telemetry.set_up("INFO", as_json=True)
held = Secret("canary-in-a-crash")
def crash():
    raise ValueError(held.reveal())
thread = threading.Thread(target=crash)
thread.start()
thread.join()
crash()
"""


def test_what_nobody_catches_is_scrubbed_too() -> None:
    died = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", CRASH], capture_output=True, text=True, check=False
    )

    assert died.returncode == 1
    assert [json.loads(line)["event"] for line in died.stderr.splitlines()] == ["crashed"] * 2
    assert died.stderr.count("ValueError: [redacted]") == 2


@pytest.mark.parametrize("name", telemetry.LIBRARIES)
def test_a_library_is_quiet_though_somebody_makes_it_talk(log: io.StringIO, name: str) -> None:
    assert logging.getLogger(f"{name}.part").getEffectiveLevel() == logging.WARNING
    talkative = logging.getLogger(f"{name}.part")
    talkative.setLevel(logging.DEBUG)
    talkative.info("canary")
    talkative.warning("heard")
    talkative.setLevel(logging.NOTSET)

    assert "canary" not in log.getvalue()
    assert "heard" in log.getvalue()


@pytest.mark.parametrize(
    "name", ["slack_bolt.AsyncApp", "slack_sdk.web.async_client", "httpx", "sqlalchemy.engine"]
)
def test_libraries_that_print_what_they_carry_are_quiet_at_debug(
    log: io.StringIO, name: str
) -> None:
    logging.getLogger(name).debug("canary")
    logging.getLogger(name).info("canary")
    logging.getLogger("bot.somewhere").debug("heard")

    assert "canary" not in log.getvalue()
    assert "heard" in log.getvalue()


def test_bolt_s_own_way_of_choosing_a_level_does_not_make_it_talk(log: io.StringIO) -> None:
    """It copies the root logger's level to each of its own."""
    app = AsyncApp(client=AsyncWebClient(), authorize=_nobody, request_verification_enabled=False)
    app.logger.info("canary")

    assert "canary" not in log.getvalue()


async def _nobody(**_: object) -> AuthorizeResult:
    """Authorizes whoever asks, as nobody."""
    return AuthorizeResult(enterprise_id=None, team_id=None)
