"""The gallery opens from disk in a real browser, and draws every story."""

from pathlib import Path

import pytest

from tests.slack.stories.gallery import page_of
from tests.slack.stories.shelf import Book
from tests.slack.stories.window import CHROMIUM, DESK, PHONE, window

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}; set CHROMIUM"),
]


async def test_it_draws_every_story_at_both_widths_and_complains_of_nothing(
    tmp_path: Path, book: Book
) -> None:
    file = tmp_path / "gallery.html"
    file.write_text(page_of(book))

    async with window() as opened:
        await opened.page.goto(file.as_uri())
        for width in (DESK, PHONE):
            await opened.resize(width)
            assert await opened.page.evaluate("document.documentElement.scrollWidth") == width
        drawn = await opened.page.locator(".story:has(.surface, .modal)").count()
        linked = await opened.page.locator("nav a").count()

        assert drawn == await opened.page.evaluate(
            "JSON.parse(document.getElementById('stories').textContent).stories.length"
        )
        assert linked == await opened.page.locator("main section").count() > 0
        assert await opened.page.locator(".cannot-draw").count() == 0
        assert await opened.page.get_by_role("button", name="Acknowledge: Autotask").count() > 0
        assert opened.complaints == []
