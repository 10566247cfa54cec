"""What the page asks and does for the person who sits at it: JSON, and a stream of events."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.sandbox.slack import gestures, submissions, switches
from bot.sandbox.slack.channels import Channel
from bot.sandbox.slack.cloud import Cloud
from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.people import Person
from bot.sandbox.slack.refusal import Impossible
from bot.sandbox.slack.suggestions import suggest

Answer = Callable[[Person, Json], Awaitable[Json]]

_KEEP_ALIVE = 15.0
"""Seconds between signs of life in a quiet stream."""


class PageApi:
    """Every answer to a POST has `ok`; what cannot be done is said in `error`, with HTTP 200."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def routes(self) -> list[web.RouteDef]:
        reads = {"state": self._state, "messages": self._messages, "views": self._views}
        acts = {
            "say": self._say,
            "type": self._type,
            "press": self._press,
            "suggest": self._suggest,
            "submit": self._submit,
            "close": self._close,
            "home": self._home,
            "shortcut": self._shortcut,
        }
        return [
            web.get("/page/events", self._events),
            web.post("/page/workspace", self._workspace),
            *(web.get(f"/page/{name}", self._door(answer)) for name, answer in reads.items()),
            *(web.post(f"/page/{name}", self._door(answer)) for name, answer in acts.items()),
        ]

    def _door(self, answer: Answer) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def serve(request: web.Request) -> web.Response:
            try:
                asked = await _read(request)
                person = self._cloud.workspace.person(str(asked.get("as", "")))
                return web.json_response(await answer(person, asked))
            except Impossible as impossible:
                return _impossible(impossible)

        return serve

    async def _state(self, person: Person, asked: Json) -> Json:
        workspace, installation = self._cloud.workspace, self._cloud.installation
        bot = installation.bot.id
        everybody = workspace.people.values()
        channels = [each for each in workspace.channels.values() if each.visible_to(person)]
        return {
            "team": {"id": workspace.team_id, "name": workspace.name},
            "me": person.id,
            "people": [{"id": p.id, "name": p.real_name, "role": p.role} for p in everybody],
            "channels": [channel.shown(bot) for channel in channels],
            "app": {
                "name": installation.bot.real_name,
                "bot_user_id": bot,
                "connected": self._cloud.delivery.connected,
                "troubles": switches.troubles(self._cloud),
                "commands": [_command(each) for each in installation.commands],
                "shortcuts": list(installation.shortcuts),
            },
        }

    async def _messages(self, person: Person, asked: Json) -> Json:
        found = self._cloud.workspace.messages_for(person, self._channel(person, asked))
        return {"messages": [message.shown() for message in found]}

    async def _views(self, person: Person, asked: Json) -> Json:
        home = self._cloud.views.home(person)
        stack = [view.shown() for view in self._cloud.views.stack(person)]
        return {"stack": stack, "home": home.shown() if home else None}

    async def _say(self, person: Person, asked: Json) -> Json:
        channel = self._channel(person, asked)
        text, thread_ts = str(asked.get("text", "")), asked.get("thread_ts")
        await gestures.say(self._cloud, person, channel, text=text, thread_ts=thread_ts)
        return {"ok": True}

    async def _type(self, person: Person, asked: Json) -> Json:
        view_id, where, value = str(asked.get("view_id")), _where(asked), _object(asked, "value")
        await gestures.enter(self._cloud, person, view_id, where=where, value=value)
        return {"ok": True}

    async def _press(self, person: Person, asked: Json) -> Json:
        place, where, value = _object(asked, "container"), _where(asked), _object(asked, "value")
        await gestures.press(self._cloud, person, place, where=where, value=value)
        return {"ok": True}

    async def _suggest(self, person: Person, asked: Json) -> Json:
        view_id, where, text = str(asked.get("view_id")), _where(asked), str(asked.get("text", ""))
        groups = await suggest(self._cloud, person, view_id, where=where, text=text)
        return {"ok": True, "option_groups": groups}

    async def _submit(self, person: Person, asked: Json) -> Json:
        values = _object(asked, "values")
        return await submissions.submit(self._cloud, person, str(asked.get("view_id")), values)

    async def _close(self, person: Person, asked: Json) -> Json:
        everything = bool(asked.get("everything"))
        view_id = str(asked.get("view_id"))
        submissions.close(self._cloud, person, view_id, everything=everything)
        return {"ok": True}

    async def _home(self, person: Person, asked: Json) -> Json:
        gestures.look_at_home(self._cloud, person)
        return {"ok": True}

    async def _shortcut(self, person: Person, asked: Json) -> Json:
        await gestures.take_shortcut(self._cloud, person, str(asked.get("callback_id")))
        return {"ok": True}

    async def _workspace(self, request: web.Request) -> web.Response:
        try:
            await switches.obey(self._cloud, await _read(request))
        except Impossible as impossible:
            return _impossible(impossible)
        return web.json_response({"ok": True})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        try:
            person = self._cloud.workspace.person(request.query.get("as", ""))
        except Impossible as impossible:
            return _impossible(impossible)
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        response = web.StreamResponse(headers=headers)
        with self._cloud.feed.page_of(person.id) as queue:
            await response.prepare(request)
            await _stream(response, queue)
        return response

    def _channel(self, person: Person, asked: Json) -> Channel:
        return self._cloud.workspace.channel_for(person, str(asked.get("channel", "")))


async def _stream(response: web.StreamResponse, queue: asyncio.Queue[Json | None]) -> None:
    """Until the queue ends or the page goes away."""
    try:
        await response.write(b": hello\n\n")
        while True:
            try:
                event = await asyncio.wait_for(queue.get(), _KEEP_ALIVE)
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            if event is None:
                return
            await response.write(f"data: {json.dumps(event)}\n\n".encode())
    except ConnectionError:
        return


async def _read(request: web.Request) -> Json:
    if request.method == "GET":
        return dict(request.query)
    try:
        asked = json.loads(await request.text())
    except ValueError:
        raise Impossible("Send a JSON object.") from None
    if not isinstance(asked, dict):
        raise Impossible("Send a JSON object.")
    return asked


def _object(asked: Json, name: str) -> Json:
    value = asked.get(name) or {}
    if not isinstance(value, dict):
        raise Impossible(f"{name} must be an object.")
    return value


def _where(asked: Json) -> tuple[str, str]:
    return str(asked.get("block_id")), str(asked.get("action_id"))


def _command(known: Any) -> Json:
    return {name: known.get(name, "") for name in ("command", "description", "usage_hint")}


def _impossible(impossible: Impossible) -> web.Response:
    return web.json_response({"ok": False, "error": str(impossible)})
