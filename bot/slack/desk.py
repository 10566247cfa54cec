"""What every story at Slack's side of the house needs: people, tasks, and a way to answer."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.domain.errors import NotAllowed
from bot.domain.finding import Finding
from bot.domain.people import Person
from bot.slack.connect_typing import Typing
from bot.slack.excuse import excuse, refusal
from bot.slack.homes import Homes
from bot.slack.outcomes import code_of
from bot.slack.people import People
from bot.slack.request import Request
from bot.slack.views import note_view
from bot.usecases.ports import Ports

log = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE = 2.0
"""Seconds that a form waits for its reply; Slack itself gives up after 3."""
TITLE = "Autotask"
LATE = 1.0
"""Seconds in which word that a form was closed may come after the reply that was not seen."""
MOMENT = "One moment…"
CLOSED = "The form was closed."


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
    """What comes of a submitted form: errors on its fields, a view in its place, or none: then it
    closes, and what lies below is seen again."""

    view: View | None
    errors: Mapping[str, str] = field(default_factory=dict)
    in_a_line: str = ""
    """For a person who has closed the form before this came."""

    def body(self) -> dict[str, Any]:
        """As Slack takes it while the form is waiting."""
        if self.errors:
            return {"response_action": "errors", "errors": dict(self.errors)}
        if self.view is None:
            return {}
        return {"response_action": "update", "view": self.view.to_dict()}


@dataclass(slots=True)
class Desk:
    """The stories' common ground; one per process."""

    ports: Ports
    session: aiohttp.ClientSession
    homes: Homes
    people: People = field(default_factory=People)
    typing: Typing = field(default_factory=Typing)
    look: Callable[[], AsyncIterator[Finding]] | None = None
    """How the bot itself is, line by line; None where nobody can say."""
    unwelcomed: dict[str, str] = field(default_factory=dict)
    """Names of workspaces where nobody is known yet who could be told the first steps, by id."""
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    _replies: dict[str, asyncio.Task[Reply]] = field(default_factory=dict)
    """By the view of the form that each is for, while that can be closed before it is seen."""

    async def who(self, request: Request, *, fresh: bool = False) -> Person:
        """The person behind the request."""
        return await self.people.who(request, fresh=fresh)

    def spawn(self, request: Request, work: Coroutine[Any, Any, None]) -> None:
        """Do this after the acknowledgement. Whatever goes wrong is said to the person."""
        self.later(self._finish(request, work))

    def later(self, work: Awaitable[None]) -> None:
        """Do this after the acknowledgement, with nobody waiting. What goes wrong is logged."""
        self._track(_logged(work))

    async def answer(self, request: Request, answer: Answer, *, replace: bool = False) -> None:
        """Say it to the person alone: at the request's response_url; in a modal, for who pressed on
        the Home tab or in such a modal; else in a direct message."""
        if request.in_note:
            view_id = _view_id(request)
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
        view_id = await self.begin(request, note_view(TITLE, MOMENT))
        try:
            answer = await work()
        except Exception as error:  # noqa: BLE001 - a person is waiting for a word
            answer = Answer(await self.excuse(request, error))
        await self.show(request, view_id, answer.view(TITLE), otherwise=answer.text)

    async def open(self, request: Request, title: str, draw: Callable[[], Awaitable[View]]) -> None:
        """Open a modal at once, since the trigger lives for 3 seconds, and draw it then. What
        forbids it is said inside."""
        view_id = await self.begin(request, note_view(title, MOMENT))
        try:
            view = await draw()
        except Exception as error:  # noqa: BLE001 - a person is waiting for a word
            view = note_view(title, await self.excuse(request, error))
        await self.show(request, view_id, view, otherwise=CLOSED)

    async def submitted(
        self, request: Request, work: Coroutine[Any, Any, Reply], *, meanwhile: str
    ) -> dict[str, Any]:
        """The acknowledgement of a form: the reply if it comes soon, else `meanwhile`, and the
        reply in its place later."""
        view_id = _view_id(request)
        replying = self._replies[view_id] = self._track(self._replied(request, work))
        replying.add_done_callback(lambda _: self.homes.touch(request.workspace_id))
        done, _ = await asyncio.wait({replying}, timeout=PATIENCE)
        if done:
            asyncio.get_running_loop().call_later(LATE, self._seen, view_id, replying)
            return (await replying).body()
        if self._seen(view_id, replying):
            self.spawn(request, self._show_reply(request, replying))
        return Reply(note_view("One moment", meanwhile)).body()

    def closed(self, request: Request) -> None:
        """A person has closed a form. A reply that they have not seen is said to them."""
        if replying := self._replies.pop(_view_id(request), None):
            self.spawn(request, self._say_reply(request, replying))

    async def begin(self, request: Request, view: View) -> str:
        """The id of a modal to draw in, which shows `view`: a new one, or the note that was pressed
        in."""
        if request.in_note:
            view_id = _view_id(request)
            await request.client.views_update(view_id=view_id, view=view)
            return view_id
        opened = await request.client.views_open(trigger_id=request.trigger_id, view=view)
        return str(opened["view"]["id"])

    async def show(self, request: Request, view_id: str, view: View, *, otherwise: str) -> None:
        """Put `view` into the open modal; where it was closed meanwhile, say `otherwise`."""
        try:
            await request.client.views_update(view_id=view_id, view=view)
        except SlackApiError as error:
            if code_of(error) != "not_found":
                raise
            await self._aside(request, Answer(otherwise))

    async def excuse(self, request: Request, error: BaseException) -> str:
        """What is said to the person instead; whom they can ask, where somebody else may."""
        if isinstance(error, NotAllowed) and error.named is not None:
            named, admins = await asyncio.gather(
                self.people.fit(request, error.named), self.people.admins(request)
            )
            return refusal(error, list(dict.fromkeys([*named, *admins])))
        return excuse(error, request)

    async def drain(self) -> None:
        """Let work already begun come to its end; whoever cancels this cuts it off."""
        try:
            if self._tasks:
                await asyncio.wait(self._tasks)
        finally:
            for task in self._tasks:
                task.cancel()

    async def _show_reply(self, request: Request, replying: "asyncio.Task[Reply]") -> None:
        reply = await replying
        if reply.view:
            await self.show(request, _view_id(request), reply.view, otherwise=reply.in_a_line)

    async def _say_reply(self, request: Request, replying: "asyncio.Task[Reply]") -> None:
        if said := (await replying).in_a_line:
            await self._aside(request, Answer(said))

    def _seen(self, view_id: str, replying: "asyncio.Task[Reply]") -> bool:
        """Closing the form tells nothing of this reply any more; whether it still would have."""
        return self._replies.get(view_id) is replying and self._replies.pop(view_id) is replying

    async def _in_front(self, request: Request, answer: Answer) -> None:
        try:
            view = answer.view(TITLE)
            await request.client.views_open(trigger_id=request.trigger_id, view=view)
        except SlackApiError:  # the trigger is used up
            await self._aside(request, answer)

    async def _aside(self, request: Request, answer: Answer, *, replace: bool = False) -> None:
        """Where Slack takes no answer there any more (after 30 minutes, or five), directly."""
        if request.response_url:
            webhook = AsyncWebhookClient(
                request.response_url, session=self.session, retry_handlers=[]
            )
            said = await webhook.send_dict({**answer.body(), "replace_original": replace})
            if said.status_code == 200:
                return
        blocks = list(answer.blocks) or None
        await request.client.chat_postMessage(
            channel=request.user_id, text=answer.text, blocks=blocks
        )

    async def _finish(self, request: Request, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - a person is waiting for a word
            await self._apologise(request, error)
        finally:
            self.homes.touch(request.workspace_id)

    async def _replied(self, request: Request, work: Coroutine[Any, Any, Reply]) -> Reply:
        try:
            return await work
        except Exception as error:  # noqa: BLE001 - a person is waiting for a word
            text = await self.excuse(request, error)
            return Reply(note_view("Not done", text), in_a_line=text)

    def _track(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Keep hold of it until it ends: asyncio alone would not, and the end waits for it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _apologise(self, request: Request, error: Exception) -> None:
        try:
            await self.answer(request, Answer(await self.excuse(request, error)))
        except Exception:
            log.exception("answer_failed", extra={"story": request.kind.value})


def _view_id(request: Request) -> str:
    return str((request.view or {}).get("id"))


async def _logged(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception:
        log.exception("task_failed")
