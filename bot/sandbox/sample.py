"""A connection with six weeks of history, so that there is something to look at from the start.

The workspace's admin connects it, by the form, as anybody would; only its past is written for it.
"""

import asyncio
import time
from pathlib import Path
from typing import Any

import aiohttp

from bot.sandbox.past import remember

NAME = "Sample"
CHANNEL = "alerts"
PATIENCE = 10.0
"""Seconds that connecting may take."""
_FIELDS = ("integration_code", "secret", "username")

Json = dict[str, Any]


async def furnish(page_url: str, database: Path) -> None:
    """Invite the app to the channel and connect it, to the second database of the make-believe
    Autotask. Raises TimeoutError where the app does not do its part.
    """
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession(page_url) as session:
        admin = _Admin(session)
        await admin.connect(await admin.values())
        await asyncio.to_thread(remember, database, NAME, person=admin.id, now=time.time())


class _Admin:
    """The workspace's first admin, at the page's doors."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self.id = ""

    async def values(self) -> Json:
        """What the form asks for, of the second database's API user."""
        tenant = (await self._get("autotask/state"))["tenants"][1]
        user = next(each for each in tenant["users"] if each["kind"] == "api")
        return {name: user[name] for name in _FIELDS}

    async def connect(self, values: Json) -> None:
        state = await self._get("page/state")
        self.id = state["me"]
        channel = next(each["id"] for each in state["channels"] if each["name"] == CHANNEL)
        await self._do("workspace", do="add_bot", channel=channel)
        await self._do("say", channel=channel, text=f"/autotask connect {NAME}")
        form = await self._view(lambda inputs: inputs.keys() >= values.keys())
        actions = _inputs(form)
        typed = {
            name: {actions[name]: {"type": "plain_text_input", "value": value}}
            for name, value in values.items()
        }
        await self._do("submit", view_id=form["id"], values=typed)
        done = await self._view(lambda inputs: not inputs)
        await self._do("close", view_id=done["id"])

    async def _view(self, wanted: Any) -> Json:
        """The modal in front, once its inputs are as wanted."""
        while True:
            stack = (await self._get("page/views"))["stack"]
            if stack and wanted(_inputs(stack[-1])):
                found: Json = stack[-1]
                return found
            await asyncio.sleep(0.02)

    async def _get(self, path: str) -> Json:
        async with self._session.get(path, params={"as": self.id} if self.id else {}) as answer:
            found: Json = await answer.json()
            return found

    async def _do(self, what: str, **order: Any) -> None:
        async with self._session.post(f"page/{what}", json={"as": self.id, **order}):
            pass


def _inputs(view: Json) -> dict[str, str]:
    """The action of each input, by its block."""
    return {
        each["block_id"]: each["element"]["action_id"]
        for each in view["blocks"]
        if each["type"] == "input"
    }
