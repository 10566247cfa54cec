"""What one look at Slack tells: whether it takes the token, and what time it is there."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiohttp import web

from bot.domain.secret import Secret
from bot.slack.client import open_client
from bot.slack.witness import SlackWitness
from bot.usecases.watching import Glance

Handler = Callable[[web.Request], Awaitable[web.Response]]
DATE = "Fri, 02 Jan 2026 12:00:00 GMT"
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def says(status: int = 200, date: str = DATE, **body: object) -> Handler:
    async def handler(_: web.Request) -> web.Response:
        headers = {"Date": date, **({"Retry-After": "30"} if status == 429 else {})}
        return web.json_response(body, status=status, headers=headers)

    return handler


@asynccontextmanager
async def slack(*handlers: Handler) -> AsyncIterator[SlackWitness]:
    """One that answers like this, in turn."""
    turns = iter(handlers)

    async def answer(request: web.Request) -> web.Response:
        return await next(turns)(request)

    app = web.Application()
    app.router.add_post("/api/auth.test", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    async with open_client(Secret("xoxb-made-up"), api_url=url) as client:
        yield SlackWitness(client)
    await runner.cleanup()


FINE = says(ok=True, bot_id="B1")


@pytest.mark.parametrize(
    ("handler", "glance"),
    [
        (FINE, Glance(answered=True, time=NOON)),
        (says(date="soon", ok=True), Glance(answered=True)),
        (says(ok=False, error="token_revoked"), Glance(True, "token_revoked", NOON)),
        (says(ok=False, error="invalid_auth"), Glance(True, "invalid_auth", NOON)),
        (says(ok=False, error="account_inactive"), Glance(True, "account_inactive", NOON)),
        (says(429, ok=False, error="ratelimited"), Glance(answered=True, time=NOON)),
        (says(503, ok=False, error="service_unavailable"), Glance(answered=False, time=NOON)),
    ],
)
async def test_a_look_tells_what_slack_says(handler: Handler, glance: Glance) -> None:
    async with slack(handler) as witness:
        assert await witness.look() == glance


async def test_nobody_there_is_no_reason_to_fall_over() -> None:
    async with open_client(Secret("xoxb-made-up"), api_url="http://127.0.0.1:9/api/") as client:
        assert await SlackWitness(client).look() == Glance(answered=False)


async def test_a_refusal_is_logged_once_and_so_is_its_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="bot")
    refused = says(ok=False, error="token_revoked")
    async with slack(FINE, refused, refused, FINE, FINE) as witness:
        for _ in range(5):
            await witness.look()

    told = [(each.levelname, each.message) for each in caplog.records]
    assert told == [("ERROR", "slack_refuses"), ("WARNING", "slack_takes_the_token_again")]
