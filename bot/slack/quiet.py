"""The story of wanting no alerts: acknowledge, snooze, pause, resume, maintenance."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_sdk.models.blocks import (
    DateTimePickerElement,
    Option,
    SectionBlock,
    StaticMultiSelectElement,
)
from slack_sdk.models.views import View

from bot.domain.errors import BadInput
from bot.slack.desk import Answer, Desk, Reply
from bot.slack.request import Request
from bot.slack.text import MARKS, label, plain, plain_sentence, status_word, time
from bot.slack.text import person as person_named
from bot.slack.views import form_input, note_view
from bot.usecases.acknowledge import acknowledge, snooze
from bot.usecases.pause import Window, pause, plan_maintenance, resume
from bot.usecases.permit import require_manager
from bot.usecases.ports import Overview
from bot.usecases.report import report, the_one

MAINTENANCE = "maintenance"
MOST_CHOICES = 100
"""Options that a select may have."""
HOUR = 3_600


async def acknowledge_by_id(desk: Desk, request: Request) -> None:
    """The button Acknowledge. The message itself shows that it was; who is not the first is told
    who was."""
    person = await desk.who(request, fresh=True)
    incident = (await acknowledge(desk.ports, person, request.value)).incident
    by = incident.acknowledged_by if incident else None
    if by and by != person.id:
        await desk.answer(request, Answer(f"{person_named(by)} has acknowledged it already."))


async def snooze_by_id(desk: Desk, request: Request) -> None:
    """A choice of Snooze: the connection, a colon, how long."""
    connection_id, _, how_long = request.value.partition(":")
    person = await desk.who(request, fresh=True)
    await snooze(desk.ports, person, connection_id, how_long)


async def pause_by_name(desk: Desk, request: Request, name: str) -> None:
    """`/autotask pause`."""
    person = await desk.who(request, fresh=True)
    connection = (await the_one(desk.ports, person, name)).connection
    paused = await pause(desk.ports, person, connection.id)
    text = (
        f"{_how(paused)}. It is not checked and nobody is told of anything, until "
        f"`/autotask resume` is typed."
    )
    await desk.answer(request, Answer(text))


async def pause_by_id(desk: Desk, request: Request) -> None:
    """The button Pause. The Home tab shows that it is."""
    await pause(desk.ports, await desk.who(request, fresh=True), request.value)


async def resume_by_id(desk: Desk, request: Request) -> None:
    """The button Resume. The Home tab shows that it is watched again."""
    await resume(desk.ports, await desk.who(request, fresh=True), request.value)


async def resume_by_name(desk: Desk, request: Request, name: str) -> None:
    """`/autotask resume`."""
    person = await desk.who(request, fresh=True)
    connection = (await the_one(desk.ports, person, name)).connection
    resumed = await resume(desk.ports, person, connection.id)
    await desk.answer(request, Answer(f"{_how(resumed)}. It is watched again from now on."))


async def open_maintenance(desk: Desk, request: Request, name: str) -> None:
    """`/autotask maintenance`: for the connection named, or for all."""

    async def draw() -> View:
        person = await desk.who(request)
        await require_manager(desk.ports, person)
        overviews = list(await report(desk.ports, person, name))
        if not overviews:
            raise BadInput("Nothing is connected yet.", hint="`/autotask connect` begins.")
        return _maintenance_view(overviews[:MOST_CHOICES], desk.ports.clock.now())

    await desk.open(request, "Maintenance", draw)


async def open_maintenance_by_id(desk: Desk, request: Request) -> None:
    """The entry Maintenance in a connection's menu."""

    async def draw() -> View:
        person = await desk.who(request)
        await require_manager(desk.ports, person)
        overview = await desk.ports.connections.get(person.workspace_id, request.value)
        return _maintenance_view([overview], desk.ports.clock.now())

    await desk.open(request, "Maintenance", draw)


async def submit_maintenance(desk: Desk, request: Request) -> Reply:
    """Plan it; the form stays open where the times do not fit."""
    typed = request.typed()
    try:
        window = Window(_moment(typed, "start"), _moment(typed, "end"))
        person = await desk.who(request, fresh=True)
        planned = await plan_maintenance(desk.ports, person, typed["connections"], window)
    except BadInput as error:
        text = plain_sentence(error.sentence())
        errors = {error.field: text} if error.field else {}
        return Reply(note_view("Maintenance", text), errors, text)
    names = ", ".join(f"*{plain(each.connection.title)}*" for each in planned.overviews)
    text = (
        f"Alerts about {names} are kept back from {time(window.start)} to {time(window.end)}, and "
        "summed up afterwards. Checks go on. `/autotask resume` ends it early."
    )
    if planned.gone:
        gone = ", ".join(f"*{plain(name)}*" for name in planned.gone)
        text += f" Nothing is planned for what was disconnected meanwhile: {gone}."
    return Reply(note_view("Maintenance", text), in_a_line=text)


def _how(overview: Overview) -> str:
    mark, word = MARKS[overview.watch.status], status_word(overview.watch)
    return f"{mark} *{plain(overview.connection.title)}* is *{word}*"


def _moment(typed: dict[str, Any], field: str) -> datetime:
    if not isinstance(typed.get(field), int):
        raise BadInput("Choose a date and a time.", field=field)
    return datetime.fromtimestamp(typed[field], UTC)


def _maintenance_view(overviews: list[Overview], now: datetime) -> View:
    """Beginning at the next full hour, for two."""
    start = datetime.fromtimestamp(math.ceil(now.timestamp() / HOUR) * HOUR, UTC)
    options = [
        Option(value=each.connection.id, text=label(each.connection.title)) for each in overviews
    ]
    which = StaticMultiSelectElement(options=options, initial_options=options)
    text = "While Autotask is worked on, alerts are kept back and summed up at the end."
    return View(
        type="modal",
        callback_id=MAINTENANCE,
        title="Maintenance",
        submit="Plan",
        close="Cancel",
        blocks=[
            SectionBlock(text=text),
            form_input("connections", "Connections", which),
            form_input("start", "From", _picker(start)),
            form_input("end", "To", _picker(start + timedelta(hours=2))),
        ],
    )


def _picker(at: datetime) -> DateTimePickerElement:
    return DateTimePickerElement(initial_date_time=int(at.timestamp()))
