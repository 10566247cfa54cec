"""Signed HTTP: what the app is told is posted to its request URL, as docs.slack.dev describes
under verifying requests from Slack."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable
from urllib.parse import urlencode

from aiohttp import ClientError, ClientResponse, ClientSession

from bot.sandbox.slack.delivery import Kind, Retry
from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.refusal import Undelivered


class SignedHttp:
    """Implements `Delivery`."""

    def __init__(
        self, url: str, signing_secret: str, *, clock: Callable[[], float], patience: float
    ) -> None:
        self._url = url
        self._signing_secret = signing_secret
        self._clock = clock
        self._patience = patience
        self._session: ClientSession | None = None

    @property
    def connected(self) -> bool:
        """There is no telling before something is sent."""
        return True

    async def send(self, kind: Kind, payload: Json, retry: Retry | None = None) -> Json:
        """Implements `Delivery.send`."""
        body = _body(kind, payload)
        headers = {**self._signature(body), "Content-Type": _CONTENT_TYPES[kind]}
        if retry:
            headers["X-Slack-Retry-Num"] = str(retry.number)
            headers["X-Slack-Retry-Reason"] = retry.reason
        if self._session is None:
            self._session = ClientSession()
        try:
            async with (
                asyncio.timeout(self._patience),
                self._session.post(self._url, data=body, headers=headers) as response,
            ):
                return await _answer(response)
        except TimeoutError:
            raise Undelivered("operation_timeout") from None
        except (ClientError, OSError):
            raise Undelivered("dispatch_failed") from None

    async def close(self) -> None:
        if self._session:
            await self._session.close()
            self._session = None

    def _signature(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(self._clock()))
        signed = b"v0:" + timestamp.encode() + b":" + body
        digest = hmac.new(self._signing_secret.encode(), signed, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


_FORM = "application/x-www-form-urlencoded"
_CONTENT_TYPES = {Kind.COMMAND: _FORM, Kind.INTERACTIVE: _FORM, Kind.EVENT: "application/json"}


def _body(kind: Kind, payload: Json) -> bytes:
    match kind:
        case Kind.COMMAND:
            return urlencode(payload).encode()
        case Kind.INTERACTIVE:
            return urlencode({"payload": json.dumps(payload)}).encode()
        case Kind.EVENT:
            return json.dumps(payload).encode()


async def _answer(response: ClientResponse) -> Json:
    """JSON as it is, plain text as a message's text."""
    if response.status >= 500:
        raise Undelivered("http_service_error")
    if response.status >= 300:
        raise Undelivered("http_client_error")
    text = await response.text()
    if response.content_type != "application/json":
        return {"text": text} if text.strip() else {}
    try:
        answer = json.loads(text or "{}")
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
