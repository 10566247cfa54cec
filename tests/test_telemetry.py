"""Logs: names of events with their fields, and no secret at any level."""

import io
import json
import logging

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.secret import Secret

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
