"""The story of connecting: the form opens, is submitted, and says what Autotask made of it."""

from dataclasses import replace

from slack_sdk.models.views import View

from bot.domain.connection import DEFAULT_NAME, parse_name
from bot.domain.credentials import Typed
from bot.domain.errors import BotError, NoSuchConnection
from bot.slack.connect_form import (
    AS_THEY_ARE,
    MAY_LOCK,
    Form,
    connected_view,
    form_view,
    read_form,
)
from bot.slack.desk import Desk, Reply
from bot.slack.request import Request
from bot.slack.text import plain
from bot.usecases.connect import Attempt, Connected, Doubtful, Refused, connect
from bot.usecases.permit import require_manager

TITLE = "Connect Autotask"
CHECKING = "Checking with Autotask… (No answer in 30 seconds? `/autotask status` tells.)"

Outcome = Connected | Refused | Doubtful


async def open_by_name(desk: Desk, request: Request, name: str) -> None:
    """`/autotask connect NAME`: a new connection, or new credentials for the one of that name."""
    await _open(desk, request, name=parse_name(name))


async def open_first(desk: Desk, request: Request) -> None:
    """The button Connect, where nothing is connected yet."""
    await _open(desk, request, name=DEFAULT_NAME)


async def open_by_id(desk: Desk, request: Request) -> None:
    """The button Update credentials."""
    await _open(desk, request, connection_id=request.value)


async def submit(desk: Desk, request: Request) -> Reply:
    """Try the values; the form stays open with the errors, or shows what came of it."""
    form = read_form(request.metadata, request.typed())
    outcome = await _try(desk, request, form)
    errors = outcome.errors if isinstance(outcome, Refused) else {}
    return Reply(_view(form, outcome), errors, _in_a_line(outcome))


async def _open(desk: Desk, request: Request, *, name: str = "", connection_id: str = "") -> None:
    async def draw() -> View:
        await require_manager(desk.ports, await desk.who(request))
        return form_view(await _form(desk, request, name, connection_id))

    await desk.open(request, TITLE, draw)


async def _form(desk: Desk, request: Request, name: str, connection_id: str) -> Form:
    connections = desk.ports.connections
    try:
        if connection_id:
            overview = await connections.get(request.workspace_id, connection_id)
        else:
            overview = await connections.find(request.workspace_id, name)
    except NoSuchConnection:
        if connection_id:
            raise
        return Form(name, typed_in=request.channel_id)
    return Form(overview.connection.name, connection_id=overview.connection.id)


async def _try(desk: Desk, request: Request, form: Form) -> Outcome:
    attempt = Attempt(
        typed=Typed.of(request.typed()),
        name=parse_name(form.name),
        channel=form.channel,
        typed_in=form.typed_in if form.typed_in.startswith(("C", "G")) else None,
        replaces=form.connection_id or None,
        as_they_are=AS_THEY_ARE in form.confirmed,
        may_lock=MAY_LOCK in form.confirmed,
    )
    try:
        return await connect(desk.ports, await desk.who(request, fresh=True), attempt)
    except BotError as error:
        return Refused(banner=error.sentence())


def _view(form: Form, outcome: Outcome) -> View:
    match outcome:
        case Connected():
            return connected_view(outcome)
        case Refused(errors, banner):
            clean = replace(form, confirm=None, warning="", confirmed=())
            return form_view(replace(clean, advice=errors, banner=banner))
        case Doubtful(advice, confirm, may_lock, warning):
            box = (MAY_LOCK if may_lock else AS_THEY_ARE, confirm)
            sure = (AS_THEY_ARE,) if may_lock and AS_THEY_ARE in form.confirmed else ()
            asking = replace(form, confirm=box, warning=warning, confirmed=sure)
            return form_view(replace(asking, advice=advice, banner=""))


def _in_a_line(outcome: Outcome) -> str:
    """For a person who closed the form before the answer came."""
    match outcome:
        case Connected(connection, watch):
            return f"{plain(connection.title)} is {watch.status.capitalize()}."
        case Refused(errors, banner):
            return f"Nothing was stored. {banner or ' '.join(errors.values())}"
        case Doubtful():
            return "Nothing was sent. Type `/autotask connect` and look at the values once more."
