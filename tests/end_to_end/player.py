"""A person at the sandbox's page: speaks to the public doors alone, as a browser would."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

Json = dict[str, Any]
T = TypeVar("T")

PATIENCE = 20.0
"""Seconds until something that has to happen has not happened."""
BLINK = 0.05


async def eventually(look: Callable[[], Awaitable[T | None]]) -> T:
    """The first thing seen that is something. Fails once patience has run out."""
    async with asyncio.timeout(PATIENCE):
        while not (seen := await look()):  # noqa: ASYNC110 - what is waited for is in another process
            await asyncio.sleep(BLINK)
    return seen


@dataclass
class Player:
    """One person (Alice, unless another is named), and the Autotask panel beside the chat."""

    http: httpx.AsyncClient
    me: str
    people: dict[str, str]
    channels: dict[str, str]

    @classmethod
    async def arrive(cls, http: httpx.AsyncClient, name: str = "Alice") -> "Player":
        state = (await http.get("/page/state")).json()
        people = {each["name"].partition(" ")[0]: each["id"] for each in state["people"]}
        channels = {each["name"]: each["id"] for each in state["channels"]}
        return cls(http, people[name], people, channels)

    async def say(self, text: str, channel: str = "alerts") -> Json:
        """Type something in a channel."""
        return await self._post("say", channel=self.channels[channel], text=text)

    async def messages(self, channel: str = "alerts") -> list[Json]:
        """What stands there, oldest first, with what only this person sees."""
        found = self.channels.get(channel, channel)
        reply = await self.http.get("/page/messages", params={"as": self.me, "channel": found})
        return list(reply.json()["messages"])

    async def direct_messages(self) -> list[Json]:
        """What the bot has told this person alone."""
        state = (await self.http.get("/page/state", params={"as": self.me})).json()
        ims = [each["id"] for each in state["channels"] if each["kind"] == "im"]
        return [message for im in ims for message in await self.messages(im)]

    async def said_to_me(self, part: str) -> Json:
        """The newest ephemeral answer that holds these words, once it is there."""

        async def look() -> Json | None:
            answers = [each for each in await self.messages() if each["ephemeral"]]
            return next((each for each in reversed(answers) if part in words(each)), None)

        return await eventually(look)

    async def alert(self, part: str) -> Json:
        """The newest message in #alerts that everybody sees and that holds these words."""

        async def look() -> Json | None:
            posted = await self.posted()
            return next((each for each in reversed(posted) if part in words(each)), None)

        return await eventually(look)

    async def posted(self) -> list[Json]:
        """The messages of #alerts that everybody sees, without those in threads."""
        every = await self.messages()
        return [each for each in every if not each["ephemeral"] and not each["thread_ts"]]

    async def line_below(self, message: Json) -> Json:
        """The first line in the thread below a message, once it is there."""

        async def look() -> Json | None:
            every = await self.messages(message["channel"])
            return next((each for each in every if each["thread_ts"] == message["ts"]), None)

        return await eventually(look)

    async def view(self, part: str = "") -> Json:
        """The modal on top, once it holds these words."""

        async def look() -> Json | None:
            reply = await self.http.get("/page/views", params={"as": self.me})
            stack = reply.json()["stack"]
            return stack[-1] if stack and part in words(stack[-1]) else None

        return await eventually(look)

    async def take_shortcut(self, callback_id: str) -> Json:
        """Choose it in the menu of the box where one writes."""
        return await self._post("shortcut", callback_id=callback_id)

    async def open_home(self, part: str = "") -> Json:
        """The Home tab, opened, once it holds these words."""
        await self._post("home")
        return await self.home(part)

    async def home(self, part: str = "") -> Json:
        """The Home tab as it stands, once it holds these words."""

        async def look() -> Json | None:
            reply = await self.http.get("/page/views", params={"as": self.me})
            home = reply.json()["home"]
            return home if home and part in words(home) else None

        return await eventually(look)

    async def submit(self, view: Json, **values: Any) -> Json:
        """Fill in fields and press the modal's button."""
        filled = {name: {_action(view, name): _state(each)} for name, each in values.items()}
        return await self._post("submit", view_id=view["id"], values=filled)

    async def type(self, view: Json, **values: str) -> None:
        """Type in fields of a modal, without submitting it."""
        for name, value in values.items():
            where = {"block_id": name, "action_id": _action(view, name)}
            await self._post("type", view_id=view["id"], **where, value=_state(value))

    async def press(self, message: Json, action_id: str, state: Json | None = None) -> Json:
        """Press a button of a message or view, or choose `state` in what it is."""
        block = next(
            block
            for block in blocks(message)
            if any(each.get("action_id") == action_id for each in elements(block))
        )
        return await self._post(
            "press",
            container=_container(message),
            block_id=block["block_id"],
            action_id=action_id,
            value=state or {},
        )

    async def panel(self, do: str, **arguments: Any) -> Json:
        """Turn a switch of the Autotask admin panel; returns its new state."""
        reply = await self.http.post("/autotask/do", json={"do": do, **arguments})
        return dict(reply.raise_for_status().json())

    async def api_user(self) -> Json:
        """The sample tenant's API user, with the values to paste."""
        state = (await self.http.get("/autotask/state")).json()
        return dict(next(u for u in state["tenants"][0]["users"] if u["kind"] == "api"))

    async def good_values(self) -> dict[str, str]:
        """The three values that the page shows to paste."""
        user = await self.api_user()
        return {name: user[name] for name in ("integration_code", "secret", "username")}

    async def _post(self, act: str, **body: Any) -> Json:
        reply = await self.http.post(f"/page/{act}", json={"as": self.me, **body})
        return dict(reply.json())


def blocks(message: Json) -> list[Json]:
    """All blocks of a message or view, those inside attachments too."""
    inside = [block for each in message.get("attachments") or [] for block in each["blocks"]]
    return [*(message.get("blocks") or []), *inside]


def elements(block: Json) -> list[Json]:
    """What can be pressed in a block, or chosen."""
    return [*block.get("elements", []), *filter(None, [block.get("accessory")])]


def words(thing: Json) -> str:
    """Everything that can be read on a message or view."""
    return f"{thing.get('text', '')} {thing.get('title', '')} {blocks(thing)}"


def _action(view: Json, name: str) -> str:
    """The action_id of the field of that name."""
    (field,) = (each for each in view["blocks"] if each.get("block_id") == name)
    return str(field["element"]["action_id"])


def _container(thing: Json) -> Json:
    if "ts" in thing:
        return {"channel": thing["channel"], "ts": thing["ts"]}
    return {"view_id": thing["id"]}


def _state(value: Any) -> Json:
    """An input's state by the kind of value: typed text, or a state as it is."""
    return value if isinstance(value, dict) else {"type": "plain_text_input", "value": value}
