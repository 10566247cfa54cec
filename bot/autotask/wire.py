"""The way out to Autotask: one client, one connection pool, one TLS context for the process."""

import asyncio
import logging
import ssl
from collections.abc import Mapping

import httpx
from aiohttp.abc import AbstractResolver

from bot.autotask.answers import Answer, Kind
from bot.autotask.failures import Failure, classify
from bot.outbound import RAISED, open_client

log = logging.getLogger(__name__)

DEADLINE = 15.0
"""Seconds per request, its body included: a cold connection once took 11 (JUICT lessons)."""
LONGEST_BODY = 1_000_000
"""Bytes; what is asked here is answered in a few hundred."""
CONNECTIONS = 128


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
        proxy: str | None = None,
        deadline: float = DEADLINE,
        resolver: AbstractResolver | None = None,
    ) -> None:
        """`zone_url` is where zones are looked up, `trust` whom TLS believes; `resolver` finds
        addresses (None: the system's).
        """
        self.zone_url = zone_url.rstrip("/")
        self._deadline = deadline
        self._client = open_client(
            trust=trust,
            proxy=proxy,
            connections=CONNECTIONS,
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            resolver=resolver,
        )

    async def get(
        self,
        url: str,
        *,
        endpoint: str,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Answer | Failure:
        """Ask once; aiohttp asks again where a kept connection turns out to be closed. `endpoint`
        is the name of the request in the log, which holds no more of it.
        """
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            async with (
                asyncio.timeout(self._deadline),
                self._client.stream("GET", url, headers=headers, params=params) as response,
            ):
                outcome: Answer | Failure = await _read(response)
        except RAISED as error:
            outcome = classify(error)
        ms = round((clock() - started) * 1000)
        log.debug("GET %s: %s, %d ms", endpoint, outcome.summary, ms)
        return outcome

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()


async def _read(response: httpx.Response) -> Answer:
    """Raw, since to unpack what was compressed unasked is how small answers fill the memory."""
    status = response.status_code
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        return Answer(status, Kind.COMPRESSED)
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > LONGEST_BODY:
            return Answer(status, Kind.TOO_LONG)
    return Answer.of(status, bytes(body), media_type=response.headers.get("content-type", ""))
