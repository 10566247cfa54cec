"""Bolt, tamed: one listener per kind of payload, and a dictionary behind each.

Listeners are tried one after the other, at about 12 microseconds each, so there are seven.
`process_before_response` sends the acknowledgement when a listener returns, without the 10 ms poll
of stock Bolt: a listener parses, permits, answers, hands longer work to a tracked task, and
returns. Bolt's own signature check is off, since it logs whole bodies; `bot/slack/door.py` checks.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_bolt.logger.messages import warning_client_prioritized_and_token_skipped
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import BotError
from bot.domain.people import Person
from bot.slack import (
    alert_form,
    audit,
    channels,
    chart,
    choose,
    connect,
    connect_form,
    connect_zone,
    doctor,
    guide,
    history,
    home,
    leaving,
    maintenance,
    manage,
    message,
    onboarding,
    quiet,
    request,
    status,
    testing,
)
from bot.slack.channels import Heard
from bot.slack.desk import PATIENCE, Answer, Desk, Reply
from bot.slack.excuse import STALE_BUTTON, STALE_FORM
from bot.slack.last_word import last_word
from bot.slack.once import Once
from bot.slack.request import Kind, Request
from bot.slack.understanding import understand
from bot.slack.views import note_view

log = logging.getLogger(__name__)

COMMAND = "/autotask"

Asked = Callable[[Desk, Request, str], Awaitable[Answer]]
TakenUp = Callable[[Desk, Request, str], Coroutine[Any, Any, None]]
Pressed = Callable[[Desk, Request], Coroutine[Any, Any, None]]
Suggested = Callable[[Desk, Request], Awaitable[dict[str, Any]]]
Submitted = Callable[[Desk, Request], Coroutine[Any, Any, Reply]]

ANSWERED: dict[str, Asked] = {
    "guide": guide.tell,
    "status": status.tell_status,
    "history": history.tell_history,
    "audit": audit.tell_audit,
    "disconnect": manage.ask_disconnect,
    "help": manage.tell_help,
}
"""Commands whose answer is known at once, and goes out with the acknowledgement."""

TAKEN_UP: dict[str, tuple[TakenUp, str]] = {
    "connect": (connect.open_by_name, ""),
    "edit": (connect.edit_by_name, ""),
    "test": (testing.test_by_name, ""),
    "alerts": (alert_form.open_by_name, ""),
    "pause": (quiet.pause_by_name, ""),
    "resume": (quiet.resume_by_name, ""),
    "maintenance": (maintenance.open_by_name, ""),
    "settings": (manage.open_settings, ""),
    "doctor": (doctor.tell, "Looking…"),
}
"""Commands that take longer: what they do, and what is said meanwhile."""

ACTIONS: dict[str, Pressed] = {
    message.UPDATE_CREDENTIALS: connect.edit_by_id,
    message.TEST: testing.test_by_id,
    message.ACKNOWLEDGE: quiet.acknowledge_by_id,
    message.SNOOZE: quiet.snooze_by_id,
    testing.TEST_ALL_THE_SAME: testing.test_all_the_same,
    message.CHART: chart.show_chart,
    message.HISTORY: history.show_history,
    history.OLDER: history.turn_page,
    history.NEWEST: history.turn_page,
    audit.OLDER: audit.turn_page,
    audit.NEWEST: audit.turn_page,
    quiet.PAUSE_WHICH: quiet.pause_chosen,
    quiet.RESUME_WHICH: quiet.resume_chosen,
    manage.DISCONNECT_WHICH: manage.ask_disconnect_chosen,
    manage.DISCONNECT: manage.do_disconnect,
    manage.KEEP: manage.keep,
    connect_form.GUIDE: guide.show,
    connect_form.USERNAME_TYPED: connect_zone.typed,
    guide.BACK: guide.turn,
    guide.NEXT: guide.turn,
    guide.CHOOSE: guide.turn,
    message.CONNECT: connect.open_first,
    home.PAUSE: quiet.pause_by_id,
    home.RESUME: quiet.resume_by_id,
    message.ALERTS: alert_form.open_by_id,
    home.MAINTENANCE: maintenance.open_by_id,
    home.ASK_DISCONNECT: manage.ask_disconnect_by_id,
    home.SEND_AGAIN: manage.send_again,
    home.SETTINGS: manage.show_settings,
    home.HELP: manage.show_help,
}
"""Buttons, and the entries of menus."""
SUBMISSIONS: dict[str, tuple[Submitted, str]] = {
    connect_form.FORM: (
        connect.submit,
        "Checking with Autotask… (No answer in 30 seconds? `/autotask status` tells.)",
    ),
    connect.WHICH: (connect.edit_chosen, "One moment…"),
    testing.WHICH: (testing.test_chosen, "One moment…"),
    alert_form.WHICH: (alert_form.open_chosen, "One moment…"),
    guide.STEP: (guide.to_form, "One moment…"),
    alert_form.ALERTS: (alert_form.submit, "Saving…"),
    maintenance.MAINTENANCE: (maintenance.submit, "Saving…"),
    manage.SETTINGS: (manage.submit_settings, "Saving…"),
}
"""Forms: what they do, and what is said where that takes longer."""


SHORTCUTS: dict[str, Pressed] = {status.CHECK: status.show_status}
"""Entries of Slack's own menus, for who does not know the command."""
SUGGESTIONS: dict[str, Suggested] = {choose.WHICH: choose.suggest}
"""Menus whose options are asked for while a person types."""


async def _home_opened(desk: Desk, heard: Heard) -> None:
    if heard.event.get("tab") == "home":
        user = str(heard.event.get("user", ""))
        client = desk.homes.client
        asked = Request(Kind.HOME, heard.workspace_id, user_id=user, client=client, key="")
        await desk.homes.open(Person(user, heard.workspace_id), partial(desk.who, asked))
        await onboarding.greet(desk, asked)


EVENTS: Mapping[str, Callable[[Desk, Heard], Awaitable[None]]] = {
    **channels.EVENTS,
    **leaving.EVENTS,
    "app_home_opened": _home_opened,
}


def build(desk: Desk, client: AsyncWebClient) -> AsyncApp:
    """The Bolt app with every listener registered. `client` holds the token and the session."""
    logging.getLogger("slack_bolt.AsyncApp").addFilter(_is_news)
    app = AsyncApp(
        client=client,
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        request_verification_enabled=False,
    )
    once = Once()

    @app.command(COMMAND)
    async def on_command(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        asked = request.command(body, _workspace(context), context.client)
        await ack(**await once(body, partial(_command, desk, asked)))

    @app.view(re.compile(".*"))
    @app.view_closed(re.compile(".*"))
    async def on_form(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        asked = request.submission(body, _workspace(context), context.client)
        done = _closing if body["type"] == "view_closed" else _submission
        await ack(**await once(body, partial(done, desk, asked)))

    @app.action(re.compile(".*"))
    async def on_action(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        asked = request.action(body, _workspace(context), context.client)
        await ack(**await once(body, partial(_action, desk, asked)))

    @app.shortcut(re.compile(".*"))
    async def on_shortcut(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        asked = request.shortcut(body, _workspace(context), context.client)
        await ack(**await once(body, partial(_shortcut, desk, asked)))

    @app.options(re.compile(".*"))
    async def on_suggestion(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        asked = request.suggestion(body, _workspace(context), context.client)
        await ack(**await _suggestion(desk, asked))

    @app.event(re.compile(".*"))
    async def on_event(body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Acknowledges also what an operator has subscribed to beyond the manifest; unanswered,
        Slack would send it again."""
        heard = Heard(_workspace(context), str(context.bot_user_id or ""), body)
        await once(body, partial(_event, desk, heard))

    @app.error
    async def on_error(error: Exception, body: dict[str, Any]) -> BoltResponse:
        return BoltResponse(status=200, body=last_word(desk, body, error))

    return app


def _is_news(record: logging.LogRecord) -> bool:
    """That Bolt has found SLACK_BOT_TOKEN in the environment by itself, and leaves it, is none."""
    return record.getMessage() != warning_client_prioritized_and_token_skipped()


def _workspace(context: AsyncBoltContext) -> str:
    """The tenant, from the token's own auth.test and not from the payload."""
    result = context.authorize_result
    return str((result.team_id or result.enterprise_id) if result else "")


async def _event(desk: Desk, heard: Heard) -> dict[str, Any]:
    _hear(desk, heard)
    return {}


def _hear(desk: Desk, heard: Heard) -> None:
    """What happens in other workspaces than the token's own touches nothing."""
    happened = EVENTS.get(str(heard.event.get("type")))
    if happened and heard.workspace_id in heard.addressees:
        desk.later(happened(desk, heard))


async def _command(desk: Desk, asked: Request) -> dict[str, Any]:
    try:
        command = await understand(desk, asked)
        if answered := ANSWERED.get(command.verb):
            async with asyncio.timeout(PATIENCE):
                return (await answered(desk, asked, command.name)).body()
    except BotError as error:
        return Answer(await desk.excuse(asked, error)).body()
    except TimeoutError:
        return Answer("That took too long just now. Try again in a moment.").body()
    taken_up, meanwhile = TAKEN_UP[command.verb]
    desk.spawn(asked, taken_up(desk, asked, command.name))
    return Answer(meanwhile).body() if meanwhile else {}


async def _action(desk: Desk, asked: Request) -> dict[str, Any]:
    if pressed := ACTIONS.get(asked.key):
        desk.spawn(asked, pressed(desk, asked))
    else:
        desk.spawn(asked, desk.answer(asked, Answer(STALE_BUTTON)))
    return {}


async def _shortcut(desk: Desk, asked: Request) -> dict[str, Any]:
    if chosen := SHORTCUTS.get(asked.key):
        desk.spawn(asked, chosen(desk, asked))
    else:
        log.warning("nobody_listens", extra={"kind": "shortcut"})
    return {}


async def _suggestion(desk: Desk, asked: Request) -> dict[str, Any]:
    """Nothing is found where this person may not look, or there is no time: Slack shows no more of
    a reason."""
    if asked.key not in SUGGESTIONS:
        log.warning("nobody_listens", extra={"kind": "block_suggestion"})
        return {"options": []}
    try:
        async with asyncio.timeout(PATIENCE):
            return await SUGGESTIONS[asked.key](desk, asked)
    except (BotError, TimeoutError):
        return {"options": []}


async def _submission(desk: Desk, asked: Request) -> dict[str, Any]:
    if asked.key not in SUBMISSIONS:
        return Reply(note_view("Not saved", STALE_FORM)).body()
    submitted, meanwhile = SUBMISSIONS[asked.key]
    return await desk.submitted(asked, submitted(desk, asked), meanwhile=meanwhile)


async def _closing(desk: Desk, asked: Request) -> dict[str, Any]:
    desk.closed(asked)
    return {}
