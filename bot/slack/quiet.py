"""The story of wanting no alerts: acknowledge, snooze, pause, resume."""

from bot.slack.desk import Answer, Desk
from bot.slack.request import Request
from bot.slack.text import MARKS, plain, status_word
from bot.slack.text import person as person_named
from bot.usecases.acknowledge import acknowledge, snooze
from bot.usecases.pause import pause, resume
from bot.usecases.ports import Overview
from bot.usecases.report import the_one


async def acknowledge_by_id(desk: Desk, request: Request) -> None:
    """The button Acknowledge. The message itself shows that it was; who is not the first is told
    who was."""
    person = await desk.who(request, fresh=True)
    incident = (await acknowledge(desk.ports, person, request.value)).incident
    by = incident.acknowledged_by if incident else None
    if by and by != person.id:
        await desk.answer(request, Answer(f"{person_named(by)} has acknowledged it already."))


async def snooze_by_id(desk: Desk, request: Request) -> None:
    """A choice of Snooze: the connection, a colon, how long."""
    connection_id, _, how_long = request.value.partition(":")
    person = await desk.who(request, fresh=True)
    await snooze(desk.ports, person, connection_id, how_long)


async def pause_by_name(desk: Desk, request: Request, name: str) -> None:
    """`/autotask pause`."""
    person = await desk.who(request, fresh=True)
    connection = (await the_one(desk.ports, person, name)).connection
    paused = await pause(desk.ports, person, connection.id)
    text = (
        f"{_how(paused)}. It is not checked and nobody is told of anything, until "
        f"`/autotask resume` is typed."
    )
    await desk.answer(request, Answer(text))


async def pause_by_id(desk: Desk, request: Request) -> None:
    """The button Pause. The Home tab shows that it is."""
    await pause(desk.ports, await desk.who(request, fresh=True), request.value)


async def resume_by_id(desk: Desk, request: Request) -> None:
    """The button Resume. The Home tab shows that it is watched again."""
    await resume(desk.ports, await desk.who(request, fresh=True), request.value)


async def resume_by_name(desk: Desk, request: Request, name: str) -> None:
    """`/autotask resume`."""
    person = await desk.who(request, fresh=True)
    connection = (await the_one(desk.ports, person, name)).connection
    resumed = await resume(desk.ports, person, connection.id)
    await desk.answer(request, Answer(f"{_how(resumed)}. It is watched again from now on."))


def _how(overview: Overview) -> str:
    mark, word = MARKS[overview.watch.status], status_word(overview.watch)
    return f"{mark} *{plain(overview.connection.title)}* is *{word}*"
