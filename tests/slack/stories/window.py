"""A real browser's window, and what its console complained of."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import ConsoleMessage, Page, async_playwright

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
FLAGS = ("--no-sandbox", "--disable-background-networking", "--disable-sync", "--no-first-run")
DESK, PHONE = 1280, 390
"""Widths in pixels."""


@dataclass
class Window:
    page: Page
    complaints: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    async def resize(self, width: int) -> None:
        await self.page.set_viewport_size({"width": width, "height": 800})


@asynccontextmanager
async def window(scale: float = 1) -> AsyncIterator[Window]:
    """As wide as a desk's. `scale`: device pixels for each."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page(
            viewport={"width": DESK, "height": 800}, device_scale_factor=scale
        )
        opened = Window(page)
        page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        page.on("console", opened.hear)
        yield opened
        await browser.close()
