"""The storybook: every view and message in every state keeps every rule."""

import ast
import importlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest
from slack_sdk.models.attachments import BlockAttachment
from slack_sdk.models.blocks import Block, InteractiveElement
from slack_sdk.models.views import View

from bot.domain.announce import News
from bot.domain.incident import Kind
from bot.domain.observation import Cause
from bot.domain.status import Status
from bot.slack.desk import Answer, Reply
from bot.slack.message import Message
from tests.slack.stories.conftest import Ran
from tests.slack.stories.rules import RULES, Rule
from tests.slack.stories.shelf import Book
from tests.slack.stories.story import members_in

SLACK = Path("bot/slack").resolve()
MOST = 40
"""Complaints shown at once."""
DRAWN = (View, Message, Answer, Reply, Block, BlockAttachment, InteractiveElement)
"""What a drawing function returns: one of these, or several."""

pytestmark = pytest.mark.asyncio(loop_scope="session")


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


async def test_every_function_that_draws_has_a_story(book: Book, ran: Ran) -> None:
    """Whatever people see is seen here first: give what is named here a story."""
    untold = [
        f"{path.name}: {function.name}"
        for path in sorted(SLACK.glob("*.py"))
        for function in _drawing(path)
        if (str(path), function.lineno) not in ran
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
