"""The request door: only Slack gets in, once, in time, and well formed; nobody causes a 500."""

import hashlib
import hmac
import json
import logging
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult

from bot.domain.secret import Secret
from bot.slack.door import LARGEST, SlackDoor

NOW = 1_767_355_200.0
KEY = "made-up-signing-secret"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
COMMAND = urlencode({"command": "/autotask", "text": "a-canary", "team_id": "T1", "user_id": "U1"})


class Clock:
    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def heard() -> list[str]:
    """What came through to the app."""
    return []


@pytest.fixture
def door(clock: Clock, heard: list[str]) -> Iterator[SlackDoor]:
    async def authorize(**_: object) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-made-up")

    app = AsyncApp(
        authorize=authorize, process_before_response=True, request_verification_enabled=False
    )

    @app.command("/autotask")
    async def listen(ack: AsyncAck, context: AsyncBoltContext, command: dict[str, str]) -> None:
        heard.append(command["text"])
        await ack("heard")

    yield SlackDoor(app, Secret(KEY), clock)


def signed(body: bytes, *, at: float = NOW, key: str = KEY) -> dict[str, str]:
    base = f"v0:{int(at)}:".encode() + body
    signature = hmac.new(key.encode(), base, hashlib.sha256).hexdigest()
    return FORM | {
        "X-Slack-Request-Timestamp": str(int(at)),
        "X-Slack-Signature": f"v0={signature}",
    }


async def test_a_signed_command_comes_through(door: SlackDoor, heard: list[str]) -> None:
    reply = await door(signed(COMMAND.encode()), COMMAND.encode())

    assert (reply.status, reply.body) == (200, "heard")
    assert heard == ["a-canary"]


async def test_the_same_bytes_a_second_time_have_no_effect(
    door: SlackDoor, heard: list[str]
) -> None:
    headers, body = signed(COMMAND.encode()), COMMAND.encode()

    assert [(await door(headers, body)).status for _ in range(3)] == [200, 200, 200]
    assert heard == ["a-canary"]


@pytest.mark.parametrize("off", [-301, 301, -86_400])
async def test_a_stale_or_early_request_is_refused_and_the_log_names_the_clock(
    door: SlackDoor, heard: list[str], off: int, caplog: pytest.LogCaptureFixture
) -> None:
    body = COMMAND.encode()

    assert (await door(signed(body, at=NOW + off), body)).status == 401
    assert heard == []
    (told,) = [vars(each) for each in caplog.records if each.message == "request_refused"]
    assert (told["reason"], told["seconds_off"]) == ("clock_or_replay", off)


async def test_what_nobody_has_signed_says_nothing_of_the_clock(
    door: SlackDoor, caplog: pytest.LogCaptureFixture
) -> None:
    body = COMMAND.encode()
    headers = signed(body, at=NOW - 86_400) | {"X-Slack-Signature": "v0=" + "0" * 64}

    assert (await door(headers, body)).status == 401
    (told,) = [vars(each) for each in caplog.records if each.message == "request_refused"]
    assert told["reason"] == "not_signed"


@pytest.mark.parametrize(
    "change",
    [
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": "v0=é"},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "now"},
        {"X-Slack-Request-Timestamp": "9" * 5000},
        {"X-Slack-Request-Timestamp": "１７６７３５５２００"},
    ],
)
async def test_strangers_are_refused_and_nothing_of_the_body_is_logged(
    door: SlackDoor, change: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    body = COMMAND.encode()

    assert (await door(signed(body) | change, body)).status == 401
    assert "a-canary" not in caplog.text


async def test_every_flipped_bit_of_the_body_is_noticed(door: SlackDoor, heard: list[str]) -> None:
    body = COMMAND.encode()
    headers = signed(body)

    for place in range(len(body) * 8):
        forged = bytearray(body)
        forged[place // 8] ^= 1 << place % 8
        assert (await door(headers, bytes(forged))).status == 401
    assert heard == []


@pytest.mark.parametrize(
    "body",
    [
        b"payload={not json",
        b"payload=[]",
        b"payload=1",
        b"payload=null",
        b"payload=" + b"[" * 50_000,
        b"\xff\xfe",
        b"",
        b"&".join(b"a%d=1" % n for n in range(500)),
        urlencode({"payload": json.dumps({"type": "block_actions"})}).encode(),
        urlencode({"payload": json.dumps({"type": "view_submission", "view": 7})}).encode(),
        urlencode({"payload": json.dumps({"type": 7, "user": []})}).encode(),
    ],
)
async def test_what_is_signed_but_ill_formed_is_no_fault_of_ours(
    door: SlackDoor, heard: list[str], body: bytes
) -> None:
    assert (await door(signed(body), body)).status < 500
    assert heard == []


async def test_too_much_is_refused_before_it_is_looked_at(door: SlackDoor) -> None:
    body = b"x" * (LARGEST + 1)

    assert (await door(signed(body), body)).status == 413


async def test_another_secret_opens_nothing(door: SlackDoor, heard: list[str]) -> None:
    body = COMMAND.encode()

    assert (await door(signed(body, key="another"), body)).status == 401
    assert heard == []
