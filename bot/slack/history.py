"""The story of looking back: incidents, a page at a time, the newest first."""

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, SectionBlock

from bot.domain.chronicle import course, headline
from bot.domain.connection import Connection
from bot.domain.incident import Incident
from bot.slack.desk import Answer, Desk
from bot.slack.request import Request
from bot.slack.text import MARKS, fitting, plain, plain_sentence
from bot.usecases.look_back import Past, id_of, look_back

OLDER, NEWEST = "history.older", "history.newest"


async def tell_history(desk: Desk, request: Request, name: str) -> Answer:
    """`/autotask history`."""
    person = await desk.who(request)
    return await _page(desk, request, await id_of(desk.ports, person, name), None)


async def show_history(desk: Desk, request: Request) -> None:
    """The button History, of one connection or of all."""
    await desk.answer(request, await _page(desk, request, request.value or None, None))


async def turn_page(desk: Desk, request: Request) -> None:
    """The buttons Older and Newest: another page in the place of this one."""
    connection_id, _, before = request.value.partition(":")
    number = int(before) if before.isdecimal() else None
    page = await _page(desk, request, connection_id or None, number)
    await desk.answer(request, page, replace=True)


async def _page(
    desk: Desk, request: Request, connection_id: str | None, before: int | None
) -> Answer:
    past = await look_back(desk.ports, await desk.who(request), connection_id, before=before)
    now = desk.ports.clock.now()
    shown = [
        _line(connection, incident, course(incident, now=now))
        for connection, incident in past.incidents
    ]
    return _answer(past, shown, connection_id or "", turned=before is not None)


def _answer(past: Past, shown: list[str], connection_id: str, *, turned: bool) -> Answer:
    """`turned`: whether these are not the newest."""
    if not shown:
        text = "No older incident." if turned else "No incident so far: nothing has gone wrong."
        return Answer(text)
    whole = "The newest incidents" if past.older_than else "All incidents"
    title = f"*{'Older incidents' if turned else whole}*"
    blocks: list[Block] = [SectionBlock(text=each) for each in [title, *shown]]
    buttons = []
    if past.older_than:
        value = f"{connection_id}:{past.older_than}"
        buttons.append(_way("Older", OLDER, value))
    if turned:
        buttons.append(_way("Newest", NEWEST, f"{connection_id}:"))
    if buttons:
        blocks.append(ActionsBlock(elements=buttons))
    return Answer(fitting([title, *shown]), blocks)


def _way(text: str, action_id: str, value: str) -> ButtonElement:
    """To another page."""
    heard = f"{text} page of incidents"
    return ButtonElement(text=text, action_id=action_id, value=value, accessibility_label=heard)


def _line(connection: Connection, incident: Incident, told: str) -> str:
    mark = f"{MARKS[incident.status]} " if incident.closed_at is None else ""
    return (
        f"{mark}*#{incident.number} {plain(connection.title)}* {headline(incident)}\n"
        f"{plain_sentence(told)}"
    )
