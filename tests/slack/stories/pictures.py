"""Take the README's pictures anew, from the gallery and from the sandbox's page:
python -m tests.slack.stories.pictures."""

import asyncio
import sys
import tempfile
from pathlib import Path

import httpx
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from tests.browser import CHROMIUM, DESK, FLAGS
from tests.end_to_end.conftest import sandbox
from tests.end_to_end.player import Player
from tests.slack.stories.gallery import page_of, told

IMAGES = Path(".github/images")
SHARP = 2
"""Device pixels for each of the page's."""
STORIES = {
    "alert": ("An alert: credentials refused", "open", ".surface"),
    "outage": ("An outage of 14 connections", "half of them are back", ".surface"),
    "home": ("The Home tab of who manages", "a usual day", ".surface"),
    "form": ("The form of connect", "refused: credentials refused", ".modal"),
}
"""Picture to the story that it shows, and the part of it."""


async def take_all() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            await _from_the_gallery(browser, Path(directory))
            await _from_the_page(browser, Path(directory))
            await browser.close()
    for picture in IMAGES.glob("*.png"):
        _slim(picture)


async def _from_the_gallery(browser: Browser, directory: Path) -> None:
    file = directory / "gallery.html"
    file.write_text(page_of(await told()))
    page = await browser.new_page(viewport=DESK, device_scale_factor=SHARP)
    await page.goto(file.as_uri())
    for picture, (group, name, part) in STORIES.items():
        heading = page.get_by_role("heading", name=group, exact=True)
        section = page.locator("main section").filter(has=heading)
        story = section.locator(".story").filter(has=page.get_by_text(name, exact=True))
        await story.locator(part).first.screenshot(path=IMAGES / f"{picture}.png")
        sys.stdout.write(f"{picture}\n")


async def _from_the_page(browser: Browser, directory: Path) -> None:
    """Alice has connected, her API user was broken, and the alert has arrived."""
    state = directory / "state"
    async with sandbox(state) as running, httpx.AsyncClient(base_url=running.page) as http:
        alice = await Player.arrive(http)
        await alice.say("/autotask connect")
        form = await alice.view("API Integration Code")
        assert (await alice.submit(form, **await alice.good_values()))["ok"]
        await alice.view("is *Active*")
        user = await alice.api_user()
        await alice.panel("regenerate_secret", username=user["username"])
        await alice.alert("is *Inactive*")
        page = await browser.new_page(viewport=DESK, device_scale_factor=SHARP)
        await page.goto(running.page)
        await _look_at_alerts(page)
        await page.screenshot(path=IMAGES / "page.png", animations="disabled")
        sys.stdout.write("page\n")


def _slim(picture: Path) -> None:
    """In 256 colours, as many as such pictures need: a third of the size."""
    with Image.open(picture) as whole:
        few = whole.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    few.save(picture, optimize=True)


async def _look_at_alerts(page: Page) -> None:
    await page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    await page.locator("[data-channel=alerts]").click()
    await page.get_by_role("button", name="Acknowledge").last.scroll_into_view_if_needed()


if __name__ == "__main__":
    asyncio.run(take_all())
