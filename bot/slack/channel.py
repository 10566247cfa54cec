"""The story of where alerts go: the form of `/autotask alerts`."""

import json

from slack_sdk.models.blocks import CheckboxesElement, Option, SectionBlock
from slack_sdk.models.views import View

from bot.domain.connection import Connection
from bot.domain.sending import Delivered, Later
from bot.slack.desk import Desk, Reply
from bot.slack.request import Request
from bot.slack.text import plain
from bot.slack.views import channel_picker, form_input, note_view
from bot.usecases import configure
from bot.usecases.digest import want_digest
from bot.usecases.permit import require_manager
from bot.usecases.report import the_one

ALERTS = "alerts"
DIGEST = "digest"


async def open_alerts(desk: Desk, request: Request, name: str) -> None:
    """`/autotask alerts`: a form with Slack's own channel picker."""

    async def draw() -> View:
        person = await desk.who(request)
        await require_manager(desk.ports, person)
        connection = (await the_one(desk.ports, person, name)).connection
        wanted = await desk.ports.subscriptions.wanted(person.workspace_id, connection.id)
        return _alerts_view(connection, digest=wanted)

    await desk.open(request, "Alert channel", draw)


async def submit_alerts(desk: Desk, request: Request) -> Reply:
    """Post a test message; once Slack has taken it, channel and digest are as chosen."""
    actor = await desk.who(request, fresh=True)
    typed = request.typed()
    channel, wanted = str(typed.get("channel") or ""), bool(typed.get(DIGEST))
    connection_id = str(request.metadata.get("connection", ""))
    sent = await configure.choose_channel(desk.ports, actor, connection_id, channel)
    errors = {}
    match sent:
        case Delivered():
            await want_digest(desk.ports, actor, connection_id, wanted=wanted)
            text = f"I have posted a test message in <#{channel}>. Alerts go there from now on."
            if wanted:
                text += f" So does the weekly digest, on Mondays at 09:00 ({plain(actor.tz)})."
        case Later():
            text = "Slack did not take the test message just now. Try again in a moment."
            errors = {"channel": text}
        case _:
            text = "I cannot post in this channel. Type /invite and my name there, then try again."
            errors = {"channel": text}
    return Reply(note_view("Alert channel", text), errors, text)


def _alerts_view(connection: Connection, *, digest: bool) -> View:
    picker = channel_picker(connection.channel)
    hint = "A test message is posted there at once."
    weekly = Option(value=DIGEST, text="Weekly digest, on Monday morning")
    box = CheckboxesElement(options=[weekly], initial_options=[weekly] if digest else None)
    return View(
        type="modal",
        callback_id=ALERTS,
        title="Alert channel",
        submit="Choose",
        close="Cancel",
        private_metadata=json.dumps({"connection": connection.id}),
        blocks=[
            SectionBlock(text=f"Where shall alerts about *{plain(connection.title)}* go?"),
            form_input("channel", "Channel", picker, hint=hint),
            form_input(DIGEST, "Besides", box, optional=True),
        ],
    )
