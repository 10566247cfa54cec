"""The gallery opens from disk in a real browser, and draws every story."""

from pathlib import Path

from playwright.async_api import Browser

from tests.browser import DESK, PHONE, Seat, in_browser
from tests.slack.stories.gallery import page_of
from tests.slack.stories.shelf import Book

pytestmark = in_browser


async def test_it_draws_every_story_at_both_widths_and_complains_of_nothing(
    tmp_path: Path, book: Book, browser: Browser
) -> None:
    file = tmp_path / "gallery.html"
    file.write_text(page_of(book))
    page = await browser.new_page(viewport=DESK)
    seat = Seat(page)

    await page.goto(file.as_uri())

    assert await seat.fits()
    await page.set_viewport_size(PHONE)
    assert await seat.fits()
    drawn = await page.locator(".story:has(.surface, .modal)").count()
    told = "JSON.parse(document.getElementById('stories').textContent).stories.length"
    assert drawn == await page.evaluate(told) > 0
    assert await page.locator("nav a").count() == await page.locator("main section").count()
    assert await page.locator(".cannot-draw").count() == 0
    assert await page.get_by_role("button", name="Acknowledge: Autotask").count() > 0
    await page.close()
    assert seat.complaints == []
