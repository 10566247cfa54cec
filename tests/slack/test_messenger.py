"""What a failed call to Slack means for the alert, whatever shape the failure has."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from aiohttp import web

from bot.domain.connection import Connection
from bot.domain.incident import Place, notice
from bot.domain.origin import AutotaskOrigin
from bot.domain.secret import Secret
from bot.domain.sending import Delivered, Later, MessageGone, NotInstalled, Sent, Undeliverable
from bot.slack import client
from bot.slack.client import open_client
from bot.slack.messenger import SlackMessenger
from bot.usecases.ports import Owed

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Ask = Callable[[Handler], Awaitable[Sent]]
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
CONNECTION = Connection(
    id="c1",
    workspace_id="T1",
    name="Autotask",
    origin=AutotaskOrigin("https://webservices3.autotask.net"),
    company=None,
    zone=None,
    connected_by="U1",
    connected_at=NOON,
    channel="C1",
)
OWED = Owed(notice(CONNECTION, "Hello.", now=NOON, id="a1"), CONNECTION, None, 1)


@asynccontextmanager
async def messenger_to(
    handler: Handler, elapsed: Callable[[], float] = time.monotonic
) -> AsyncIterator[SlackMessenger]:
    """Its Slack answers a post as the handler says."""
    app = web.Application()
    app.router.add_post("/api/chat.postMessage", handler)
    app.router.add_post("/api/conversations.join", says("missing_scope"))
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    url = f"http://{host}:{port}/api/"
    async with open_client(Secret("xoxb-made-up"), api_url=url) as slack:
        yield SlackMessenger(slack, elapsed)
    await runner.cleanup()


@pytest.fixture
def ask() -> Ask:
    """Post an alert to a Slack that answers as the handler says; returns the outcome."""

    async def post(handler: Handler) -> Sent:
        async with messenger_to(handler) as messenger:
            return await messenger.post(OWED, "C1")

    return post


def says(error: str, **headers: str) -> Handler:
    async def handler(_: web.Request) -> web.Response:
        return web.json_response({"ok": False, "error": error}, headers=headers)

    return handler


def answers(status: int, text: str, content_type: str) -> Handler:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(status=status, text=text, content_type=content_type)

    return handler


async def test_an_accepted_message_stands_where_slack_says(ask: Ask) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "channel": "D9", "ts": "1.2"})

    assert await ask(handler) == Delivered(Place("D9", "1.2"))


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ("is_archived", Undeliverable("is_archived")),
        ("channel_not_found", Undeliverable("channel_not_found")),
        ("not_in_channel", Undeliverable("not_in_channel")),
        ("restricted_action", Undeliverable("restricted_action")),
        ("message_not_found", MessageGone("message_not_found")),
        ("internal_error", Later("internal_error", unclear=True)),
        ("token_revoked", NotInstalled("token_revoked")),
        ("invalid_auth", NotInstalled("invalid_auth")),
        ("account_inactive", NotInstalled("account_inactive")),
        ("never_heard_of", Undeliverable("never_heard_of")),
        ("missing_scope", NotInstalled("missing_scope")),
        ("restricted_action_thread_locked", MessageGone("restricted_action_thread_locked")),
    ],
)
async def test_slack_s_error_codes(ask: Ask, error: str, outcome: Sent) -> None:
    assert await ask(says(error)) == outcome


async def test_a_rate_limit_says_how_long_to_wait(ask: Ask) -> None:
    async def handler(_: web.Request) -> web.Response:
        body = {"ok": False, "error": "ratelimited"}
        return web.json_response(body, status=429, headers={"Retry-After": "30"})

    assert await ask(handler) == Later("ratelimited", 30)


@pytest.mark.parametrize(
    "handler",
    [
        answers(502, "<html>Bad gateway</html>", "text/html"),
        answers(500, "oops", "text/plain"),
        answers(200, "{not json", "application/json"),
        answers(200, "[]", "application/json"),
        answers(429, "", "text/plain"),
    ],
)
async def test_answers_that_are_not_slack_s_are_tried_again(ask: Ask, handler: Handler) -> None:
    assert isinstance(await ask(handler), Later)


async def test_silence_ends_with_the_deadline(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "CALL_DEADLINE", 0.05)

    async def hang(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    assert await ask(hang) == Later("TimeoutError", unclear=True)


async def test_a_call_is_sent_once_however_it_ends(ask: Ask) -> None:
    """slack_sdk would send a POST again after a lost connection; the outbox owns repeats."""
    calls = []

    async def drop(request: web.Request) -> web.Response:
        calls.append(await request.read())
        assert request.transport
        request.transport.abort()
        return web.Response()

    assert isinstance(await ask(drop), Later)
    assert len(calls) == 1


async def test_what_slack_finds_malformed_is_said_once_more_as_plain_text(ask: Ask) -> None:
    said = []

    async def handler(request: web.Request) -> web.Response:
        said.append(await request.json())
        if "attachments" in said[-1]:
            return web.json_response({"ok": False, "error": "invalid_blocks"})
        return web.json_response({"ok": True, "channel": "C1", "ts": "1.2"})

    assert isinstance(await ask(handler), Delivered)
    assert said[1] == {
        "channel": "C1",
        "text": "*Autotask*: Hello.",
        "metadata": said[0]["metadata"],
    }


async def test_any_answer_of_slack_s_shows_that_the_network_is_there(ask: Ask) -> None:
    moment = 0.0
    async with open_client(None, api_url="http://127.0.0.1:9/api/") as nowhere:
        lost = SlackMessenger(nowhere, lambda: moment)
        assert not await lost.reachable()
    app = web.Application()
    app.router.add_route("*", "/api/api.test", answers(503, "busy", "text/plain"))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    async with open_client(None, api_url=f"http://127.0.0.1:{port}/api/") as busy:
        assert await SlackMessenger(busy).reachable()
    await runner.cleanup()


async def test_a_message_carries_an_opaque_key_and_unfurls_nothing(ask: Ask) -> None:
    sent = {}

    async def handler(request: web.Request) -> web.Response:
        sent.update(await request.json())
        return web.json_response({"ok": True, "channel": "C1", "ts": "1.2"})

    await ask(handler)

    assert sent["metadata"] == {"event_type": "autotask_alert", "event_payload": {"k": "a1"}}
    assert (sent["unfurl_links"], sent["unfurl_media"]) == (False, False)


async def test_no_call_is_begun_for_a_claim_that_has_lapsed() -> None:
    """Somebody else may have made it meanwhile."""
    said = []
    moment = 0.0

    async def handler(request: web.Request) -> web.Response:
        said.append(await request.json())
        return web.json_response({"ok": True, "channel": "C1", "ts": "1.2"})

    async with messenger_to(handler, elapsed=lambda: moment) as messenger:
        owed = replace(OWED, until=60)
        assert await messenger.post(owed, "C1") == Delivered(Place("C1", "1.2"))
        moment = 60.0
        assert await messenger.post(owed, "C1") == Later("claim_lapsed", after=0)
        assert await messenger.reply(owed, Place("C1", "1.2")) == Later("claim_lapsed", after=0)
        assert await messenger.edit(owed, Place("C1", "1.2")) == Later("claim_lapsed", after=0)

    assert len(said) == 1


@pytest.mark.parametrize(
    ("granted", "may_find"),
    [
        ("chat:write,channels:history,groups:history,im:history", True),
        ("chat:write,channels:history", False),
        ("", False),
    ],
)
async def test_whether_the_bot_may_find_is_known_from_slack_s_answers(
    granted: str,
    may_find: bool,  # noqa: FBT001
) -> None:
    async def handler(_: web.Request) -> web.Response:
        answer = {"ok": True, "channel": "C1", "ts": "1.2"}
        return web.json_response(answer, headers={"X-OAuth-Scopes": granted})

    async with messenger_to(handler) as messenger:
        assert not messenger.may_find()
        await messenger.post(OWED, "C1")
        assert messenger.may_find() is may_find
