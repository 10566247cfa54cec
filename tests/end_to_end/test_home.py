"""The Home tab in a browser: the sandbox's page, and the whole bot behind it."""

from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from bot.slack.homes import LOOK, STALE
from tests.sandbox.test_page import CHROMIUM, DESK, FLAGS
from tests.slack.conftest import Town, town_in

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}; set CHROMIUM"
)


async def test_from_the_first_look_to_a_connection_that_is_paused(tmp_path: Path) -> None:
    async with town_in(tmp_path) as town, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await (await browser.new_context(viewport=DESK)).new_page()
        page.set_default_timeout(5000)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(town.slack.announcement()["page_url"])

        await page.locator("[data-key=home]").click()
        await expect(page.get_by_role("heading", name="Nothing is watched yet")).to_be_visible()
        await connect(page)
        await tick(town)
        await expect(page.get_by_role("heading", name="1 connection, active")).to_be_visible()

        await page.get_by_role("button", name="Test now").click()
        await expect(page.get_by_role("dialog")).to_contain_text("works: Autotask answered")
        await page.keyboard.press("Escape")

        await page.get_by_role("button", name="More actions").click()
        await tick(town, STALE)  # drawn anew, below the open menu
        await page.get_by_role("menuitem", name="Pause").click()
        await town.desk.drain()
        await tick(town)
        await expect(page.get_by_role("heading", name="1 connection, paused")).to_be_visible()
        await expect(page.get_by_role("button", name="Resume")).to_be_visible()
        assert complaints == []
        await browser.close()


async def connect(page: Page) -> None:
    """By the button, with the values that the panel fills in."""
    await page.get_by_role("button", name="Connect Autotask").click()
    await page.get_by_role("button", name="Fill the open form").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_label("Username")).not_to_have_value("")
    await dialog.get_by_role("button", name="Connect", exact=True).click()
    await expect(dialog).to_contain_text("Active")
    await page.keyboard.press("Escape")


async def tick(town: Town, seconds: float = LOOK) -> None:
    """The next look of whoever keeps the tab up to date."""
    town.lead.seconds += seconds
    await town.desk.homes.refresh()
