"""The way out to Slack's Web API: one client, one session, for the whole process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.secret import Secret
from bot.slack.messenger import CALL_DEADLINE


@asynccontextmanager
async def open_client(
    token: Secret | None, *, api_url: str, proxy: str | None = None
) -> AsyncIterator[AsyncWebClient]:
    """A client that keeps its connections. Without a session of its own slack_sdk opens a new
    connection for every call, at 25 times the cost. Its retries are off: see the messenger.
    """
    deadline = aiohttp.ClientTimeout(total=CALL_DEADLINE)
    async with aiohttp.ClientSession(timeout=deadline, trust_env=False) as session:
        yield AsyncWebClient(
            token=token.reveal() if token else None,
            base_url=api_url.rstrip("/") + "/",
            session=session,
            proxy=proxy,
            retry_handlers=[],
        )
