"""The form of `/autotask alerts`: where alerts go, and how closely a connection is watched."""

import json
from typing import Any

from slack_sdk.models.blocks import (
    CheckboxesElement,
    Option,
    SectionBlock,
    StaticSelectElement,
    UserSelectElement,
)
from slack_sdk.models.views import View

from bot.domain.connection import Connection
from bot.domain.errors import BadInput
from bot.domain.people import Person
from bot.domain.policy import Care
from bot.domain.sending import Delivered, Later, NotInstalled, Welcome
from bot.slack.choose import chosen, meant, which_view
from bot.slack.desk import CLOSED, Desk, Reply
from bot.slack.request import Request
from bot.slack.text import person as person_named
from bot.slack.text import plain, plain_sentence
from bot.slack.views import channel_picker, form_input, note_view
from bot.usecases import configure
from bot.usecases.alert_channel import READ_ALONG
from bot.usecases.destinations import destinations
from bot.usecases.digest import want_digest
from bot.usecases.permit import require_manager

ALERTS, WHICH = "alerts", "alerts.which"
TITLE = "Alerts"
DIGEST = "digest"
USUAL = "usual"
BROADCAST = "broadcast_recovery"
INTERVALS = {
    "60": "every minute",
    "300": "every 5 minutes",
    "900": "every 15 minutes",
    "3600": "every hour",
    "21600": "every 6 hours",
    "86400": "once a day",
}
FAILURES = {str(n): f"{n} failed checks in a row" for n in (2, 3, 4, 5, 10)}
PATIENCES = {
    "900": "after 15 minutes",
    "1800": "after 30 minutes",
    "3600": "after 1 hour",
    "14400": "after 4 hours",
}


async def open_by_name(desk: Desk, request: Request, name: str) -> None:
    """`/autotask alerts`; where there are several and none is named, it asks."""

    async def draw() -> View:
        found = await meant(desk, request, name)
        if isinstance(found, Connection):
            return await _draw(desk, found)
        return which_view(found, WHICH, TITLE)

    await desk.open(request, TITLE, draw)


async def open_chosen(desk: Desk, request: Request) -> Reply:
    """It was said which."""
    return Reply(await _draw(desk, await chosen(desk, request)), in_a_line=CLOSED)


async def open_by_id(desk: Desk, request: Request) -> None:
    """The entry Alerts in a connection's menu."""

    async def draw() -> View:
        await require_manager(desk.ports, await desk.who(request))
        overview = await desk.ports.connections.get(request.workspace_id, request.value)
        return await _draw(desk, overview.connection)

    await desk.open(request, TITLE, draw)


async def submit(desk: Desk, request: Request) -> Reply:
    """A channel is chosen once Slack has taken a test message there; the rest is simply kept."""
    person = await desk.who(request, fresh=True)
    connection_id = str(request.metadata.get("connection", ""))
    typed = request.typed()
    try:
        said, errors = await _choose(desk, person, connection_id, str(typed.get("channel") or ""))
        if not errors:
            await configure.look_after(desk.ports, person, connection_id, _care(typed))
            wanted = bool(typed.get(DIGEST))
            await want_digest(desk.ports, person, connection_id, wanted=wanted)
            if wanted:
                said += f" So does the weekly digest, on Mondays at 09:00 ({plain(person.tz)})."
    except BadInput as error:
        said, errors = plain_sentence(error.sentence()), {error.field: error.sentence()}
    return Reply(note_view(TITLE, said), errors, said)


async def _draw(desk: Desk, connection: Connection) -> View:
    wanted = await desk.ports.subscriptions.wanted(connection.workspace_id, connection.id)
    return _view(connection, digest=wanted)


async def _choose(
    desk: Desk, person: Person, connection_id: str, channel: str
) -> tuple[str, dict[str, str]]:
    overview = await desk.ports.connections.get(person.workspace_id, connection_id)
    broken = await desk.ports.destinations.broken(person.workspace_id)
    if not channel:
        first = destinations(desk.ports, overview.connection)[:1]
        whom = "".join(map(person_named, first)) or "nobody"
        return f"Saved. Alerts go to {whom} in a direct message, as before.", {}
    if channel == overview.connection.channel and channel not in broken:
        return f"Saved. Alerts go to <#{channel}>, as before.{await _beware(desk, channel)}", {}
    sent = await configure.choose_channel(desk.ports, person, connection_id, channel)
    match sent:
        case Delivered():
            text = f"I have posted a test message in <#{channel}>. Alerts go there from now on."
            return f"{text}{await _beware(desk, channel)}", {}
        case NotInstalled(reason):
            text = f"Slack takes nothing from this app just now ({reason}). Install it anew."
        case Later():
            text = "Slack did not take the test message just now. Try again in a moment."
        case _:
            text = "I cannot post in this channel. Type /invite and my name there, then try again."
    return text, {"channel": text}


async def _beware(desk: Desk, channel: str) -> str:
    """A word about who else reads there, as far as Slack shows it."""
    seen = await desk.ports.messenger.look(channel)
    return f" {READ_ALONG}" if isinstance(seen, Welcome) and seen.shared else ""


def _care(typed: dict[str, Any]) -> Care:
    """What was chosen; whatever is not a number is as usual."""
    interval, failures = _number(typed, "check_interval"), _number(typed, "outage_failures")
    escalate_to = typed.get("escalate_to") or None
    return Care(
        check_interval=interval,
        outage_failures=int(failures) if failures else None,
        escalate_to=escalate_to,
        escalate_after=(_number(typed, "escalate_after") or 1_800.0) if escalate_to else None,
        broadcast_recovery=BROADCAST in (typed.get("options") or ()),
    )


def _number(typed: dict[str, Any], field: str) -> float | None:
    chosen = str(typed.get(field) or USUAL)
    return float(chosen) if chosen.isdigit() else None


def _view(connection: Connection, *, digest: bool) -> View:
    care = connection.care
    weekly = Option(value=DIGEST, text="Weekly digest, on Monday morning")
    besides = CheckboxesElement(options=[weekly], initial_options=[weekly] if digest else None)
    mention = UserSelectElement(initial_user=care.escalate_to)
    broadcast = Option(
        value=BROADCAST, text="Show a recovery in the channel, not in its thread alone"
    )
    box = CheckboxesElement(
        options=[broadcast], initial_options=[broadcast] if care.broadcast_recovery else None
    )
    hint = "Where another channel is chosen, a test message is posted there at once."
    if connection.channel is None:
        hint += " Empty: alerts go on as direct messages."
    picker = channel_picker(connection.channel)
    optional = connection.channel is None
    return View(
        type="modal",
        callback_id=ALERTS,
        title=TITLE,
        submit="Save",
        close="Cancel",
        private_metadata=json.dumps({"connection": connection.id}),
        blocks=[
            SectionBlock(text=f"How shall *{plain(connection.title)}* be watched?"),
            form_input("channel", "Alert channel", picker, hint=hint, optional=optional),
            form_input("check_interval", "Check it", _choice(INTERVALS, care.check_interval)),
            form_input(
                "outage_failures",
                "Call it inactive after",
                _choice(FAILURES, care.outage_failures),
                hint="This is for outages. A refused sign-in is confirmed by a second one.",
            ),
            form_input("escalate_to", "Mention somebody", mention, optional=True),
            form_input(
                "escalate_after",
                "Mention them, if nobody acknowledges,",
                _choice(PATIENCES, care.escalate_after, usual="after 30 minutes"),
            ),
            form_input("options", "Recovery", box, optional=True),
            form_input(DIGEST, "Besides", besides, optional=True),
        ],
    )


def _choice(
    choices: dict[str, str], chosen: float | None, *, usual: str = "as usual"
) -> StaticSelectElement:
    """A select that starts with what holds now; "as usual" is what the operator has set."""
    key = USUAL if chosen is None else f"{chosen:g}"
    known = {USUAL: usual, **choices}
    known.setdefault(key, f"{key} s")
    options = {value: Option(value=value, text=text) for value, text in known.items()}
    return StaticSelectElement(options=list(options.values()), initial_option=options[key])
