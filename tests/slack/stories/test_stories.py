"""The storybook: every view and message in every state keeps every rule."""

import ast
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import FrameType

import pytest
import pytest_asyncio
from slack_sdk.models.attachments import BlockAttachment
from slack_sdk.models.blocks import Block, InteractiveElement
from slack_sdk.models.views import View

from bot.domain.announce import News
from bot.domain.incident import Kind
from bot.domain.observation import Cause
from bot.domain.status import Status
from bot.slack.desk import Answer, Reply
from bot.slack.message import Message
from tests.slack.stories.cast import HOSTILE, KIND
from tests.slack.stories.rules import RULES, Rule
from tests.slack.stories.shelf import every_story
from tests.slack.stories.story import Story, members_in

SLACK = Path("bot/slack").resolve()
MOST = 40
"""Complaints shown at once."""
DRAWN = (View, Message, Answer, Reply, Block, BlockAttachment, InteractiveElement)
"""What a drawing function returns: one of these, or several."""

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(repr=False)
class Book:
    kind: list[Story]
    evil: list[Story]
    """The same, with names that mean harm."""
    ran: set[tuple[str, int]] = field(default_factory=set)
    """File and first line of every function of Slack's room that telling them ran."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    ran: set[tuple[str, int]] = set()
    with noted(ran):
        kind = await every_story(KIND, tmp_path_factory.mktemp("kind"))
        assert all([story.message, *story.views] for story in kind)
    evil = await every_story(HOSTILE, tmp_path_factory.mktemp("evil"))
    return Book(kind, evil, ran)


@contextmanager
def noted(ran: set[tuple[str, int]]) -> Iterator[None]:
    """Notes which functions run meanwhile."""

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            ran.add((frame.f_code.co_filename, frame.f_code.co_firstlineno))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(before)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
async def test_of_every_story_it_holds_that(book: Book, rule: Rule) -> None:
    broken = [
        f"{story.title}: {complaint}"
        for story in (*book.kind, *book.evil)
        for complaint in rule(story)
    ]

    assert not broken, "\n".join(broken[:MOST])


async def test_no_two_stories_have_the_same_title(book: Book) -> None:
    titles = [story.title for story in book.kind]

    assert sorted(set(titles)) == sorted(titles)


@pytest.mark.parametrize("names", [Cause, News, Kind, Status], ids=lambda each: each.__name__)
async def test_there_is_a_story_of_every(book: Book, names: type[StrEnum]) -> None:
    told = set().union(*(members_in(story.about) for story in book.kind))

    assert {each for each in names if each not in told} == set()


async def test_every_function_that_draws_has_a_story(book: Book) -> None:
    """Whatever people see is seen here first: give what is named here a story."""
    untold = [
        f"{path.name}: {function.name}"
        for path in sorted(SLACK.glob("*.py"))
        for function in _drawing(path)
        if (str(path), function.lineno) not in book.ran
    ]

    assert not untold, "\n".join(untold)


def _drawing(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions of a module that draw, by what they say they return."""
    module = importlib.import_module(f"bot.slack.{path.stem}")
    drawn = {name for name, value in vars(module).items() if value in DRAWN}
    for function in ast.walk(ast.parse(path.read_text())):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and function.returns:
            names = {each.id for each in ast.walk(function.returns) if isinstance(each, ast.Name)}
            if names & drawn:
                yield function
