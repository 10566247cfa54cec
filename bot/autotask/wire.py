"""The way out to Autotask: one client, one connection pool, one TLS context for the process."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver

from bot.autotask.answers import Answer, Kind, is_redirect
from bot.autotask.failures import Failure, classify
from bot.domain.observation import Cause
from bot.domain.progress import Step, Steps, untold
from bot.domain.secret import Secret
from bot.outbound import RAISED, open_client

log = logging.getLogger(__name__)

DEADLINE = 15.0
"""Seconds per request, its body included: a cold connection once took 11 (JUICT lessons)."""
LONGEST_BODY = 1_000_000
"""Bytes; what is asked here is answered in a few hundred."""
CONNECTIONS = 128
REFUSAL_PATIENCE = 2.0
"""Seconds for the body of a 401: what it says beside its status is worth no more."""


@dataclass(slots=True)
class _Exchange:
    """How far one call has come, which its exception does not tell."""

    steps: Steps
    secure: bool
    on_sent: Callable[[], None] | None = None
    sent: bool = False
    kept: bool = False
    """Whether the connection at hand was kept from an earlier call."""
    again: bool = True
    """Whether it may be sent once more: where a kept connection had been closed meanwhile."""
    looks_up: bool = False
    """Whether the name is being looked up just now."""
    status: int | None = None
    """Known from the moment when the head of the answer is there."""


_NO_NAME = "not looked up, since the address is a number"
_IN_CLEAR = "none, since it stays on this machine"

_under_way: ContextVar[_Exchange] = ContextVar("under_way")
_own: ContextVar[httpx.AsyncClient | None] = ContextVar("own", default=None)


class Wire:
    """GET requests that end in an Answer or a Failure, never in an exception of the network's.

    To be made inside the running loop. Nothing is taken from the environment; no redirect is
    followed and no cookie kept, so that one tenant's values reach nobody else's host.
    """

    def __init__(
        self,
        *,
        zone_url: str,
        trust: ssl.SSLContext,
        proxy: Secret | None = None,
        deadline: float = DEADLINE,
        resolver: AbstractResolver | None = None,
    ) -> None:
        """`zone_url` is where zones are looked up, `trust` whom TLS believes; `resolver` finds
        addresses (None: the system's).
        """
        self.zone_url = zone_url.rstrip("/")
        self._deadline = deadline
        self._open = partial(
            open_client,
            trust=trust,
            proxy=proxy,
            connections=CONNECTIONS,
            trace_configs=[_tracing_requests(), _tracing_connections()],
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            resolver=resolver,
        )
        self._client = self._open()

    @asynccontextmanager
    async def afresh(self) -> AsyncIterator[None]:
        """Inside, requests have connections of their own, none of which is there yet."""
        client = self._open()
        outside = _own.set(client)
        try:
            yield
        finally:
            _own.reset(outside)
            await client.aclose()

    async def get(  # noqa: PLR0913 - what one request differs in from another
        self,
        url: str,
        *,
        endpoint: str,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        on_sent: Callable[[], None] | None = None,
        steps: Steps | None = None,
    ) -> Answer | Failure:
        """Ask once, and again where a kept connection turns out to be closed. `endpoint`
        is the name of the request in the log, which holds no more of it. `on_sent` is called each
        time just before the request leaves, and not where no connection comes about. `steps` is
        told of the name and of the connection; of a proxy's, where there is one.
        """
        clock = asyncio.get_running_loop().time
        started = clock()
        secure = url.startswith("https:")
        exchange = _Exchange(steps or Steps(untold, clock), secure, on_sent)
        _under_way.set(exchange)
        exchange.steps.begin()
        try:
            async with asyncio.timeout(self._deadline):
                outcome = await self._ask(url, dict(headers or {}), params)
        except RAISED as error:
            outcome = _salvage(exchange, error)
            _tell_failure(exchange, outcome)
        ms = round((clock() - started) * 1000)
        log.debug("GET %s: %s, %d ms", endpoint, outcome.summary, ms)
        return outcome

    async def _ask(
        self, url: str, headers: Mapping[str, str], params: Mapping[str, str] | None
    ) -> Answer | Failure:
        """Raises ValueError, before anything is sent, for a header that cannot be written."""
        if any(not value.isprintable() for value in headers.values()):
            raise ValueError("a header's value would end its line")
        client = _own.get() or self._client
        async with client.stream("GET", url, headers=headers, params=params) as response:
            return await _read(response)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()


def _tracing_requests() -> aiohttp.TraceConfig:
    """Hears of aiohttp when a request leaves and when the head of its answer is there.

    Of itself it would send every GET a second time where the connection is lost. One that has left
    on a fresh connection may have been served, a sign-in may have been refused: that is not done.
    """

    async def leaves(*_: object) -> None:
        exchange = _under_way.get()
        if not exchange.again:
            raise aiohttp.ServerDisconnectedError
        exchange.sent, exchange.again = True, exchange.kept
        if exchange.on_sent:
            exchange.on_sent()

    async def answered(
        session: aiohttp.ClientSession, context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
    ) -> None:
        _under_way.get().status = end.response.status

    tracing = aiohttp.TraceConfig()
    tracing.on_request_headers_sent.append(leaves)
    tracing.on_request_end.append(answered)
    return tracing


def _tracing_connections() -> aiohttp.TraceConfig:
    """Hears of aiohttp how a request's connection comes about."""

    async def new(*_: object) -> None:
        exchange = _under_way.get()
        exchange.kept = False
        exchange.steps.unknown(Step.NAME, _NO_NAME)  # where it was not looked up
        if exchange.secure:
            exchange.steps.done(Step.LINE)
        else:
            exchange.steps.unknown(Step.LINE, _IN_CLEAR)

    async def kept(*_: object) -> None:
        _under_way.get().kept = True

    async def looks_up(*_: object) -> None:
        _under_way.get().looks_up = True

    async def looked_up(*_: object) -> None:
        exchange = _under_way.get()
        exchange.looks_up = False
        exchange.steps.done(Step.NAME)

    tracing = aiohttp.TraceConfig()
    tracing.on_dns_resolvehost_start.append(looks_up)
    tracing.on_dns_resolvehost_end.append(looked_up)
    tracing.on_connection_create_end.append(new)
    tracing.on_connection_reuseconn.append(kept)
    return tracing


def _tell_failure(exchange: _Exchange, outcome: Answer | Failure) -> None:
    """Of the name or of the connection, where it never came to a request."""
    if exchange.sent or isinstance(outcome, Answer):
        return
    if outcome.cause is not Cause.OURS:
        step = Step.NAME if exchange.looks_up else Step.LINE
        exchange.steps.failed(step, outcome.summary)


def _salvage(exchange: _Exchange, error: Exception) -> Answer | Failure:
    """What is left where something failed: a refusal or a redirect is one whatever follows it."""
    status = exchange.status
    if status is not None and (status == 401 or is_redirect(status)):
        return Answer(status, Kind.UNREAD)
    return classify(error, sent=exchange.sent, answered=status is not None)


async def _read(response: httpx.Response) -> Answer:
    """Raw, since to unpack what was compressed unasked is how small answers fill the memory."""
    status = response.status_code
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        return Answer(status, Kind.COMPRESSED)
    async with asyncio.timeout(REFUSAL_PATIENCE if status == 401 else None):
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > LONGEST_BODY:
                return Answer(status, Kind.TOO_LONG)
    return Answer.of(status, bytes(body), media_type=response.headers.get("content-type", ""))
