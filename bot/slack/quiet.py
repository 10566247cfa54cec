"""The story of wanting no alerts: acknowledge, snooze, pause, resume."""

from bot.domain.audit import Deed
from bot.domain.connection import Connection
from bot.slack.choose import meant, which
from bot.slack.desk import Answer, Desk
from bot.slack.request import Request
from bot.slack.text import MARKS, plain, status_word
from bot.slack.text import person as person_named
from bot.usecases.acknowledge import acknowledge, snooze
from bot.usecases.pause import pause, resume
from bot.usecases.ports import Overview

PAUSE_WHICH, RESUME_WHICH = "pause.which", "resume.which"


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
    """`/autotask pause`; where there are several, it asks which."""
    found = await meant(desk, request, name, Deed.PAUSE)
    if not isinstance(found, Connection):
        await desk.answer(request, which(found, PAUSE_WHICH, "Pause which connection?"))
        return
    await desk.answer(request, await _pause(desk, request, found.id))


async def pause_chosen(desk: Desk, request: Request) -> None:
    """It was said which."""
    await desk.answer(request, await _pause(desk, request, request.value), replace=True)


async def pause_by_id(desk: Desk, request: Request) -> None:
    """The button Pause. The Home tab shows that it is."""
    await pause(desk.ports, await desk.who(request, fresh=True), request.value)


async def resume_by_id(desk: Desk, request: Request) -> None:
    """The button Resume. The Home tab shows that it is watched again."""
    await resume(desk.ports, await desk.who(request, fresh=True), request.value)


async def resume_by_name(desk: Desk, request: Request, name: str) -> None:
    """`/autotask resume`; where there are several, it asks which."""
    found = await meant(desk, request, name, Deed.RESUME)
    if not isinstance(found, Connection):
        await desk.answer(request, which(found, RESUME_WHICH, "Watch which connection again?"))
        return
    await desk.answer(request, await _resume(desk, request, found.id))


async def resume_chosen(desk: Desk, request: Request) -> None:
    """It was said which."""
    await desk.answer(request, await _resume(desk, request, request.value), replace=True)


async def _pause(desk: Desk, request: Request, connection_id: str) -> Answer:
    paused = await pause(desk.ports, await desk.who(request, fresh=True), connection_id)
    return Answer(
        f"{_how(paused)}. It is not checked and nobody is told of anything, until "
        f"`/autotask resume` is typed."
    )


async def _resume(desk: Desk, request: Request, connection_id: str) -> Answer:
    resumed = await resume(desk.ports, await desk.who(request, fresh=True), connection_id)
    return Answer(f"{_how(resumed)}. It is watched again from now on.")


def _how(overview: Overview) -> str:
    mark, word = MARKS[overview.watch.status], status_word(overview.watch)
    return f"{mark} *{plain(overview.connection.title)}* is *{word}*"
