"""One real browser for all tests that look at a page, and somebody who sits in front of it."""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, ViewportSize, async_playwright, expect

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 800}

in_browser = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}; set CHROMIUM"),
]
"""The marks of a module that needs it: a browser lives in one event loop."""


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


expect.set_options(timeout=10_000)


class Seat:
    """Somebody in front of the page. `complaints` is what the browser's console complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.set_default_timeout(8000)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._on_console)

    @property
    def composer(self) -> Locator:
        return self.page.locator(".composer-input")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def message(self, text: str | re.Pattern[str]) -> Locator:
        return self.page.locator(".message", has_text=text)

    def switch(self, name: str) -> Locator:
        return self.page.get_by_role("switch", name=name, exact=True)

    async def say(self, text: str) -> None:
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def open_channel(self, name: str) -> None:
        """From the sidebar, which is a drawer where the page is narrow."""
        await self._from_the_sidebar(f"[data-channel={name}]")
        heading = self.page.get_by_role("heading", name=name, exact=True)
        await expect(heading).to_be_visible()

    async def open_home(self) -> None:
        await self._from_the_sidebar("[data-key=home]")

    async def is_narrow(self) -> bool:
        return bool(await self.page.evaluate("window.innerWidth < 900"))

    async def fits(self) -> bool:
        """Whether nothing makes the page scroll sideways."""
        return bool(
            await self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        )

    async def _from_the_sidebar(self, entry: str) -> None:
        if await self.is_narrow():
            await self.page.get_by_role("button", name="Channels").locator("visible=true").click()
        await self.page.locator(entry).click()

    def _on_console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


@asynccontextmanager
async def seat_at(browser: Browser, address: str, size: ViewportSize = DESK) -> AsyncIterator[Seat]:
    """A window of its own; nothing may have been complained of when it is closed."""
    context = await browser.new_context(viewport=size)
    seat = Seat(await context.new_page())
    await seat.page.goto(address)
    await expect(seat.page.locator(".entry[aria-current]")).to_be_attached()
    yield seat
    await context.close()
    assert seat.complaints == []
