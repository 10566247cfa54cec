"""The story of asking how the connections are: from the database alone."""

from collections.abc import Sequence

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    InteractiveElement,
    Option,
    OverflowMenuElement,
)

from bot.domain.diagnosis import diagnose
from bot.domain.people import may_manage
from bot.slack.cards import Facts, card, small, spoken
from bot.slack.desk import Answer, Desk
from bot.slack.message import CHART, HISTORY, TEST, button
from bot.slack.request import Request
from bot.slack.text import plain, status_word
from bot.usecases.ports import Overview
from bot.usecases.report import last_hours, report, uptimes, worst_first

MOST_CARDS = 20
"""Two blocks each; a message holds 50."""
MOST_NAMED = 100
MORE = "status.more"


async def tell_status(desk: Desk, request: Request, name: str) -> Answer:
    """`/autotask status`."""
    person = await desk.who(request)
    overviews = worst_first(await report(desk.ports, person, name))
    if not overviews:
        text = "Nothing is connected yet. `/autotask connect` begins, `/autotask guide` helps."
        return Answer(text)
    shown, now = overviews[:MOST_CARDS], desk.ports.clock.now()
    uptime, hours = await uptimes(desk.ports, shown), await last_hours(desk.ports, shown)
    facts = {
        id_: Facts(uptime.get(id_), hours.get(id_, ()), now)
        for id_ in (each.connection.id for each in shown)
    }
    manages = may_manage(person, await desk.ports.workspaces.managers(person.workspace_id))
    if len(overviews) == 1:
        return _alone(overviews[0], facts[overviews[0].connection.id], manages=manages)
    blocks: list[Block] = []
    for each in shown:
        menu = _menu(each.connection.id, manages=manages)
        blocks += card(each, facts[each.connection.id], accessory=menu)
    if (more := len(overviews) - MOST_CARDS) > 0:
        blocks.append(small(f"… and {more} more. `/autotask status NAME` shows one of them."))
    return Answer(_all_in_a_line(overviews), blocks)


def _alone(overview: Overview, facts: Facts, *, manages: bool) -> Answer:
    """With its buttons. The text is the whole of it, for who does not see the rest."""
    elements: list[InteractiveElement] = [
        button(text, action, overview.connection)
        for action, text in _deeds(manages=manages).items()
    ]
    blocks = [*card(overview, facts), ActionsBlock(elements=elements)]
    return Answer(spoken(overview, facts), blocks)


def _menu(connection_id: str, *, manages: bool) -> InteractiveElement:
    """The same beside a card, where a row of buttons each would be too much."""
    options = [
        Option(value=f"{action}:{connection_id}", text=text)
        for action, text in _deeds(manages=manages).items()
    ]
    return OverflowMenuElement(action_id=MORE, options=options)


def _deeds(*, manages: bool) -> dict[str, str]:
    """To test is for those who manage; to look is for everybody."""
    look = {CHART: "Chart", HISTORY: "History"}
    return {TEST: "Test now", **look} if manages else look


def _all_in_a_line(overviews: Sequence[Overview]) -> str:
    said = [_in_a_line(each) for each in overviews[:MOST_NAMED]]
    if (more := len(overviews) - MOST_NAMED) > 0:
        said.append(f"and {more} more")
    return "; ".join(said)


def _in_a_line(overview: Overview) -> str:
    watch = overview.watch
    said = f"{plain(overview.connection.title)}: {status_word(watch)}"
    if watch.cause is None:
        return said
    words = diagnose(watch.cause, last_ok_at=watch.last_ok_at)
    return f"{said} ({words.title}). *Next step:* {words.next_step}"
