"""The story of looking after connections: help, disconnect, who may, alerts sent again."""

import json
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    ContextBlock,
    InputBlock,
    SectionBlock,
    UserMultiSelectElement,
)
from slack_sdk.models.views import View

from bot.domain.connection import Connection
from bot.domain.errors import BadInput
from bot.domain.farewell import CANNOT_BE_UNDONE, farewell
from bot.domain.listing import LONGEST_OF_IDS, some_of
from bot.domain.people import require_admin
from bot.slack.choose import meant, which
from bot.slack.commands import VERBS
from bot.slack.desk import Answer, Desk, Reply
from bot.slack.message import button
from bot.slack.request import Request
from bot.slack.text import aloud, person, plain, plain_sentence
from bot.slack.views import form_input, note_view
from bot.usecases import configure
from bot.usecases.disconnect import disconnect
from bot.usecases.permit import require_manager
from bot.usecases.resend import resend

SETTINGS, MANAGERS, UNFIT = "settings", "managers", "unfit"
MOST_CHOSEN = 100
"""People in one field, as many as a menu may have options."""
DISCONNECT, KEEP = "connection.disconnect", "keep"
DISCONNECT_WHICH = "disconnect.which"


async def tell_help(desk: Desk, request: Request, name: str) -> Answer:
    """`/autotask help`."""
    lines = [f"`/autotask {verb}` {what}" for verb, what in VERBS.items()]
    text = "*What I do:* I connect to Autotask, check the connection for ever, and say so in a "
    text += "channel when it stops being active."
    more = "A connection's name may follow, such as `/autotask test EU subsidiary`."
    blocks = [
        SectionBlock(text=text),
        SectionBlock(text="\n".join(lines)),
        ContextBlock(elements=[{"type": "mrkdwn", "text": more}]),
    ]
    return Answer(aloud(blocks), blocks)


async def show_help(desk: Desk, request: Request) -> None:
    """The button Help."""
    await desk.answer(request, await tell_help(desk, request, ""))


async def ask_disconnect(desk: Desk, request: Request, name: str) -> Answer:
    """`/autotask disconnect`: asks before it does, and where there are several, which."""
    found = await meant(desk, request, name)
    if isinstance(found, Connection):
        return _question(found)
    return which(found, DISCONNECT_WHICH, "Disconnect which connection?")


async def ask_disconnect_chosen(desk: Desk, request: Request) -> None:
    """It was said which."""
    await desk.answer(request, await _ask(desk, request), replace=True)


async def ask_disconnect_by_id(desk: Desk, request: Request) -> None:
    """The entry Disconnect in a connection's menu."""
    await desk.answer_with(request, partial(_ask, desk, request))


async def do_disconnect(desk: Desk, request: Request) -> None:
    """The button Disconnect."""
    actor = await desk.who(request, fresh=True)
    gone = await disconnect(desk.ports, actor, request.value)
    said = farewell(incident_closed=gone.incident_closed)
    lines = [
        f":white_circle: *{plain(gone.connection.title)}* is disconnected.",
        *(f"• *{what}:* {sentence}" for what, sentence in said.items()),
    ]
    await desk.answer(request, Answer("\n".join(lines)), replace=True)


async def keep(desk: Desk, request: Request) -> None:
    """The button Keep it."""
    await desk.answer(request, Answer("Nothing was changed."), replace=True)


async def send_again(desk: Desk, request: Request) -> None:
    """The button Send again: what reached nobody is owed anew."""
    count = await resend(desk.ports, await desk.who(request, fresh=True))
    text = "Nothing is left that has reached nobody."
    if count:
        alerts = "1 alert is" if count == 1 else f"{count} alerts are"
        text = f"{alerts} on the way again, beginning at the first place in line."
    await desk.answer(request, Answer(text))


async def show_settings(desk: Desk, request: Request) -> None:
    """The button Settings."""
    await open_settings(desk, request, "")


async def open_settings(desk: Desk, request: Request, name: str) -> None:
    """`/autotask settings`: admins name the people who may manage beside them."""

    async def draw() -> View:
        require_admin(await desk.who(request))
        named = await desk.ports.workspaces.managers(request.workspace_id)
        return _settings_view(named, await desk.people.unfit(request, named))

    await desk.open(request, "Settings", draw)


async def submit_settings(desk: Desk, request: Request) -> Reply:
    """Whoever was put in is named, and whoever was taken out no longer; what others have changed
    meanwhile stays. The form stays open where some of those put in never may."""
    actor = await desk.who(request, fresh=True)
    before, after = _shown(request.view or {}), _chosen(request.typed())
    try:
        new = [each for each in after if each not in before]
        there = await desk.people.several(request, new, fresh=True)
        gone = {*before, *request.metadata.get(UNFIT, ())} - {*after}
        named = await configure.name_managers(desk.ports, actor, there, gone)
    except BadInput as error:
        said = plain_sentence(error.sentence())
        return Reply(note_view("Settings", said), {error.field: error.sentence()}, said)
    people = some_of([person(each) for each in sorted(named)], LONGEST_OF_IDS) or "nobody else"
    text = f"Besides workspace admins, {people} may manage Autotask connections."
    return Reply(note_view("Settings", text), in_a_line=text)


def _shown(view: Mapping[str, Any]) -> set[str]:
    """The ids that the form was opened with."""
    inputs = [block["element"] for block in view.get("blocks") or () if block["type"] == "input"]
    return {id_ for each in inputs for id_ in each.get("initial_users") or ()}


def _chosen(typed: Mapping[str, Any]) -> list[str]:
    """The ids that stood in it in the end, each once."""
    fields = [ids or () for name, ids in typed.items() if name.startswith(MANAGERS)]
    return list(dict.fromkeys(id_ for ids in fields for id_ in ids))


async def _ask(desk: Desk, request: Request) -> Answer:
    await require_manager(desk.ports, await desk.who(request))
    overview = await desk.ports.connections.get(request.workspace_id, request.value)
    return _question(overview.connection)


def _question(connection: Connection) -> Answer:
    text = f"Disconnect *{plain(connection.title)}*? {CANNOT_BE_UNDONE}"
    yes = button("Disconnect", DISCONNECT, connection, style="danger")
    no = button("Keep it", KEEP, connection)
    return Answer(text, (SectionBlock(text=text), ActionsBlock(elements=[yes, no])))


def _settings_view(named: Collection[str], unfit: Sequence[str] = ()) -> View:
    """In as many fields as it takes. Who never may is not shown, and named no longer once it is
    saved."""
    people = sorted({*named} - {*unfit})
    starts = range(0, len(people) or 1, MOST_CHOSEN)
    return View(
        type="modal",
        callback_id=SETTINGS,
        title="Settings",
        submit="Save",
        close="Cancel",
        private_metadata=json.dumps({UNFIT: unfit}),
        blocks=[_managers(people[start : start + MOST_CHOSEN], start) for start in starts],
    )


def _managers(people: list[str], start: int) -> InputBlock:
    picker = UserMultiSelectElement(initial_users=people or None)
    hint = "Workspace admins and owners always may. Guests never may."
    label = "People who may connect, test and disconnect"
    if not start:
        return form_input(MANAGERS, label, picker, hint=hint, optional=True)
    return form_input(f"{MANAGERS}.{start}", "… and these", picker, optional=True)
