"""The story of planning a time in which alerts are kept back."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_sdk.models.blocks import (
    DateTimePickerElement,
    ExternalDataMultiSelectElement,
    InputBlock,
    SectionBlock,
    StaticMultiSelectElement,
)
from slack_sdk.models.views import View

from bot.domain.errors import BadInput
from bot.domain.listing import some_of
from bot.slack.choose import MOST_CHOICES, WHICH, options
from bot.slack.desk import Desk, Reply
from bot.slack.request import Request
from bot.slack.text import plain, plain_sentence, time
from bot.slack.views import form_input, note_view
from bot.usecases.pause import Window, plan_maintenance
from bot.usecases.permit import require_manager
from bot.usecases.ports import Overview
from bot.usecases.report import report

MAINTENANCE = "maintenance"
TITLE = "Maintenance"
HOUR = 3_600


async def open_by_name(desk: Desk, request: Request, name: str) -> None:
    """`/autotask maintenance`: for the connection named, or for all."""

    async def draw() -> View:
        person = await desk.who(request)
        await require_manager(desk.ports, person)
        overviews = await report(desk.ports, person, name)
        if not overviews:
            raise BadInput("Nothing is connected yet.", hint="`/autotask connect` begins.")
        return _view(overviews, desk.ports.clock.now())

    await desk.open(request, TITLE, draw)


async def open_by_id(desk: Desk, request: Request) -> None:
    """The entry Maintenance in a connection's menu."""

    async def draw() -> View:
        person = await desk.who(request)
        await require_manager(desk.ports, person)
        overview = await desk.ports.connections.get(person.workspace_id, request.value)
        return _view([overview], desk.ports.clock.now())

    await desk.open(request, TITLE, draw)


async def submit(desk: Desk, request: Request) -> Reply:
    """Plan it; the form stays open where the times do not fit."""
    typed = request.typed()
    chosen = typed.get("connections") or ()
    try:
        window = Window(_moment(typed, "start"), _moment(typed, "end"))
        person = await desk.who(request, fresh=True)
        ids = chosen or [each.connection.id for each in await report(desk.ports, person)]
        planned = await plan_maintenance(desk.ports, person, ids, window)
    except BadInput as error:
        text = plain_sentence(error.sentence())
        errors = {error.field: text} if error.field else {}
        return Reply(note_view(TITLE, text), errors, text)
    overviews = planned.overviews
    names = some_of([f"*{plain(each.connection.title)}*" for each in overviews])
    text = (
        f"Alerts about {names if chosen else f'all {len(overviews):,} connections'} are kept back "
        f"from {time(window.start)} to {time(window.end)}, and summed up afterwards. Checks go on. "
        "`/autotask resume` ends it early."
    )
    if planned.gone:
        gone = some_of([f"*{plain(name)}*" for name in planned.gone])
        text += f" Nothing is planned for what was disconnected meanwhile: {gone}."
    return Reply(note_view(TITLE, text), in_a_line=text)


def _moment(typed: dict[str, Any], field: str) -> datetime:
    if not isinstance(typed.get(field), int):
        raise BadInput("Choose a date and a time.", field=field)
    return datetime.fromtimestamp(typed[field], UTC)


def _view(overviews: Sequence[Overview], now: datetime) -> View:
    """Beginning at the next full hour, for two."""
    start = datetime.fromtimestamp(math.ceil(now.timestamp() / HOUR) * HOUR, UTC)
    text = "While Autotask is worked on, alerts are kept back and summed up at the end."
    return View(
        type="modal",
        callback_id=MAINTENANCE,
        title=TITLE,
        submit="Plan",
        close="Cancel",
        blocks=[
            SectionBlock(text=text),
            _which(overviews),
            form_input("start", "From", _picker(start)),
            form_input("end", "To", _picker(start + timedelta(hours=2))),
        ],
    )


def _which(overviews: Sequence[Overview]) -> InputBlock:
    """All are chosen at first. More than a select may list are searched, and none chosen is all."""
    name, words = "connections", "Connections"
    if len(overviews) <= MOST_CHOICES:
        every = options(overviews)
        static = StaticMultiSelectElement(options=every, initial_options=every)
        return form_input(name, words, static)
    search = ExternalDataMultiSelectElement(
        action_id=WHICH, placeholder=f"All {len(overviews):,} connections", min_query_length=0
    )
    hint = "Type a part of a name to find one. None chosen is all of them."
    return form_input(name, words, search, hint=hint, optional=True)


def _picker(at: datetime) -> DateTimePickerElement:
    return DateTimePickerElement(initial_date_time=int(at.timestamp()))
