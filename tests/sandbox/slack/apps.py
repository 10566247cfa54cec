"""Apps made with the real, unmodified libraries, connected in both ways."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.slack.town import Clock, Town, opened

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def typed(block_id: str, **properties: Any) -> Json:
    """An input block with a text field, whose action_id is always `value`."""
    element = {"type": "plain_text_input", "action_id": "value", **properties}
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element}


def modal(*blocks: Json, **properties: Any) -> Json:
    view = {"type": "modal", "callback_id": "form", "title": plain("Form"), "blocks": list(blocks)}
    return {**view, "submit": plain("Send"), **properties}


def button(action_id: str = "pressed", **properties: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain("Press"), **properties}


def row(*elements: Json, block_id: str = "row") -> Json:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


@asynccontextmanager
async def listening(town: Town, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    """The app in Socket Mode."""
    handler = AsyncSocketModeHandler(app, town.at["app_token"], ping_interval=1)
    try:
        await handler.connect_async()
        await asyncio.wait_for(town.world.app_connected(), 3)
        yield handler
    finally:
        await handler.close_async()
        for task in (handler.client.message_processor, handler.client.current_session_monitor):
            if task:
                await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def served(app: AsyncApp, port: int) -> AsyncIterator[None]:
    """The app behind its request URL."""
    runner = web.AppRunner(app.web_app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def clinic(mode: str) -> AsyncIterator[Town]:
    """A world with a small app in it that uses everything once."""
    if mode == "socket":
        async with opened() as town, listening(town, _clinic(town)):
            yield town
    else:
        port = free_port()
        url = f"http://127.0.0.1:{port}/slack/events"
        clock = Clock(time.time())  # Bolt compares the signature's time with its own
        async with opened(request_url=url, clock=clock) as town, served(_clinic(town), port):
            yield town


@asynccontextmanager
async def served_by(
    answer: Callable[[web.Request], Awaitable[web.Response]], port: int
) -> AsyncIterator[None]:
    """Anything at all behind a request URL."""
    app = web.Application()
    app.router.add_post("/", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield
    finally:
        await runner.cleanup()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _clinic(town: Town) -> AsyncApp:
    app = AsyncApp(
        client=town.client, signing_secret=town.at["signing_secret"], ssl_check_enabled=False
    )

    @app.command("/autotask")
    async def command(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await ack(f"You said {body['text']}")
        view = modal(typed("name"), typed("secret"), private_metadata=body["channel_id"])
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("form")
    async def submitted(ack: AsyncAck, view: Json, client: AsyncWebClient) -> None:
        values = view["state"]["values"]
        if values["secret"]["value"]["value"] == "wrong":
            await ack(response_action="errors", errors={"secret": "That is wrong."})
        elif values["secret"]["value"]["value"] == "unsure":
            await ack(response_action="update", view=modal(typed("name"), typed("sure")))
        else:
            await ack()
            await client.chat_postMessage(
                channel=view["private_metadata"], text="Connected", blocks=[row(button())]
            )

    @app.action("pressed")
    async def pressed(
        ack: AsyncAck, body: Json, client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        await ack()
        message, channel = body["message"], body["channel"]["id"]
        await client.chat_update(channel=channel, ts=message["ts"], text="Pressed", blocks=[])
        await respond("Thank you", replace_original=False)

    @app.event("app_home_opened")
    async def home(event: Json, client: AsyncWebClient) -> None:
        blocks = [{"type": "divider"}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    return app


async def respond(session: aiohttp.ClientSession, url: str, **answer: Any) -> tuple[int, str]:
    """Status and body of one post to a response_url."""
    async with session.post(url, json=answer) as response:
        return response.status, await response.text()
