"""What every story at Slack's side of the house needs: people, tasks, and a way to answer."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.domain.errors import BotError
from bot.domain.people import Person
from bot.slack.homes import Homes
from bot.slack.outcomes import code_of
from bot.slack.people import People
from bot.slack.request import Request
from bot.slack.text import plain_sentence
from bot.slack.views import note_view
from bot.usecases.ports import Ports

log = logging.getLogger(__name__)

PATIENCE = 2.0
"""Seconds that a form waits for its reply; Slack itself gives up after 3."""
TITLE = "Autotask"


@dataclass(frozen=True, slots=True)
class Answer:
    """An ephemeral answer: text for everybody's ears, blocks for the eye."""

    text: str
    blocks: Sequence[Block] = ()

    def body(self) -> dict[str, Any]:
        """As Slack takes it, in an acknowledgement or at a response_url."""
        shown: dict[str, Any] = {"response_type": "ephemeral", "text": self.text}
        if self.blocks:
            shown["blocks"] = [block.to_dict() for block in self.blocks]
        return shown

    def view(self, title: str) -> View:
        """As a modal, for where there is no message to answer."""
        view: View = note_view(title, self.text)
        view.blocks = list(self.blocks) or view.blocks
        return view


@dataclass(frozen=True, slots=True)
class Reply:
    """What comes of a submitted form: errors on its fields, or a view in its place."""

    view: View
    errors: Mapping[str, str] = field(default_factory=dict)
    in_a_line: str = ""
    """For a person who has closed the form before this came."""

    def body(self) -> dict[str, Any]:
        """As Slack takes it while the form is waiting."""
        if self.errors:
            return {"response_action": "errors", "errors": dict(self.errors)}
        return {"response_action": "update", "view": self.view.to_dict()}


@dataclass(slots=True)
class Desk:
    """The stories' common ground; one per process."""

    ports: Ports
    session: aiohttp.ClientSession
    homes: Homes
    people: People = field(default_factory=People)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def who(self, request: Request, *, fresh: bool = False) -> Person:
        """The person behind the request."""
        return await self.people.who(request, fresh=fresh)

    def spawn(self, request: Request, work: Coroutine[Any, Any, None]) -> None:
        """Do this after the acknowledgement. Whatever goes wrong is said to the person."""
        self.later(self._finish(request, work))

    def later(self, work: Awaitable[None]) -> None:
        """Do this after the acknowledgement, with nobody waiting. What goes wrong is logged."""
        task = asyncio.create_task(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def answer(self, request: Request, answer: Answer, *, replace: bool = False) -> None:
        """Say it to the person alone: at the request's response_url; in a modal, for who pressed on
        the Home tab or in such a modal; else in a direct message."""
        if request.in_note:
            view_id = str((request.view or {})["id"])
            await self.show(request, view_id, answer.view(TITLE), otherwise=answer.text)
        elif request.at_home:
            await self._in_front(request, answer)
        else:
            await self._aside(request, answer, replace=replace)

    async def answer_with(self, request: Request, work: Callable[[], Awaitable[Answer]]) -> None:
        """Answer with what comes of the work. A modal for it is opened before, since the trigger
        lives for 3 seconds."""
        if not (request.at_home or request.in_note):
            await self.answer(request, await work())
            return
        view_id = await self._blank(request, TITLE)
        try:
            answer = await work()
        except Exception as error:  # noqa: BLE001 - a person is waiting for a word
            answer = Answer(excuse(error))
        await self.show(request, view_id, answer.view(TITLE), otherwise=answer.text)

    async def open(self, request: Request, title: str, draw: Callable[[], Awaitable[View]]) -> None:
        """Open a modal at once, since the trigger lives for 3 seconds, and draw it then. What
        forbids it is said inside."""
        view_id = await self._blank(request, title)
        try:
            view = await draw()
        except Exception as error:  # noqa: BLE001 - a person is waiting for a word
            view = note_view(title, excuse(error))
        await self.show(request, view_id, view, otherwise="The form was closed.")

    async def submitted(
        self, request: Request, work: Coroutine[Any, Any, Reply], *, meanwhile: str
    ) -> dict[str, Any]:
        """The acknowledgement of a form: the reply if it comes soon, else `meanwhile`, and the
        reply in its place later."""
        replying = asyncio.create_task(_replied(work))
        replying.add_done_callback(lambda _: self.homes.touch(request.workspace_id))
        done, _ = await asyncio.wait({replying}, timeout=PATIENCE)
        if done:
            return (await replying).body()
        self.spawn(request, self._show_reply(request, replying))
        return Reply(note_view("One moment", meanwhile)).body()

    async def show(self, request: Request, view_id: str, view: View, *, otherwise: str) -> None:
        """Put `view` into the open modal; where it was closed meanwhile, say `otherwise`."""
        try:
            await request.client.views_update(view_id=view_id, view=view)
        except SlackApiError as error:
            if code_of(error) != "not_found":
                raise
            await self._aside(request, Answer(otherwise))

    async def drain(self) -> None:
        """Let work already begun come to its end; whoever cancels this cuts it off."""
        try:
            if self._tasks:
                await asyncio.wait(self._tasks)
        finally:
            for task in self._tasks:
                task.cancel()

    async def _show_reply(self, request: Request, replying: "asyncio.Task[Reply]") -> None:
        reply, view_id = await replying, str((request.view or {}).get("id"))
        await self.show(request, view_id, reply.view, otherwise=reply.in_a_line)

    async def _blank(self, request: Request, title: str) -> str:
        """The id of a modal to draw in: a new one, or the note that was pressed in."""
        blank = note_view(title, "One moment…")
        if request.in_note:
            view_id = str((request.view or {})["id"])
            await request.client.views_update(view_id=view_id, view=blank)
            return view_id
        opened = await request.client.views_open(trigger_id=request.trigger_id, view=blank)
        return str(opened["view"]["id"])

    async def _in_front(self, request: Request, answer: Answer) -> None:
        try:
            view = answer.view(TITLE)
            await request.client.views_open(trigger_id=request.trigger_id, view=view)
        except SlackApiError:  # the trigger is used up
            await self._aside(request, answer)

    async def _aside(self, request: Request, answer: Answer, *, replace: bool = False) -> None:
        if not request.response_url:
            await request.client.chat_postMessage(channel=request.user_id, text=answer.text)
            return
        webhook = AsyncWebhookClient(request.response_url, session=self.session, retry_handlers=[])
        await webhook.send_dict({**answer.body(), "replace_original": replace})

    async def _finish(self, request: Request, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - a person is waiting for a word
            await self._apologise(request, error)
        finally:
            self.homes.touch(request.workspace_id)

    async def _apologise(self, request: Request, error: Exception) -> None:
        try:
            await self.answer(request, Answer(excuse(error)))
        except Exception:
            log.exception("answer_failed", extra={"story": request.kind.value})


async def _logged(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception:
        log.exception("task_failed")


async def _replied(work: Coroutine[Any, Any, Reply]) -> Reply:
    try:
        return await work
    except Exception as error:  # noqa: BLE001 - a person is waiting for a word
        text = excuse(error)
        return Reply(note_view("Not done", text), in_a_line=text)


def excuse(error: BaseException) -> str:
    """What a person is told: the family's own sentence, or a reference that is in the log."""
    if isinstance(error, BotError):
        return plain_sentence(error.sentence())
    reference = f"ATX-{secrets.token_hex(2).upper()}"
    log.error("unexpected", extra={"reference": reference}, exc_info=error)
    return (
        "Something went wrong on our side, and it was not finished. Try again in a moment; if it "
        f"stays, give your admin this reference: {reference}."
    )
