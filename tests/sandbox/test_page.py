"""The sandbox's page in a real browser, against the make-believe Slack and Autotask."""

import random
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest_asyncio
from playwright.async_api import Browser, expect
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.autotask import AutotaskWorld
from bot.sandbox.slack import SlackWorld
from tests.browser import DESK, PHONE, Seat, in_browser
from tests.sandbox.slack.apps import button, listening, modal, plain, row, typed
from tests.sandbox.slack.town import Clock, Town

FORM = [typed(name) for name in ("integration_code", "secret", "username")]

pytestmark = in_browser


class Alice(Seat):
    """The admin, at a page with a small app behind it."""

    town: Town

    async def sit_down(self, channel: str = "alerts") -> None:
        await self.page.goto(self.town.at["page_url"])
        await self.open_channel(channel)

    async def tidy_up(self) -> None:
        """Everything closed, #alerts open and nothing typed."""
        if stack := await self.town.alice.stack():
            await self.town.alice.do("close", view_id=stack[0]["id"], everything=True)
        await expect(self.dialog).to_have_count(0)
        await self.page.set_viewport_size(DESK)
        await self.open_channel("alerts")
        await self.composer.fill("")

    async def open_form(self) -> None:
        await self.say("/autotask connect")
        await expect(self.dialog).to_be_visible()


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def town() -> AsyncIterator[Town]:
    async with _opened() as town, listening(town, _app(town)):
        yield town


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def arrived(browser: Browser, town: Town) -> AsyncIterator[Alice]:
    context = await browser.new_context(viewport=DESK)
    alice = Alice(await context.new_page())
    alice.town = town
    await alice.sit_down()
    yield alice
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def seat(arrived: Alice) -> AsyncIterator[Alice]:
    """The same page for every test, tidied up after each: loading it is most of the time."""
    yield arrived
    await arrived.tidy_up()
    assert not arrived.complaints


async def test_the_page_draws_the_workspace_and_the_admin_panel(seat: Alice) -> None:
    await expect(seat.page.locator(".entry", has_text="general")).to_be_visible()
    await expect(seat.page.locator(".dot.on")).to_be_visible()
    await expect(seat.page.get_by_text("Paste these four values")).to_be_visible()
    await expect(seat.page.locator(".coach")).to_contain_text("/autotask connect")


async def test_a_slash_offers_the_command_and_tab_completes_it(seat: Alice) -> None:
    await seat.composer.press_sequentially("/au")
    await expect(seat.page.get_by_role("option")).to_contain_text("Connect and watch Autotask")

    await seat.composer.press("Tab")
    await seat.composer.press_sequentially("co")
    await seat.composer.press("Tab")

    await expect(seat.composer).to_have_value("/autotask connect")


async def test_a_command_that_nobody_has_is_refused_and_stays_to_be_corrected(seat: Alice) -> None:
    await seat.say("/autotsk connect")

    await expect(seat.message("/autotsk is not a valid command")).to_be_visible()
    await expect(seat.composer).to_have_value("/autotsk connect")


async def test_a_message_of_the_app_appears_live_and_changes_in_place(seat: Alice) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*Locked* &lt;now&gt;"}}]
    alerts = await seat.town.alice.channel("alerts")
    said = await seat.town.client.chat_postMessage(channel=alerts, text="Locked", blocks=blocks)
    await expect(seat.message("Locked <now>").locator("strong", has_text="Locked")).to_be_visible()

    await seat.town.client.chat_update(channel=alerts, ts=said["ts"], text="Mended")

    await expect(seat.message("Mended (edited)")).to_be_visible()
    await expect(seat.message("Locked <now>")).to_have_count(0)


async def test_a_new_message_is_read_out_without_its_marks(seat: Alice) -> None:
    alerts, bob = await seat.town.alice.channel("alerts"), seat.town.bob.id
    text = f":red_circle: *Gone* since noon, says <@{bob}> &amp; co"

    await seat.town.client.chat_postMessage(channel=alerts, text=text)

    heard = seat.page.locator("[aria-live=polite]", has_text="Gone")
    await expect(heard).to_have_text("Autotask: Gone since noon, says @Bob Member & co")


async def test_text_never_becomes_markup(seat: Alice) -> None:
    alerts = await seat.town.alice.channel("alerts")
    text = "<img src=x onerror=alert(1)> &lt;b&gt;plain&lt;/b&gt; <javascript:alert(1)|press here>"

    await seat.town.client.chat_postMessage(channel=alerts, text=text)

    message = seat.message("press here")
    await expect(message).to_contain_text("<b>plain</b>")
    await expect(message.locator("a, img, b, script")).to_have_count(0)


async def test_replies_stand_under_their_root_with_their_number(seat: Alice) -> None:
    alerts = await seat.town.alice.channel("alerts")
    root = await seat.town.client.chat_postMessage(channel=alerts, text="The root")
    for text in ("Still down", "Up again"):
        await seat.town.client.chat_postMessage(channel=alerts, text=text, thread_ts=root["ts"])

    thread = seat.page.locator(".thread", has_text="Still down")

    await expect(thread).to_contain_text("2 replies")
    await expect(thread.locator(".message")).to_have_count(2)


async def test_a_reply_that_is_broadcast_stands_in_the_channel_too(seat: Alice) -> None:
    alerts = await seat.town.alice.channel("alerts")
    root = await seat.town.client.chat_postMessage(channel=alerts, text="*Gone* silent\nFor good")
    said: dict[str, Any] = {"channel": alerts, "text": "Speaks again", "reply_broadcast": True}
    await seat.town.client.chat_postMessage(**said, thread_ts=root["ts"])

    shown = seat.page.locator(".timeline-list > .message", has_text="Speaks again")

    await expect(shown.locator(".replied-to")).to_have_text("replied to a thread: Gone silent")
    thread = seat.page.locator(".thread", has_text="Speaks again")
    await expect(thread.locator(".replied-to")).to_have_count(0)


async def test_a_block_that_cannot_be_drawn_says_so(seat: Alice) -> None:
    alerts = await seat.town.alice.channel("alerts")
    video = {"type": "video", "alt_text": "A film", "title": plain("A film")}
    urls = {"video_url": "https://a.example/film", "thumbnail_url": "https://a.example/still"}

    await seat.town.client.chat_postMessage(channel=alerts, text="Film", blocks=[{**video, **urls}])

    await expect(seat.page.get_by_text("Cannot draw the block “video”")).to_be_visible()


async def test_the_panel_fills_the_open_form(seat: Alice) -> None:
    await seat.open_form()
    await seat.page.get_by_role("button", name="Fill the open form").click()

    username = seat.page.locator("[data-value=username] code")

    await expect(seat.dialog.get_by_label("username")).to_have_value(await username.inner_text())
    await expect(seat.dialog.get_by_label("secret")).not_to_have_value("")


async def test_by_keyboard_the_form_itself_offers_the_values(seat: Alice) -> None:
    await seat.open_form()
    await seat.page.keyboard.press("Shift+Tab")
    await expect(seat.dialog.get_by_role("button", name="Fill")).to_be_focused()
    await expect(seat.dialog.get_by_text("Values from the make-believe")).to_be_in_viewport()

    await seat.page.keyboard.press("Enter")

    await expect(seat.dialog.get_by_label("username")).not_to_have_value("")


async def test_an_error_stands_at_its_field_and_what_was_typed_is_kept(seat: Alice) -> None:
    await seat.open_form()
    for name, text in (("integration_code", "CODE"), ("secret", "wrong"), ("username", "name")):
        await seat.dialog.get_by_label(name).fill(text)
    await seat.dialog.get_by_label("username").press("Enter")

    secret = seat.dialog.locator("[data-block-id=secret]")

    await expect(secret).to_contain_text("Autotask refuses this secret.")
    await expect(secret.locator("input")).to_be_focused()
    await expect(seat.dialog.get_by_label("username")).to_have_value("name")


async def test_an_empty_field_is_refused_before_the_app_hears_of_it(seat: Alice) -> None:
    await seat.open_form()
    await seat.dialog.get_by_role("button", name="Send").click()

    await expect(seat.dialog.get_by_text("Please complete this required field.")).to_have_count(3)


async def test_a_menu_that_the_app_fills_is_searched_by_keyboard_and_keeps_what_is_chosen(
    seat: Alice,
) -> None:
    element = {"type": "multi_external_select", "action_id": "found", "min_query_length": 0}
    field = {**typed("customers"), "element": {**element, "placeholder": plain("All of them")}}
    await seat.town.view(modal(field, callback_id="search"))
    menu = seat.dialog.get_by_role("combobox")

    await menu.press_sequentially("customer 12")
    await expect(seat.dialog.get_by_text("Those that match")).to_be_visible()
    await expect(seat.page.get_by_role("option")).to_have_text(["Customer 12", "Customer 120"])
    await menu.press("ArrowDown")
    await menu.press("Enter")
    await menu.press_sequentially("nobody")
    await expect(seat.dialog.get_by_text("Nothing found")).to_be_visible()
    await menu.press("Escape")

    await expect(seat.dialog.locator(".chip")).to_have_text(["Customer 120"])
    await seat.dialog.get_by_role("button", name="Send").click()
    await expect(seat.dialog.get_by_text("Chosen: 120")).to_be_visible()


async def test_an_updated_view_keeps_the_fields_that_stay(seat: Alice) -> None:
    await seat.open_form()
    for name, text in (("integration_code", "CODE"), ("secret", "unsure"), ("username", "name")):
        await seat.dialog.get_by_label(name).fill(text)
    await seat.dialog.get_by_role("button", name="Send").click()

    await expect(seat.dialog.get_by_label("again")).to_have_value("")
    await expect(seat.dialog.get_by_label("username")).to_have_value("name")
    await expect(seat.dialog.get_by_label("secret")).to_have_count(0)


async def test_tab_stays_in_the_modal_and_escape_closes_it(seat: Alice) -> None:
    await seat.open_form()
    await expect(seat.dialog.get_by_label("integration_code")).to_be_focused()
    for _ in range(7):
        await seat.page.keyboard.press("Tab")
    await expect(seat.dialog.get_by_label("integration_code")).to_be_focused()

    await seat.page.keyboard.press("Escape")

    await expect(seat.dialog).to_have_count(0)
    await expect(seat.composer).to_be_focused()


async def test_a_pressed_button_reaches_the_app(seat: Alice) -> None:
    alerts = await seat.town.alice.channel("alerts")
    await seat.town.client.chat_postMessage(channel=alerts, text="Press me", blocks=[row(button())])

    await seat.page.get_by_role("button", name="Press").click()

    await expect(seat.message("Pressed by @Alice Admin")).to_be_visible()


async def test_the_home_tab_opens_from_the_sidebar(seat: Alice) -> None:
    await seat.page.locator(".entry", has=seat.page.locator(".dot")).click()

    await expect(seat.page.get_by_text("Hello at home")).to_be_visible()


async def test_a_switch_breaks_the_api_user_and_mends_it(seat: Alice) -> None:
    await seat.page.get_by_role("tab", name="API user").click()
    state = seat.page.locator(".card .state").first
    await seat.switch("Lock").click()
    await expect(state).to_have_text("Locked")

    await seat.switch("Lock").click()

    await expect(state).to_have_text("Active")


async def test_the_panel_breaks_the_chat_and_mends_it(seat: Alice) -> None:
    await seat.page.get_by_role("button", name="break the chat").click()
    await expect(seat.page.get_by_role("tab", name="Chat")).to_be_focused()
    await seat.switch("Close direct messages").click()
    await expect(seat.switch("Close direct messages")).to_have_attribute("aria-checked", "true")
    said = {"channel": seat.town.alice.id, "text": "Hello"}
    assert (await seat.town.call("chat.postMessage", **said))["error"] == "messages_tab_disabled"

    await seat.switch("Close direct messages").click()

    await expect(seat.switch("Close direct messages")).to_have_attribute("aria-checked", "false")
    assert (await seat.town.call("chat.postMessage", **said))["ok"]


async def test_an_archived_channel_takes_no_words(seat: Alice) -> None:
    await seat.page.get_by_role("tab", name="Chat").click()
    channel = seat.page.get_by_role("group", name="#alerts")
    await channel.get_by_role("button", name="Archived").click()
    await expect(seat.page.get_by_text("nobody can write here")).to_be_visible()

    await channel.get_by_role("button", name="Archived").click()

    await expect(seat.composer).to_be_visible()


async def test_arrow_keys_walk_the_channels_and_enter_opens_one(seat: Alice) -> None:
    await seat.page.locator("[data-channel=alerts]").focus()
    await seat.page.keyboard.press("ArrowDown")
    await expect(seat.page.locator("[data-channel=general]")).to_be_focused()
    await seat.page.keyboard.press("End")
    await seat.page.keyboard.press("ArrowDown")
    await expect(seat.page.locator("[data-channel=alerts]")).to_be_focused()
    await seat.page.keyboard.press("ArrowDown")
    await seat.page.keyboard.press("Enter")

    await expect(seat.page.get_by_role("heading", name="general", exact=True)).to_be_visible()


async def test_on_a_phone_the_panel_and_the_channels_are_drawers(seat: Alice) -> None:
    await seat.page.get_by_role("tab", name="API user").click()
    await seat.page.set_viewport_size(PHONE)
    panel = seat.page.get_by_text("Paste these four values")
    await expect(panel).to_be_hidden()

    await seat.page.get_by_role("button", name="Autotask admin").click()
    await expect(panel).to_be_visible()
    await seat.page.keyboard.press("Escape")
    await expect(panel).to_be_hidden()
    await expect(seat.page.get_by_role("button", name="Autotask admin")).to_be_focused()

    await seat.page.get_by_role("button", name="Channels").click()
    await seat.page.locator("[data-channel=general]").click()
    await expect(seat.page.get_by_role("heading", name="general", exact=True)).to_be_visible()
    assert await seat.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_somebody_else_sees_what_is_theirs(seat: Alice) -> None:
    await seat.page.get_by_role("button", name=re.compile("Alice Admin")).first.click()
    await seat.page.get_by_role("menuitemradio", name=re.compile("Stan")).click()

    await expect(seat.page.locator("[data-channel=partners]")).to_be_visible()
    await expect(seat.page.locator("[data-channel=ops]")).to_have_count(0)
    await seat.page.evaluate("sessionStorage.clear()")
    await seat.sit_down()


@asynccontextmanager
async def _opened() -> AsyncIterator[Town]:
    autotask = AutotaskWorld(rng=random.Random(7))  # noqa: S311 - the same dice each time
    clock = Clock(time.time())
    world = SlackWorld(clock=clock, rng=random.Random(7))  # noqa: S311
    world.mount("/autotask/", autotask.panel_app())
    await world.start(0)
    async with aiohttp.ClientSession() as session:
        yield Town(world, session, clock)
    await world.stop()


def _app(town: Town) -> AsyncApp:
    """Just enough of an app to have something to draw."""
    app = AsyncApp(client=town.client, signing_secret=town.at["signing_secret"])

    @app.command("/autotask")
    async def command(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(*FORM))

    @app.view("form")
    async def submitted(ack: AsyncAck, view: dict[str, Any]) -> None:
        if view["state"]["values"]["secret"]["value"]["value"] == "wrong":
            errors = {"secret": "Autotask refuses this secret."}
            await ack(response_action="errors", errors=errors)
        else:
            await ack(response_action="update", view=modal(FORM[0], typed("again"), FORM[2]))

    @app.options("found")
    async def found(ack: AsyncAck, body: dict[str, Any]) -> None:
        names = {str(n): f"Customer {n}" for n in range(121)}
        sought = [(n, name) for n, name in names.items() if body["value"] in name.lower()]
        options = [{"value": n, "text": plain(name)} for n, name in sought[:100]]
        group = {"label": plain("Those that match"), "options": options}
        await ack(option_groups=[group] if options else [])

    @app.view("search")
    async def searched(ack: AsyncAck, view: dict[str, Any]) -> None:
        chosen = view["state"]["values"]["customers"]["found"]["selected_options"]
        said = f"Chosen: {', '.join(each['value'] for each in chosen)}"
        await ack(response_action="update", view=modal({"type": "section", "text": plain(said)}))

    @app.action("pressed")
    async def pressed(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        text = f"Pressed by <@{body['user']['id']}>"
        message, channel = body["message"], body["channel"]["id"]
        await client.chat_update(channel=channel, ts=message["ts"], text=text, blocks=[])

    @app.event("app_home_opened")
    async def home(event: dict[str, Any], client: AsyncWebClient) -> None:
        blocks = [{"type": "header", "text": plain("Hello at home")}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    return app
