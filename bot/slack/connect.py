"""The story of connecting: the form opens, is submitted, and says what Autotask made of it."""

from dataclasses import replace

from slack_sdk.models.views import View

from bot.domain.connection import DEFAULT_NAME, Connection, parse_name
from bot.domain.credentials import Typed
from bot.domain.errors import BadInput, BotError, NoSuchConnection
from bot.slack.choose import chosen, meant, which_view
from bot.slack.connect_form import AS_THEY_ARE, MAY_LOCK, Form, form_view, read_form
from bot.slack.connect_result import Outcome, connected_view, in_a_line
from bot.slack.desk import CLOSED, Desk, Reply
from bot.slack.request import Request
from bot.usecases.connect import Attempt, Connected, Doubtful, Refused, connect
from bot.usecases.permit import require_manager

TITLE = "Connect Autotask"
WHICH = "edit.which"
EDIT = "Autotask"
"""Until it is known which connection is meant."""


async def open_by_name(desk: Desk, request: Request, name: str) -> None:
    """`/autotask connect NAME`: a new connection, or new credentials for the one of that name."""

    async def draw() -> View:
        return await _named(desk, request, parse_name(name), typed_in=request.channel_id)

    await desk.open(request, TITLE, draw)


async def open_first(desk: Desk, request: Request) -> None:
    """The button Connect, where nothing is connected yet."""
    await open_by_name(desk, request, DEFAULT_NAME)


async def first_form(desk: Desk, request: Request, *, typed_in: str) -> View:
    """The form that the guide leads to: the same as `/autotask connect` typed in that channel.
    Raises NotAllowed."""
    return await _named(desk, request, DEFAULT_NAME, typed_in=typed_in)


async def edit_by_name(desk: Desk, request: Request, name: str) -> None:
    """`/autotask edit NAME`: new credentials for the one of that name, or for the only one; where
    there are several, it asks."""

    async def draw() -> View:
        found = await meant(desk, request, name)
        if isinstance(found, Connection):
            return form_view(_editing(found))
        return which_view(found, WHICH, "Update credentials")

    await desk.open(request, EDIT, draw)


async def edit_chosen(desk: Desk, request: Request) -> Reply:
    """It was said which."""
    return Reply(form_view(_editing(await chosen(desk, request))), in_a_line=CLOSED)


async def edit_by_id(desk: Desk, request: Request) -> None:
    """The button Update credentials."""

    async def draw() -> View:
        await require_manager(desk.ports, await desk.who(request))
        overview = await desk.ports.connections.get(request.workspace_id, request.value)
        return form_view(_editing(overview.connection))

    await desk.open(request, EDIT, draw)


async def submit(desk: Desk, request: Request) -> Reply:
    """Try the values; the form stays open with the errors, or shows what came of it."""
    desk.typing.stop(str((request.view or {}).get("id")))
    form = read_form(request.metadata, request.typed())
    outcome = await _try(desk, request, form)
    errors = outcome.errors if isinstance(outcome, Refused) else {}
    return Reply(_view(form, outcome), errors, in_a_line(outcome))


async def _named(desk: Desk, request: Request, name: str, *, typed_in: str) -> View:
    await require_manager(desk.ports, await desk.who(request))
    try:
        overview = await desk.ports.connections.find(request.workspace_id, name)
    except NoSuchConnection:
        return form_view(Form(name, typed_in=typed_in))
    return form_view(_editing(overview.connection))


def _editing(connection: Connection) -> Form:
    return Form(connection.name, connection_id=connection.id)


async def _try(desk: Desk, request: Request, form: Form) -> Outcome:
    if form.gives_away:
        return Refused({"name": form.gives_away})
    try:
        attempt = _attempt(request, form)
        return await connect(desk.ports, await desk.who(request, fresh=True), attempt)
    except BotError as error:
        if isinstance(error, BadInput) and error.field == "name" and not form.connection_id:
            return Refused({"name": error.sentence()})
        return Refused(banner=error.sentence())


def _attempt(request: Request, form: Form) -> Attempt:
    return Attempt(
        typed=Typed.of(request.typed()),
        name=parse_name(form.name),
        channel=form.channel,
        typed_in=form.typed_in if form.typed_in.startswith(("C", "G")) else None,
        replaces=form.connection_id or None,
        as_they_are=AS_THEY_ARE in form.confirmed,
        may_lock=MAY_LOCK in form.confirmed,
    )


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
