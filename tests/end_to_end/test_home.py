"""The Home tab in a browser: the sandbox's page, and the whole bot behind it."""

from pathlib import Path

from playwright.async_api import Browser, Page, expect

from bot.slack.homes import LOOK, STALE
from tests.browser import in_browser, seat_at
from tests.slack.conftest import Town, town_in

pytestmark = in_browser


async def test_from_the_first_look_to_a_connection_that_is_paused(
    browser: Browser, tmp_path: Path
) -> None:
    async with (
        town_in(tmp_path) as town,
        seat_at(browser, town.slack.announcement()["page_url"]) as seat,
    ):
        page = seat.page
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
        async with page.expect_response("**/page/press"):
            await page.get_by_role("menuitem", name="Pause").click()
        await town.desk.drain()
        await tick(town)
        await expect(page.get_by_role("heading", name="1 connection, paused")).to_be_visible()
        await expect(page.get_by_role("button", name="Resume")).to_be_visible()


async def test_the_app_is_one_entry_with_its_messages_in_a_tab_beside_its_home(
    browser: Browser, tmp_path: Path
) -> None:
    async with (
        town_in(tmp_path) as town,
        seat_at(browser, town.slack.announcement()["page_url"]) as seat,
    ):
        page, entries = seat.page, seat.page.locator(".entry", has_text="Autotask")
        await page.locator("[data-key=home]").click()
        await town.bot.slack.chat_postMessage(channel=town.alice.me, text="A word to you alone.")
        await expect(entries.get_by_label("1 new")).to_be_visible()
        await expect(entries).to_have_count(1)

        await page.get_by_role("button", name="Messages").click()
        await expect(seat.message("A word to you alone.")).to_be_visible()
        await expect(entries).to_have_attribute("aria-current", "page")
        await page.get_by_role("button", name="Home", exact=True).locator("visible=true").click()
        await expect(page.get_by_role("heading", name="Nothing is watched yet")).to_be_visible()


async def test_what_the_app_wrote_before_one_sat_down_is_new_until_it_was_read(
    browser: Browser, tmp_path: Path
) -> None:
    async with town_in(tmp_path) as town:
        await town.bot.slack.chat_postMessage(channel=town.alice.me, text="Hello!")
        async with seat_at(browser, town.slack.announcement()["page_url"]) as seat:
            badge = seat.page.get_by_label("1 new")
            await expect(badge).to_be_visible()
            await seat.open_home()
            await seat.page.get_by_role("button", name="Messages").click()
            await expect(seat.message("Hello!")).to_be_visible()
            await seat.page.reload()
            await expect(seat.page.locator(".entry[aria-current]")).to_be_attached()
            await seat.open_home()
            await expect(badge).to_have_count(0)


async def test_the_shortcut_is_in_the_menu_of_the_box_where_one_writes(
    browser: Browser, tmp_path: Path
) -> None:
    async with (
        town_in(tmp_path) as town,
        seat_at(browser, town.slack.announcement()["page_url"]) as seat,
    ):
        await town.connect()
        await seat.page.keyboard.press("Escape")
        await seat.page.get_by_role("button", name="Shortcuts").click()
        await seat.page.get_by_role("menuitem", name="Check Autotask").click()

        await expect(seat.dialog).to_contain_text("Active since")


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
