"""The whole way through the running sandbox in a browser, at a desk and on a phone: connect by the
guide, mend what was typed wrongly, see it break and recover, and be refused."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from tests.browser import DESK, PHONE, Seat, in_browser, seat_at
from tests.end_to_end.conftest import Sandbox
from tests.end_to_end.player import Player

pytestmark = in_browser

LABELS = {
    "integration_code": "API Integration Code",
    "secret": "Secret",
    "username": "Username",
}
WRONG = (
    ("REST API URL", "ftp://nowhere.example", "https"),
    ("API Integration Code", "two words", "blank|space"),
    ("Username", "zzzzz1234567890@brightwater.example", "unknown|not know"),
    ("Secret", "NoSuchSecret1", "refused"),
)
"""A field, what is typed into it, and a word of what stands below it then."""


@dataclass
class Walk:
    """One sandbox, looked at from a desk and from a phone at once."""

    browser: Browser
    sandbox: Sandbox
    desk: Seat
    phone: Seat
    player: Player
    """Alice as well, at the doors behind the page."""
    front: asyncio.Lock = field(default_factory=asyncio.Lock)
    """A person has one modal in front of them, wherever they sit: one seat at a time uses it."""
    secrets: list[str] = field(default_factory=list)
    """That have been typed."""

    async def api_user(self, tenant: int) -> Mapping[str, str]:
        """The API user of one of the make-believe Autotask's databases, as it is now."""
        state = (await self.player.http.get("/autotask/state")).json()
        users = state["tenants"][tenant]["users"]
        user = next(dict(each) for each in users if each["kind"] == "api")
        self.secrets.append(user["secret"])
        return user

    async def regenerate_secret(self, tenant: int) -> None:
        """So that the stored one works no more."""
        username = (await self.api_user(tenant))["username"]
        await self.player.panel("regenerate_secret", username=username)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def walk(browser: Browser, running: Sandbox, player: Player) -> AsyncIterator[Walk]:
    """Alice, the workspace's admin, sits at both."""
    async with (
        seat_at(browser, running.page) as desk,
        seat_at(browser, running.page, PHONE) as phone,
    ):
        yield Walk(browser, running, desk, phone, player)


async def test_weeks_of_history_are_there_from_the_start(walk: Walk) -> None:
    for seat in (walk.desk, walk.phone):
        await expect(seat.message("Its alerts will appear here")).to_be_visible()
        await seat.open_home()
        await expect(seat.page.get_by_text("Uptime 99.")).to_be_visible()
        assert await seat.fits()
        await seat.open_channel("alerts")


async def test_from_the_guide_to_an_alert_that_is_over(walk: Walk) -> None:
    await asyncio.gather(
        story(walk, walk.desk, "Autotask", "alerts", tenant=0),
        story(walk, walk.phone, "Road", "general", tenant=2),
    )
    log = walk.sandbox.log()
    assert not [each for each in walk.secrets if each in log]


async def story(walk: Walk, seat: Seat, name: str, channel: str, *, tenant: int) -> None:
    """Of one integration, with the channel to itself, since a channel takes a message a second."""
    async with walk.front:
        await seat.open_channel(channel)
        await connect(seat, name, await walk.api_user(tenant))
    await walk.regenerate_secret(tenant)
    alert = seat.message(re.compile(rf"{name} \(.*is Inactive: credentials refused"))
    await expect(alert).to_contain_text("Next step: In Autotask open Admin")
    await take_it_on(seat, alert)
    async with walk.front:
        await alert.get_by_role("button", name="Update credentials").click()
        await submit(seat, await walk.api_user(tenant))
    over = seat.message(re.compile(rf"{name} \(.*is Active again"))
    await expect(over).to_contain_text("Mended by @Alice Admin with new credentials")
    async with walk.front:
        await seat.open_home()
    card = seat.page.locator(".home .block-section", has_text=re.compile(rf"{name} \("))
    await expect(card).to_contain_text("Active since")
    assert await seat.fits()


async def connect(seat: Seat, name: str, user: Mapping[str, str]) -> None:
    """By the guide, and after every mistake that can be made."""
    await seat.say(f"/autotask connect {name}")
    await read_the_guide(seat)
    for label, wrong, about in WRONG:
        await seat.dialog.get_by_label("REST API URL").fill("")
        await fill(seat.dialog, user)
        await seat.dialog.get_by_label(label).fill(wrong)
        await seat.dialog.locator(".submit").click()
        field = seat.dialog.locator(".block-input").filter(has=seat.page.get_by_label(label))
        await expect(field.locator(".field-error")).to_contain_text(re.compile(about))
        assert await seat.fits()
    await submit(seat, user)


async def take_it_on(seat: Seat, alert: Locator) -> None:
    """Acknowledge it, and have it silent for a while."""
    await alert.get_by_role("button", name="Acknowledge").click()
    await expect(alert).to_contain_text("Acknowledged by @Alice Admin")
    await alert.get_by_role("combobox").click()
    await seat.page.get_by_role("option", name="for 1 hour").click()
    await expect(alert).to_contain_text("Snoozed until")
    thread = seat.page.locator(".thread", has_text="Acknowledged by @Alice Admin")
    await expect(thread).to_be_visible()
    assert await seat.fits()


async def test_a_member_is_refused_politely_and_may_look(walk: Walk) -> None:
    bob = walk.player.people["Bob"]
    async with seat_at(walk.browser, f"{walk.sandbox.page}?as={bob}", PHONE) as seat:
        for size in (PHONE, DESK):
            await seat.page.set_viewport_size(size)
            await seat.say("/autotask connect")
            await expect(seat.dialog).to_contain_text("Ask a workspace admin")
            await expect(seat.dialog.get_by_role("textbox")).to_have_count(0)
            assert await seat.fits()
            await seat.page.keyboard.press("Escape")

            await seat.open_home()
            await expect(seat.page.get_by_text("Uptime 99.")).to_be_visible()
            await expect(seat.page.get_by_role("button", name="Test now")).to_have_count(0)
            assert await seat.fits()
            await seat.open_channel("alerts")


async def test_a_stranger_learns_nothing(walk: Walk) -> None:
    stan = walk.player.people["Stan"]
    async with seat_at(walk.browser, f"{walk.sandbox.page}?as={stan}", DESK) as seat:
        await seat.say("/autotask status")
        answer = seat.message("another organisation's workspace")
        for size in (DESK, PHONE):
            await seat.page.set_viewport_size(size)
            await expect(answer).to_contain_text("Only visible to you")
            await expect(seat.page.get_by_text("Harbour & Vale")).to_have_count(0)
            assert await seat.fits()


async def submit(seat: Seat, user: Mapping[str, str]) -> None:
    """The right values; and close what says that it worked."""
    await fill(seat.dialog, user)
    await seat.dialog.locator(".submit").click()
    await expect(seat.dialog).to_contain_text("is Active")
    await seat.page.keyboard.press("Escape")
    await expect(seat.dialog).to_have_count(0)


async def read_the_guide(seat: Seat) -> None:
    """From the form to its last step, and back to the form."""
    await seat.dialog.get_by_role("button", name="Where do I find them?").click()
    await expect(seat.dialog.get_by_label("Username")).to_have_count(0)
    await expect(seat.dialog).to_contain_text("Admin → Resources")
    onward, step = seat.dialog.get_by_role("button", name="Next"), 1
    while await onward.count():
        step += 1
        await onward.click()
        await expect(seat.dialog).to_contain_text(f"Step {step} of 8")
        assert await seat.fits()
    await expect(seat.dialog).to_contain_text("5 minutes")
    await seat.page.keyboard.press("Escape")
    await expect(seat.dialog.get_by_label("Username")).to_be_visible()


async def fill(form: Locator, user: Mapping[str, str]) -> None:
    """Type the three values."""
    for name, label in LABELS.items():
        await form.get_by_label(label).fill(user[name])
