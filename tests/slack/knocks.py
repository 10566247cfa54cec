"""Requests that nobody should send, drawn by a seed: forged, stale, and signed but ill-formed."""

import hashlib
import hmac
import json
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bot.slack import bolt

Json = dict[str, Any]

KEY = "made-up-signing-secret"
CANARY = "a-canary"
"""In every body; it must not be in the log."""
FORM, JSON = "application/x-www-form-urlencoded", "application/json"

_PERSON = {"id": "U1", "team_id": "T1", "name": CANARY}
_ACTOR: Json = {
    "user": _PERSON,
    "team": {"id": "T1", "domain": CANARY},
    "trigger_id": CANARY,
    "enterprise": None,
    "is_enterprise_install": False,
}
_VIEW: Json = {
    "id": "V1",
    "type": "modal",
    "callback_id": CANARY,
    "private_metadata": json.dumps({"id": CANARY}),
    "hash": CANARY,
    "team_id": "T1",
    "app_installed_team_id": "T1",
    "state": {
        "values": {
            "secret": {"value": {"type": "plain_text_input", "value": CANARY}},
            "channel": {"value": {"type": "channels_select", "selected_channel": "C1"}},
            "people": {"value": {"type": "multi_users_select", "selected_users": ["U1"]}},
            "at": {"value": {"type": "datetimepicker", "selected_date_time": 1}},
            "one": {"value": {"type": "static_select", "selected_option": {"value": CANARY}}},
            "some": {"value": {"type": "checkboxes", "selected_options": [{"value": CANARY}]}},
        }
    },
}
_BUTTON = {"type": "button", "value": CANARY, "block_id": "b"}
_PLACE = {"id": "C1", "name": CANARY}

_COMMAND: Json = {
    "command": "/autotask",
    "team_id": "T1",
    "user_id": "U1",
    "channel_id": "C1",
    "trigger_id": CANARY,
    "response_url": "http://127.0.0.1:9/",
}
COMMANDS: tuple[Json, ...] = tuple(
    {**_COMMAND, "text": f"{verb} {CANARY}"} for verb in (*bolt.ANSWERED, *bolt.TAKEN_UP, "")
)
EVENTS: tuple[Json, ...] = (
    {
        "type": "event_callback",
        "team_id": "T1",
        "event_id": CANARY,
        "event_time": 1,
        "event": {"type": "channel_archive", "channel": "C1", "user": "U1", "text": CANARY},
        "authorizations": [{"team_id": "T1", "enterprise_id": None, "user_id": "U2"}],
    },
    {"type": "url_verification", "challenge": CANARY, "token": CANARY},
    {"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1, "x": CANARY},
)
INTERACTIONS: tuple[Json, ...] = (
    *(
        {"type": "block_actions", **_ACTOR, "actions": [{**_BUTTON, "action_id": action}], **where}
        for action in (*bolt.ACTIONS, "nobody's")
        for where in ({"channel": _PLACE, "message": {}}, {"view": {**_VIEW, "type": "home"}})
    ),
    *(
        {"type": "view_submission", **_ACTOR, "view": {**_VIEW, "callback_id": form}}
        for form in (*bolt.SUBMISSIONS, "nobody's")
    ),
    {"type": "view_closed", **_ACTOR, "view": _VIEW, "is_cleared": True},
    {"type": "block_suggestion", **_ACTOR, "action_id": "a", "block_id": "b", "value": CANARY},
    {"type": "shortcut", **_ACTOR, "callback_id": CANARY},
    {"type": "message_action", **_ACTOR, "callback_id": CANARY, "channel": _PLACE, "message": {}},
    {"type": "interactive_message", **_ACTOR, "callback_id": CANARY, "actions": [_BUTTON]},
    {"type": "dialog_submission", **_ACTOR, "callback_id": CANARY, "submission": {}},
    {"type": "dialog_suggestion", **_ACTOR, "callback_id": "c", "name": "n", "value": CANARY},
    {"type": "dialog_cancellation", **_ACTOR, "callback_id": CANARY},
)

_JUNK: tuple[Any, ...] = (
    *(None, True, 0, -1, 1e300, 2**70, "", "\0", "\ud800", "é", "*" * 5000, CANARY),
    *([], [[]], [None], [CANARY], {}, {"id": None}, {"id": CANARY}, {"": {}}),
)
_STAMPS = ("", "-1", "nan", "9" * 5000, "1767355200.0", "1767355200 x", "٣" * 10, "0x69570000")


@dataclass(frozen=True)
class Knock:
    """One request, and whether a stranger has sent it: then nothing good may come of it."""

    what: str
    stranger: bool
    headers: tuple[tuple[str, bytes], ...]
    body: bytes

    def raw(self) -> bytes:
        """As it goes over the line, on a connection that stays open."""
        lines = [b"%s: %s\r\n" % (name.encode(), value) for name, value in self.headers]
        head = b"POST /slack/events HTTP/1.1\r\nHost: bot\r\n%s" % b"".join(lines)
        return b"%sContent-Length: %d\r\n\r\n%s" % (head, len(self.body), self.body)


def knocks(seed: int, count: int, now: int) -> Iterator[Knock]:
    """So many requests, each of these kinds as often; `now` is the time in seconds since 1970."""
    dice = random.Random(seed)  # noqa: S311 - dice, not keys
    kinds: tuple[Callable[[random.Random, int], Knock], ...] = (_forged, _stale, _ill_formed)
    for number in range(count):
        yield kinds[number % len(kinds)](dice, now)


def well_formed(now: int) -> Iterator[Knock]:
    """One of each kind of payload, as Slack sends it."""
    for payload in (*COMMANDS, *EVENTS, *INTERACTIONS):
        yield Knock(str(payload.get("type")), False, *_sent(*written(payload, payload), now))


def written(payload: Json, like: Json) -> tuple[str, bytes]:
    """The content type and the body, by the way on which Slack sends what is like this one."""
    if like in COMMANDS:
        return FORM, urlencode(payload, errors="replace").encode()
    if like in EVENTS:
        return JSON, json.dumps(payload).encode()
    return FORM, urlencode({"payload": json.dumps(payload)}).encode()


def _sent(
    content_type: str, body: bytes, at: int, key: str = KEY
) -> tuple[tuple[tuple[str, bytes], ...], bytes]:
    signature = hmac.new(key.encode(), b"v0:%d:%s" % (at, body), hashlib.sha256).hexdigest()
    return (
        ("Content-Type", content_type.encode()),
        ("X-Slack-Request-Timestamp", str(at).encode()),
        ("X-Slack-Signature", f"v0={signature}".encode()),
    ), body


def _any_payload(dice: random.Random) -> Json:
    return dice.choice((*COMMANDS, *EVENTS, *INTERACTIONS))


def _any_written(dice: random.Random) -> tuple[str, bytes]:
    payload = _any_payload(dice)
    return written(payload, payload)


def _forged(dice: random.Random, now: int) -> Knock:
    """Signed by another, or not at all, or changed on the way."""
    headers, body = _sent(*_any_written(dice), now)
    kind, stamp, signature = headers
    match dice.randrange(6):
        case 0:
            headers, body = _sent(*_any_written(dice), now, key=f"key {dice.random()}")
        case 1:
            headers = (kind, *dice.choice(((), (stamp,), (signature,))))
        case 2:
            headers = (kind, (stamp[0], dice.choice(_STAMPS).encode()), signature)
        case 3:
            wrong = dice.choice((b"v0=", b"v1=" + b"0" * 64, b"v0=" + "é".encode() * 32, b""))
            headers = (kind, stamp, (signature[0], wrong))
        case 4:
            place = dice.randrange(len(body))
            body = (
                body[:place] + bytes([body[place] ^ (1 << dice.randrange(8))]) + body[place + 1 :]
            )
        case 5:
            headers = (kind, (stamp[0], str(now + dice.choice((-1, 1))).encode()), signature)
    return Knock("forged", True, headers, body)


def _stale(dice: random.Random, now: int) -> Knock:
    """Slack's own, too old or too early."""
    at = now + dice.choice((-1, 1)) * dice.randint(320, 10**7)
    return Knock("stale", True, *_sent(*_any_written(dice), at))


def _ill_formed(dice: random.Random, now: int) -> Knock:
    """Signed, and of another shape than Slack's."""
    like = _any_payload(dice)
    payload = deepcopy(like)
    for _ in range(dice.randint(1, 3)):
        _mutate(dice, payload)
    content_type, body = written(payload, like)
    match dice.randrange(8):
        case 0:
            content_type = dice.choice(("", "text/plain", "APPLICATION/JSON", "application/json;x"))
        case 1:
            body = body[: dice.randrange(len(body))]
        case 2:
            body = body + b"&" + body
        case 3:
            body = dice.choice((b"", b"payload=", b"[]", b"1", b"null", b"payload=" + b"[" * 9999))
        case 4:
            body = dice.randbytes(dice.randrange(200)) + CANARY.encode()
    return Knock("ill-formed", False, *_sent(content_type, body, now))


def _mutate(dice: random.Random, node: Any) -> None:
    """Put junk somewhere inside, or leave something out."""
    while node:
        place = dice.choice(list(node) if isinstance(node, dict) else list(range(len(node))))
        if isinstance(node[place], dict | list) and node[place] and dice.random() < 0.7:
            node = node[place]
        elif dice.random() < 0.3:
            del node[place]
            return
        else:
            node[place] = deepcopy(dice.choice(_JUNK))
            return
