"""The request door: only Slack gets in, once, in time, and well formed; nobody causes a 500."""

import hashlib
import hmac
import io
import json
import logging
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

from bot.domain.secret import Secret
from bot.slack import door as door_module
from bot.slack.door import LARGEST, WINDOW, Reply, SlackDoor

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

    @app.command("/form")
    async def form(ack: AsyncAck) -> None:
        await ack(text="heard", response_type="ephemeral")

    @app.command("/silent")
    async def silent(ack: AsyncAck) -> None:
        await ack()

    @app.command("/broken")
    async def broken(ack: AsyncAck) -> BoltResponse:
        return BoltResponse(status=503, body="a fault of ours")

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


async def ask(door: SlackDoor, **fields: str) -> Reply:
    body = urlencode({"command": "/autotask", "team_id": "T1", "user_id": "U1", **fields}).encode()
    return await door(signed(body), body)


@pytest.mark.parametrize("off", [-WINDOW, WINDOW, 0])
async def test_a_clock_may_be_off_by_as_much_as_slack_allows(
    door: SlackDoor, heard: list[str], off: int
) -> None:
    body = COMMAND.encode()

    assert (await door(signed(body, at=NOW + off), body)).status == 200
    assert heard == ["a-canary"]


async def test_an_answer_is_said_in_its_own_kind(door: SlackDoor) -> None:
    form = await ask(door, command="/form")

    assert (form.status, form.content_type) == (200, "application/json")
    assert json.loads(form.body) == {"text": "heard", "response_type": "ephemeral"}
    assert (await ask(door, text="x")) == Reply(200, "heard", "text/plain")
    assert (await ask(door, command="/silent")) == Reply(200, "", "text/plain")


async def test_a_fault_of_ours_is_acknowledged_since_it_would_only_come_again(
    door: SlackDoor,
) -> None:
    reply = await ask(door, command="/broken")

    assert (reply.status, reply.body, reply.content_type) == (200, "", "text/plain")


async def test_what_nobody_foresaw_is_acknowledged_and_logged_by_its_place_alone(
    door: SlackDoor, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    async def fail(_: object, depth: int = 9) -> BoltResponse:
        if depth:
            return await fail(_, depth - 1)
        raise KeyError("a-canary")

    monkeypatch.setattr(door._app, "async_dispatch", fail)

    assert await ask(door, text="a-canary") == Reply(200)
    told = json.loads(log.getvalue())
    assert (told["event"], told["reason"], told["level"]) == ("request_failed", "KeyError", "error")
    assert [re.sub(r"\d+", "N", each) for each in told["at"]] == ["test_door.py:N fail"] * 5
    assert "a-canary" not in log.getvalue()


async def test_bytes_are_forgotten_once_they_are_too_old_to_come_again(
    door: SlackDoor, clock: Clock, heard: list[str]
) -> None:
    headers, body = signed(COMMAND.encode(), at=NOW + WINDOW), COMMAND.encode()
    clock.time = NOW - 1
    await ask(door, text="an earlier one")
    heard.clear()
    for passed in (0, WINDOW, 2 * WINDOW):
        clock.time = NOW + passed
        assert (await door(headers, body)).status == 200
    assert heard == ["a-canary"]

    clock.time = NOW + 2 * WINDOW + 1
    assert (await door(headers, body)).status == 401
    await ask(door, text="another")  # refused too, and forgets nothing
    body = urlencode({"command": "/autotask", "team_id": "T1", "user_id": "U1"}).encode()
    assert (await door(signed(body, at=clock.time), body)).status == 200
    assert len(door._seen) == 1


async def test_no_more_are_remembered_than_there_is_room_for(
    door: SlackDoor, monkeypatch: pytest.MonkeyPatch, heard: list[str]
) -> None:
    monkeypatch.setattr(door_module, "_MOST_SEEN", 2)
    for text in ("1", "2", "2", "3", "2", "3", "1"):
        await ask(door, text=text)

    assert heard == ["1", "2", "3", "1"]
    assert len(door._seen) == 2


async def test_the_largest_is_as_large_as_slack_s_largest(
    door: SlackDoor, heard: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    whole = urlencode({**dict(parse_qsl(COMMAND)), "x": ""}).encode()
    for size, status in ((LARGEST, 200), (LARGEST + 1, 413)):
        body = whole + b"x" * (size - len(whole))
        assert await door(signed(body), body) == (
            Reply(200, "heard") if status == 200 else Reply(status)
        )
    (told,) = [vars(each) for each in caplog.records if each.message == "request_refused"]
    assert (told["reason"], told["bytes"]) == ("too_large", LARGEST + 1)
    assert LARGEST == 1_048_576


async def test_what_is_ill_formed_is_told_by_its_size(
    door: SlackDoor, caplog: pytest.LogCaptureFixture
) -> None:
    assert await door(signed(b"{}"), b"{}") == Reply(400)
    (told,) = [vars(each) for each in caplog.records if each.message == "request_refused"]
    assert (told["reason"], told["bytes"], told["levelname"]) == ("ill_formed", 2, "WARNING")


async def test_the_answer_to_what_slack_asks_about_the_address(door: SlackDoor) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "xyz", "token": "t"}).encode()
    headers = signed(body) | {"Content-Type": "application/json"}

    assert json.loads((await door(headers, body)).body) == {"challenge": "xyz"}


async def test_another_secret_opens_nothing(door: SlackDoor, heard: list[str]) -> None:
    body = COMMAND.encode()

    assert (await door(signed(body, key="another"), body)).status == 401
    assert heard == []
