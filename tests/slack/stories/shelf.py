"""All stories, told with kind names or with evil ones."""

from dataclasses import dataclass
from pathlib import Path

from tests.slack.stories import (
    crowd,
    doctor,
    doings,
    errors,
    forms,
    home_tab,
    incidents,
    lines,
    looking,
    outages,
)
from tests.slack.stories.cast import LARGE, Cast
from tests.slack.stories.story import Story
from tests.sqlite import new_file


@dataclass(frozen=True, repr=False)
class Book:
    """All stories, twice; those of a large provider once."""

    kind: list[Story]
    evil: list[Story]
    """The same, with names that mean harm."""


async def every_story(cast: Cast, directory: Path) -> list[Story]:
    """In the order of the gallery. `directory` is for a database, and is empty."""
    drawn = [
        *incidents.stories(cast),
        *outages.stories(cast),
        *lines.stories(cast),
        *home_tab.stories(cast),
        *forms.stories(cast),
        *looking.stories(cast),
        *doctor.stories(cast),
        *errors.stories(cast),
    ]
    done = [each async for each in doings.stories(cast, new_file(directory / "bot.db"))]
    return [*drawn, *done]


async def crowded(directory: Path) -> list[Story]:
    """Those of a large provider. `directory` is for a database, and is empty."""
    return [each async for each in crowd.stories(LARGE, new_file(directory / "bot.db"))]
