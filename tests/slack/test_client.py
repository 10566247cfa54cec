"""Every way out to Slack goes by the operator's proxy and certificates, and by no others, and ends
in time."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest
from aiohttp import ClientConnectorCertificateError, web
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.domain.secret import Secret
from bot.slack import bolt
from bot.slack.client import CALL_DEADLINE, open_client
from bot.slack.desk import Desk
from bot.slack.socket import Socket
from bot.trust import trusted
from tests.autotask.certificates import certify
from tests.end_to_end.player import eventually
from tests.standstill import run, the_loop, time_flying

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
NOWHERE = "http://127.0.0.1:9"
TOKEN = Secret("xoxb-made-up")


class Slack:
    """As much of Slack as takes calls; as a proxy it takes them for whatever host they name."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.connections: set[object] = set()
        """Of those that calls came by."""
        self.origin = ""
        self.advertised = ""

    @asynccontextmanager
    async def serving(self, server: ssl.SSLContext | None = None) -> AsyncIterator["Slack"]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server).start()
        scheme = "https" if server else "http"
        self.origin = f"{scheme}://127.0.0.1:{runner.addresses[0][1]}"
        self.advertised = self.advertised or self.origin
        yield self
        await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        if request.path == "/link":
            line = web.WebSocketResponse()
            await line.prepare(request)
            await line.receive()
            return line
        self.connections.add(request.transport)
        link = self.advertised.replace("http", "ws", 1) + "/link"
        return web.json_response({"ok": True, "team_id": "T1", "bot_id": "B1", "url": link})


async def go_every_way(client: AsyncWebClient, slack: Slack) -> AsyncApp:
    """The client itself, its copy in a listener, a response_url, and a Socket Mode line."""
    app = AsyncApp(client=client, request_verification_enabled=False)

    @app.command("/autotask")
    async def listener(ack: AsyncAck, context: AsyncBoltContext) -> None:
        await context.client.api_call("by.listener")
        await ack()

    await client.api_call("by.itself")
    await app.async_dispatch(AsyncBoltRequest(body="command=%2Fautotask&team_id=T1"))
    url = f"{slack.advertised}/response"
    await AsyncWebhookClient(url, session=client.session, retry_handlers=[]).send_dict({})
    socket = Socket(app, Secret("xapp-made-up"), ping_interval=0.2)
    await socket.open()
    await asyncio.wait_for(eventually(socket.connected), 5)
    await socket.close()
    return app


EVERY_WAY = {"/api/by.itself", "/api/by.listener", "/response", "/link"}


async def test_one_connection_serves_for_all_calls_and_who_the_app_is_is_asked_once() -> None:
    """Left to itself, slack_sdk opens one for each call, and Bolt may ask for each request."""
    async with (
        Slack().serving() as slack,
        open_client(TOKEN, api_url=f"{slack.origin}/api") as client,
    ):
        app = await go_every_way(client, slack)
        for _ in range(3):
            await app.async_dispatch(AsyncBoltRequest(body="command=%2Fautotask&team_id=T1"))

    assert slack.asked.count("/api/by.listener") == 4
    assert slack.asked.count("/api/auth.test") == 1
    assert len(slack.connections) == 1


async def test_the_app_calls_by_that_client_alone_whatever_token_stands_in_the_environment(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Without it Bolt would look for a token itself, and warn where it finds one."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-of-the-environment")
    async with open_client(TOKEN, api_url=NOWHERE) as client:
        app = bolt.build(cast("Desk", None), client)

    assert app.client is client
    assert caplog.messages == []


async def test_nothing_goes_by_the_environment_s_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, NOWHERE)

    async with (
        Slack().serving() as slack,
        open_client(TOKEN, api_url=f"{slack.origin}/api") as client,
    ):
        await go_every_way(client, slack)

    assert set(slack.asked) >= EVERY_WAY


async def test_everything_goes_by_the_operator_s_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", NOWHERE)
    slack = Slack()
    slack.advertised = "http://slack.invalid"

    async with (
        slack.serving(),
        open_client(
            TOKEN, api_url="http://slack.invalid/api", proxy=Secret(slack.origin)
        ) as client,
    ):
        await go_every_way(client, slack)

    assert set(slack.asked) >= EVERY_WAY


async def test_the_operator_s_certificates_hold_for_every_way(tmp_path: Path) -> None:
    server, ca_file = certify(tmp_path)

    async with (
        Slack().serving(server) as slack,
        open_client(TOKEN, api_url=f"{slack.origin}/api", trust=trusted(ca_file)) as client,
    ):
        await go_every_way(client, slack)

    assert set(slack.asked) >= EVERY_WAY


async def test_certificates_of_nobody_s_are_refused(tmp_path: Path) -> None:
    server, _ = certify(tmp_path)

    async with (
        Slack().serving(server) as slack,
        open_client(TOKEN, api_url=f"{slack.origin}/api", trust=trusted(None)) as client,
    ):
        with pytest.raises(ClientConnectorCertificateError):
            await client.api_test()
        webhook = AsyncWebhookClient(slack.origin, session=client.session, retry_handlers=[])
        with pytest.raises(ClientConnectorCertificateError):
            await webhook.send_dict({})

    assert slack.asked == []


@asynccontextmanager
async def slack_that(answer: Handler) -> AsyncIterator[AsyncWebClient]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/api"
    async with open_client(TOKEN, api_url=url) as client:
        yield client
    await runner.cleanup()


def test_an_answer_that_came_while_the_process_stood_still_is_heard() -> None:
    async def answer(_: web.Request) -> web.Response:
        the_loop().stand_still(600)
        return web.json_response({"ok": True, "text": "x" * 100_000})

    async def test() -> None:
        async with slack_that(answer) as client:
            assert (await client.api_test())["ok"]
            webhook = AsyncWebhookClient(
                f"{client.base_url}response", session=client.session, retry_handlers=[]
            )
            assert (await webhook.send_dict({})).status_code == 200

    run(test())


@pytest.mark.parametrize("heads", [False, True])
def test_silence_ends_with_the_deadline(heads: bool) -> None:  # noqa: FBT001
    """Before the answer begins, or in the middle of it."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        if heads:
            await response.prepare(request)
        await asyncio.Event().wait()
        return response

    async def test() -> None:
        async with slack_that(answer) as client, time_flying() as loop:
            began = loop.time()
            with pytest.raises(TimeoutError):
                await client.api_test()
            assert loop.time() - began < CALL_DEADLINE + 1

    run(test())
