"""The way out to Slack's Web API: one client, one session, for the whole process."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import ClientHandlerType, ClientMiddlewareType, ClientRequest, ClientResponse
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from bot.deadline import deadline
from bot.domain.secret import Secret
from bot.proxy import way_by

CALL_DEADLINE = 6.0
"""Seconds for one call, answer included."""


@asynccontextmanager
async def open_client(
    token: Secret | None,
    *,
    api_url: str,
    proxy: Secret | None = None,
    trust: ssl.SSLContext | None = None,
) -> AsyncIterator[AsyncWebClient]:
    """A client that keeps its connections. Without a session of its own slack_sdk opens a new
    connection for every call, at 25 times the cost. Its retries are off: see the messenger.

    Whatever goes through its session, response_url answers too, goes by `proxy` alone and believes
    `trust` alone (None: the public certificate authorities), whoever else was told what; and ends
    after CALL_DEADLINE with TimeoutError.
    """
    way = way_by(proxy)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=trust or True),
        timeout=aiohttp.ClientTimeout(),  # its own would count the time of a stopped process
        trust_env=False,
        middlewares=(_in_time, _always_by(way)),
    ) as session:
        client = AsyncWebClient(
            token=token.reveal() if token else None,
            base_url=api_url.rstrip("/") + "/",
            session=session,
            ssl=trust,
            retry_handlers=[],
        )
        client.proxy = way
        yield client


async def _in_time(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    async with deadline(CALL_DEADLINE):
        response = await handler(request)
        await response.read()  # whoever asked finds it read
        return response


def _always_by(proxy: str | None) -> ClientMiddlewareType:
    """slack_sdk takes HTTP_PROXY and its kin from the environment wherever no proxy is named, and
    so does each copy of the client that Bolt makes per request (seen with slack_sdk 3.47 and
    slack_bolt 1.30): the last word is the session's.
    """
    way = URL(proxy) if proxy else None

    async def send(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        request.update_proxy(way, None, None)
        return await handler(request)

    return send
