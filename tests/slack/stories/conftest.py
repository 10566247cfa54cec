"""The stories, told once for all tests that look at them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest
import pytest_asyncio

from tests.slack.stories.cast import HOSTILE, KIND
from tests.slack.stories.shelf import Book, crowded, every_story

Ran = set[tuple[str, int]]
"""Functions, by file and first line."""


@pytest.fixture(scope="session")
def ran() -> Ran:
    """What has run while stories were told."""
    return set()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def book(tmp_path_factory: pytest.TempPathFactory, ran: Ran) -> Book:
    with noted(ran):
        kind = await every_story(KIND, tmp_path_factory.mktemp("kind"))
        assert all([story.message, *story.views] for story in kind)
    large = await crowded(tmp_path_factory.mktemp("large"))
    return Book([*kind, *large], await every_story(HOSTILE, tmp_path_factory.mktemp("evil")))


@contextmanager
def noted(ran: Ran) -> Iterator[None]:
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
