"""The story of asking how the connections are: from the database alone."""

from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    HeaderBlock,
    InteractiveElement,
    Option,
    OverflowMenuElement,
)
from slack_sdk.models.views import View

from bot.domain.people import may_manage
from bot.domain.suspicion import suspicion
from bot.slack.cards import Facts, card, small, spoken, summary, the_rest
from bot.slack.desk import TITLE, Answer, Desk
from bot.slack.message import CHART, HISTORY, TEST, button
from bot.slack.picture import can_draw
from bot.slack.request import Request
from bot.slack.text import LONGEST_ALOUD
from bot.usecases.ports import Overview
from bot.usecases.report import last_hours, report, uptimes, worst_first

MOST_CARDS = 20
"""Two blocks each, and two around them; a message holds 50."""
MORE = "status.more"
CHECK = "check"
"""The shortcut "Check Autotask"."""


async def show_status(desk: Desk, request: Request) -> None:
    """The same in a modal, from where a press tests."""

    async def draw() -> View:
        return (await tell_status(desk, request, "")).view(TITLE)

    await desk.open(request, TITLE, draw)


async def tell_status(desk: Desk, request: Request, name: str) -> Answer:
    """`/autotask status`."""
    person = await desk.who(request)
    overviews = worst_first(await report(desk.ports, person, name))
    if not overviews:
        text = "Nothing is connected yet. `/autotask connect` begins, `/autotask guide` helps."
        return Answer(text)
    shown, now = overviews[:MOST_CARDS], desk.ports.clock.now()
    uptime, hours = await uptimes(desk.ports, shown), await last_hours(desk.ports, shown)
    manages = may_manage(person, await desk.ports.workspaces.managers(person.workspace_id))
    facts = {
        each.connection.id: Facts(
            uptime.get(each.connection.id),
            hours.get(each.connection.id, ()),
            now,
            suspicion(each.watch, desk.ports.policy.of(each.connection.care)),
            manages,
        )
        for each in shown
    }
    if len(overviews) == 1:
        return _alone(overviews[0], facts[overviews[0].connection.id], manages=manages)
    blocks: list[Block] = [HeaderBlock(text=summary(overviews))]
    for each in shown:
        menu = _menu(each.connection.id, manages=manages)
        blocks += card(each, facts[each.connection.id], accessory=menu)
    if rest := overviews[MOST_CARDS:]:
        blocks.append(small(the_rest(rest)))
    return Answer(_aloud(overviews, facts), blocks)


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
    """To test is for those who manage; to look is for everybody, at a chart where there can be
    one."""
    chart = {CHART: "Chart"} if can_draw() else {}
    look = {**chart, HISTORY: "History"}
    return {TEST: "Test now", **look} if manages else look


def _aloud(overviews: Sequence[Overview], facts: Mapping[str, Facts]) -> str:
    """All that the blocks say; where that is too long, the same more briefly, then of fewer."""
    shown = overviews[: len(facts)]
    whole = [spoken(each, facts[each.connection.id]) for each in shown]
    brief = [spoken(each, facts[each.connection.id], brief=True) for each in shown]
    for said in (whole, *(brief[:count] for count in range(len(brief), -1, -1))):
        rest = overviews[len(said) :]
        text = "\n".join([summary(overviews), *said, *([the_rest(rest)] if rest else ())])
        if len(text) <= LONGEST_ALOUD:
            break
    return text
