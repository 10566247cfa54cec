"""The story of choosing a connection: from a list, or, where a menu may not list them all, by a
part of its name."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    ExternalDataSelectElement,
    Option,
    OptionGroup,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.domain.audit import Deed
from bot.domain.connection import Connection
from bot.domain.people import Person
from bot.slack.desk import Answer, Desk
from bot.slack.request import Request
from bot.slack.text import label
from bot.slack.views import form_input
from bot.usecases.permit import require_manager
from bot.usecases.ports import Overview
from bot.usecases.report import report, the_one, worst_first

WHICH = "connections.which"
MOST_CHOICES = 100
"""Options that a select may have; of more that are suggested, Slack shows none."""
_FIELD = "connection"


async def suggest(desk: Desk, request: Request) -> dict[str, Any]:
    """The connections whose titles hold what was typed; where there are more than Slack shows, the
    heading says so."""
    sought = request.value.strip().casefold()
    overviews = await report(desk.ports, await desk.who(request))
    found = [each for each in overviews if sought in each.connection.title.casefold()]
    shown = options(found[:MOST_CHOICES])
    if len(found) <= MOST_CHOICES:
        return {"options": shown}
    heading = f"{MOST_CHOICES} of {len(found):,}: type more of the name"
    return {"option_groups": [OptionGroup(label=heading, options=shown).to_dict()]}


async def meant(
    desk: Desk, request: Request, name: str, deed: Deed = Deed.MANAGE
) -> Connection | Sequence[Overview]:
    """The one of that name, or the only one; else all, for a manager to choose from. Raises
    NotAllowed, BadInput, NoSuchConnection."""
    person = await _manager(desk, request, deed)
    if not name and len(overviews := await report(desk.ports, person)) > 1:
        return overviews
    return (await the_one(desk.ports, person, name)).connection


async def chosen(desk: Desk, request: Request) -> Connection:
    """What was chosen in the form that asks. Raises NotAllowed, NoSuchConnection."""
    person = await _manager(desk, request)
    id_ = str(request.typed().get(_FIELD) or "")
    return (await desk.ports.connections.get(person.workspace_id, id_)).connection


def which_view(overviews: Sequence[Overview], callback_id: str, title: str) -> View:
    """A form that asks for one of them."""
    menu = (
        StaticSelectElement(options=options(worst_first(overviews)))
        if len(overviews) <= MOST_CHOICES
        else ExternalDataSelectElement(
            action_id=WHICH, placeholder="Type a part of its name", min_query_length=0
        )
    )
    return View(
        type="modal",
        callback_id=callback_id,
        title=title,
        submit="Go on",
        close="Cancel",
        blocks=[form_input(_FIELD, "Which connection?", menu)],
    )


def which(overviews: Sequence[Overview], action_id: str, question: str) -> Answer:
    """A message that asks for one of them: what is chosen is the value of this action."""
    if len(overviews) > MOST_CHOICES:
        question += (
            f" {MOST_CHOICES} of {len(overviews):,} are listed, the most troubled first: for "
            "another one, type its name behind the command."
        )
    menu = StaticSelectElement(
        action_id=action_id,
        placeholder="Choose a connection",
        options=options(worst_first(overviews)[:MOST_CHOICES]),
    )
    return Answer(question, [SectionBlock(text=question), ActionsBlock(elements=[menu])])


def options(overviews: Sequence[Overview]) -> list[Option]:
    """As the entries of a menu."""
    return [
        Option(value=each.connection.id, text=label(each.connection.title)) for each in overviews
    ]


async def _manager(desk: Desk, request: Request, deed: Deed = Deed.MANAGE) -> Person:
    person = await desk.who(request)
    await require_manager(desk.ports, person, deed)
    return person
