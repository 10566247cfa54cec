"""The request door: what reaches Bolt over HTTP was signed by Slack, is fresh, new and well formed.

Who, when and whether again is checked on the raw bytes, before anything parses them; then the
payload's shape, before Bolt looks into it. Stock Bolt parses first, logs the body of what it
refuses, and answers 500 to a timestamp that is no number.
"""

import hashlib
import hmac
import logging
import re
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.domain.secret import Secret
from bot.slack.payload import Json, parse

log = logging.getLogger(__name__)

LARGEST = 1024 * 1024
"""Bytes. Slack's largest payload holds a view of 250 kB, in a form, where a quote takes three."""
WINDOW = 300
"""Seconds that a timestamp may be off (Slack's page on verifying requests)."""
_TIMESTAMP = re.compile(r"[0-9]{10}", re.ASCII)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)
_MOST_SEEN = 100_000


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back over HTTP."""

    status: int
    body: str = ""
    content_type: str = "text/plain"


class SlackDoor:
    """Lets Slack's requests through to `app`. `now` is the time of day in seconds since 1970."""

    def __init__(self, app: AsyncApp, secret: Secret, now: Callable[[], float]) -> None:
        self._app = app
        self._secret = secret
        self._now = now
        self._seen: OrderedDict[str, float] = OrderedDict()

    async def __call__(self, headers: Mapping[str, str], body: bytes) -> Reply:
        """401 for strangers, 413 and 400 for what cannot be, else Bolt's answer. Logs no body."""
        given = defaultdict(str, {name.lower(): value for name, value in headers.items()})
        if len(body) > LARGEST:
            return _refuse(413, "too_large", body)
        if not self._signed(given, body):
            return _refuse(401, "not_signed", body)
        if off := self._off(given):
            return _refuse(401, "clock_or_replay", body, seconds_off=off)
        if self._repeated(given["x-slack-signature"]):
            return Reply(200)
        payload = parse(body, given["content-type"])
        if payload is None:
            return _refuse(400, "ill_formed", body)
        return await self._dispatch(payload)

    def _signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        timestamp, signature = headers["x-slack-request-timestamp"], headers["x-slack-signature"]
        if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
            return False
        base = b"v0:" + timestamp.encode() + b":" + body
        expected = hmac.new(self._secret.reveal().encode(), base, hashlib.sha256).hexdigest()
        return hmac.compare_digest(f"v0={expected}", signature)

    def _off(self, headers: Mapping[str, str]) -> int:
        """By how many seconds Slack's time is off ours, where that is too much: our clock is wrong,
        or somebody sends again what Slack had signed."""
        off = round(int(headers["x-slack-request-timestamp"]) - self._now())
        return off if abs(off) > WINDOW else 0

    def _repeated(self, signature: str) -> bool:
        """Whether these very bytes came before, within the time that they stay valid."""
        now = self._now()
        while self._seen and next(iter(self._seen.values())) < now - 2 * WINDOW:
            self._seen.popitem(last=False)
        known = signature in self._seen
        if not known:
            if len(self._seen) >= _MOST_SEEN:
                self._seen.popitem(last=False)
            self._seen[signature] = now
        return known

    async def _dispatch(self, payload: Json) -> Reply:
        """Bolt is handed what was checked, as in Socket Mode: from the bytes it might read
        something else. Of what goes wrong the place is logged: a message may quote the payload."""
        try:
            request = AsyncBoltRequest(body=payload, mode="socket_mode")
            response = await self._app.async_dispatch(request)
        except Exception as error:  # noqa: BLE001 - the last resort: nobody causes a 500
            log.error("request_failed", extra={"reason": type(error).__name__, "at": _place(error)})  # noqa: TRY400
            return Reply(200)
        if response.status >= 500:  # Bolt has logged it; sent again it would fail again
            return Reply(200)
        content_type = response.first_headers()["content-type"].partition(";")[0]
        return Reply(response.status, response.body or "", content_type)


def _place(error: Exception) -> list[str]:
    """Where it was raised, as far as the last few calls."""
    calls = extract_tb(error.__traceback__)[-5:]
    return [f"{Path(call.filename).name}:{call.lineno} {call.name}" for call in calls]


def _refuse(status: int, reason: str, body: bytes, **more: int) -> Reply:
    log.warning("request_refused", extra={"reason": reason, "bytes": len(body), **more})
    return Reply(status)
