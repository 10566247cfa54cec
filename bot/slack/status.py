"""The story of asking how the connections are: from the database alone."""

from slack_sdk.models.blocks import ContextBlock

from bot.slack.cards import card
from bot.slack.desk import Answer, Desk
from bot.slack.request import Request
from bot.slack.text import plain, status_word
from bot.usecases.report import report, uptimes, worst_first

MOST_CARDS = 20
"""Two blocks each; a message holds 50."""


async def tell_status(desk: Desk, request: Request, name: str) -> Answer:
    """`/autotask status`."""
    overviews = await report(desk.ports, await desk.who(request), name)
    if not overviews:
        text = "Nothing is connected yet. `/autotask connect` begins, `/autotask guide` helps."
        return Answer(text)
    ordered = worst_first(overviews)
    lines = [f"{plain(each.connection.title)}: {status_word(each.watch)}" for each in ordered]
    shown = ordered[:MOST_CARDS]
    uptime = await uptimes(desk.ports, shown)
    blocks = [block for each in shown for block in card(each, uptime.get(each.connection.id))]
    if (more := len(overviews) - MOST_CARDS) > 0:
        rest = f"… and {more} more. `/autotask status NAME` shows one of them."
        blocks.append(ContextBlock(elements=[{"type": "mrkdwn", "text": rest}]))
    return Answer("; ".join(lines), blocks)
