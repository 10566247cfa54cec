"""The story of the picture: drawn of the last week, and sent to who asks for it.

It goes into the direct messages with the bot: a file has no channel that only one person sees, and
the state of a connection is not told to a channel unasked.
"""

import asyncio

from bot.domain.chronicle import course, headline
from bot.domain.sparkline import in_words
from bot.domain.stamps import spelled
from bot.slack import picture
from bot.slack.desk import Answer, Desk
from bot.slack.messenger import FAILURES
from bot.slack.outcomes import code_of
from bot.slack.request import Request
from bot.slack.scopes import may
from bot.slack.text import plain
from bot.usecases.look_back import Week, last_week

WRITE = ("files:write",)
LONGEST_ALT = 1000
"""Characters (docs.slack.dev, files.getUploadURLExternal)."""
NO_LIBRARY = (
    "A picture needs the extra `charts`: whoever runs the bot types `make charts`, or builds the "
    "image with `--build-arg CHARTS=yes`, and starts it again."
)
NO_SCOPE = (
    "A picture needs Slack's optional permission `files:write`: install the app anew and grant it."
)


async def show_chart(desk: Desk, request: Request) -> None:
    """The button Chart."""

    async def work() -> Answer:
        week = await last_week(desk.ports, await desk.who(request), request.value)
        title = f"*{plain(week.connection.title)}*, the last 7 days: {in_words(week.hours)}."
        return Answer(f"{title}\n{await _picture(request, week, title)}")

    await desk.answer_with(request, work)


async def _picture(request: Request, week: Week, title: str) -> str:
    """Send it; what came of that, in a sentence."""
    if not picture.can_draw():
        return NO_LIBRARY
    try:
        if not await may(request.client, WRITE):
            return NO_SCOPE
        drawn = await asyncio.to_thread(
            picture.draw, week.hours, week.incidents, since=week.since, until=week.until
        )
        opened = await request.client.conversations_open(users=request.user_id)
        await request.client.files_upload_v2(
            content=drawn,
            filename="last-week.png",
            title=f"{week.connection.name}, the last 7 days",
            alt_txt=_described(week),
            channel=opened["channel"]["id"],
            initial_comment=title,
        )
    except FAILURES as error:
        return f"Slack did not take the picture ({code_of(error) or type(error).__name__})."
    return "The picture is in your direct messages with me."


def _described(week: Week) -> str:
    """For who cannot see it."""
    told = [
        f"#{each.number} {headline(each)}. {course(each, now=week.until)}"
        for each in week.incidents
    ]
    incidents = " ".join(["Incidents:", *told]) if told else "No incident."
    text = f"How long answers took, by the hour, and incidents: {in_words(week.hours)}. {incidents}"
    text = spelled(text, time=lambda at: f"{at:%d %b %H:%M} UTC")
    return text if len(text) <= LONGEST_ALT else text[: LONGEST_ALT - 1] + "…"
