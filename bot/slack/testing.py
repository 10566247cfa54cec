"""The story of testing a connection: its steps are ticked off in a modal as each is over.

A modal, since it can be drawn anew as often as it takes: an answer below a command can be replaced
five times (docs.slack.dev, handling user interaction), and one to a button on an alert would
replace the alert.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from slack_sdk.errors import SlackClientError
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ConfirmObject,
    ContextBlock,
    SectionBlock,
)
from slack_sdk.models.views import View

from bot.domain.audit import Deed
from bot.domain.connection import Connection
from bot.domain.diagnosis import diagnose
from bot.domain.observation import Seen
from bot.domain.people import Person
from bot.domain.progress import Outcome, Step, Ticked
from bot.domain.status import TROUBLE, Status
from bot.slack.cards import card
from bot.slack.choose import chosen, meant, which_view
from bot.slack.desk import CLOSED, Desk, Reply
from bot.slack.message import TEST, UPDATE_CREDENTIALS, button
from bot.slack.request import Request
from bot.slack.text import MARKS, lasting, plain, plain_sentence, took
from bot.slack.views import note_view
from bot.usecases import check
from bot.usecases.ports import Overview

TEST_ALL_THE_SAME = "connection.test_may_lock"
WHICH = "test.which"
TITLE = "Test"
PACE = 1.0
"""Seconds between two drawings of the modal, at least: Slack asks for no more than one call a
second (docs.slack.dev, rate limits)."""
_MARKS = {Outcome.DONE: "✓", Outcome.FAILED: "✗", Outcome.UNKNOWN: "·"}

Meant = Callable[[Person], Awaitable[str | Sequence[Overview]]]
"""Whose test it is: the id of a connection, or all that may be meant."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a test came to: in a line, and further blocks."""

    text: str
    more: tuple[Block, ...] = ()
    form: View | None = None
    """What stands there instead, and asks which is meant."""


@dataclass(slots=True)
class Modal:
    """Where the steps are drawn, and when that was last done; moments are the loop's."""

    view_id: str
    drawn_at: float


@dataclass(slots=True)
class Board:
    """The steps of one test, as far as they are over."""

    ticked: dict[Step, Ticked] = field(default_factory=dict)
    news: bool = False

    def tell(self, ticked: Ticked) -> None:
        self.ticked[ticked.step] = ticked
        self.news = True

    def view(self, report: Report | None = None) -> View:
        """With what came of it, once it is over."""
        if report and report.form:
            return report.form
        lines = [_line(step, self.ticked.get(step), over=report is not None) for step in Step]
        steps = [SectionBlock(text="\n".join(lines))] if self.ticked or report is None else []
        if report is None:
            return note_view(TITLE, "Checking with Autotask…", *steps)
        return note_view(TITLE, report.text, *steps, *report.more)


async def test_by_name(desk: Desk, request: Request, name: str) -> None:
    """`/autotask test`; where there are several, it asks which."""

    async def named(person: Person) -> str | Sequence[Overview]:
        found = await meant(desk, request, name, Deed.TEST)
        return found.id if isinstance(found, Connection) else found

    await _test(desk, request, named, may_lock=False)


async def test_chosen(desk: Desk, request: Request) -> Reply:
    """It was said which: the test takes the form's place."""
    this = _this((await chosen(desk, request)).id)
    modal = Modal(str((request.view or {})["id"]), asyncio.get_running_loop().time())
    desk.spawn(request, _tick_off(desk, request, modal, this, may_lock=False))
    return Reply(Board().view(), in_a_line=CLOSED)


async def test_by_id(desk: Desk, request: Request) -> None:
    """The button Test now."""
    await _test(desk, request, _this(request.value), may_lock=False)


async def test_all_the_same(desk: Desk, request: Request) -> None:
    """The button that says what it may do to the API user."""
    await _test(desk, request, _this(request.value), may_lock=True)


def _this(connection_id: str) -> Meant:
    async def meant(person: Person) -> str:
        return connection_id

    return meant


async def _test(desk: Desk, request: Request, meant: Meant, *, may_lock: bool) -> None:
    """The modal opens first, since the trigger lives for 3 seconds."""
    view_id = await desk.begin(request, Board().view())
    modal = Modal(view_id, asyncio.get_running_loop().time() if request.in_note else -PACE)
    await _tick_off(desk, request, modal, meant, may_lock=may_lock)


async def _tick_off(
    desk: Desk, request: Request, modal: Modal, meant: Meant, *, may_lock: bool
) -> None:
    """Test, and draw each step in the modal, until it is over."""
    board, clock = Board(), asyncio.get_running_loop().time
    testing = asyncio.create_task(_outcome(desk, request, board, meant, may_lock=may_lock))
    try:
        while not (await asyncio.wait({testing}, timeout=PACE))[0]:
            if board.news:
                await _draw(request, modal.view_id, board)
                modal.drawn_at = clock()
        report = await testing
    finally:
        testing.cancel()
    await asyncio.sleep(modal.drawn_at + PACE - clock())
    await desk.show(request, modal.view_id, board.view(report), otherwise=report.text)


async def _outcome(
    desk: Desk, request: Request, board: Board, meant: Meant, *, may_lock: bool
) -> Report:
    try:
        person = await desk.who(request, fresh=True)
        which = await meant(person)
        if not isinstance(which, str):
            return Report(CLOSED, form=which_view(which, WHICH, TITLE))
        tested = await check.test(desk.ports, person, which, may_lock=may_lock, tell=board.tell)
    except Exception as error:  # noqa: BLE001 - a person is waiting for a word
        return Report(await desk.excuse(request, error))
    return report_of(tested)


async def _draw(request: Request, view_id: str, board: Board) -> None:
    """Between the first and the last time, nothing depends on it: it may have been closed."""
    board.news = False
    try:
        await request.client.views_update(view_id=view_id, view=board.view())
    except (SlackClientError, OSError):
        return


def _line(step: Step, ticked: Ticked | None, *, over: bool) -> str:
    """Such as "✓ Sign-in, 210 ms" or "✗ Permission to read: permission missing, 90 ms"."""
    if ticked is None:
        return f"· {step}: not reached" if over else f"☐ {step}"
    said = f": {plain_sentence(ticked.note)}" if ticked.note else ""
    time = f", {lasting(ticked.seconds)}" if ticked.seconds is not None else ""
    return f"{_MARKS[ticked.outcome]} {step}{said}{time}"


def report_of(tested: check.Tested) -> Report:
    """What it saw, the next step, and the buttons for it."""
    overview, seen = tested.overview, tested.seen
    title = plain(overview.connection.title)
    if seen.cause is None:
        answered = f"Autotask answered{took(seen.latency)}"
        text = f"{MARKS[Status.ACTIVE]} *{title}* works: {answered}."
        if overview.watch.status in TROUBLE:
            text = f"*{title}*: {answered}. One more good check and it counts as Active again."
        return Report(text, tuple(card(overview)[1:]))
    words = diagnose(seen.cause, last_ok_at=overview.watch.last_ok_at)
    text = f":warning: *{title}*: {words.title}. {words.why} *Next step:* {words.next_step}"
    evidence = [{"type": "mrkdwn", "text": plain(each)} for each in seen.evidence[:5]]
    more: list[Block] = [ContextBlock(elements=evidence)] if evidence else []
    return Report(text, (*more, _next(overview, seen.seen)))


def _next(overview: Overview, seen: Seen) -> Block:
    connection = overview.connection
    update = button("Update credentials", UPDATE_CREDENTIALS, connection)
    again = button("Test now", TEST, connection)
    if seen is not Seen.WITHHELD:
        return ActionsBlock(elements=[update, again])
    sure = ConfirmObject(
        title="Sign in once more?",
        text="This may lock the API user in Autotask. Do it once you know that the user is in "
        "order.",
        confirm="Sign in",
        deny="Not now",
        style="danger",
    )
    once_more = button("Sign in all the same", TEST_ALL_THE_SAME, connection, style="danger")
    once_more.confirm = sure
    return ActionsBlock(elements=[update, once_more])
