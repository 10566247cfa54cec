"""The story of the zone, which is found while the username is being typed.

Slack tells of each change. One look-up at a time is made for a form, always for what was typed
last, and its answer is dropped where something newer was typed, or the form submitted, meanwhile.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from bot.domain.credentials import Typed
from bot.domain.errors import BotError
from bot.slack.cards import small
from bot.slack.connect_typing import TypedForm
from bot.slack.desk import Desk
from bot.slack.messenger import FAILURES
from bot.slack.redraw import redraw
from bot.slack.request import Request
from bot.slack.text import plain, plain_sentence
from bot.usecases.find_zone import Preview, preview_zone

ZONE = "zone"
_SENT = ("type", "callback_id", "title", "submit", "close", "private_metadata")
"""What a view in a payload shares with one that is sent, besides its blocks."""

Json = Mapping[str, Any]


async def typed(desk: Desk, request: Request) -> None:
    """Somebody has typed in Username. Nobody is told where this fails: it is asked again when the
    form is submitted."""
    form = desk.typing.form(str((request.view or {}).get("id")))
    form.newest = request
    if form.looking:
        return
    form.looking = True
    try:
        with suppress(BotError, *FAILURES):
            await _look(desk, form)
    finally:
        form.looking, form.newest = False, None


async def _look(desk: Desk, form: TypedForm) -> None:
    """Until there is nothing newer."""
    while (asked := form.newest) is not None:
        note = await _note(desk, asked)
        if form.newest is asked:
            form.newest = None
            here = form.hash_for(asked)
            if now := await _show(asked, note, expected=here):
                form.drawn(over=here, now=now)


async def _note(desk: Desk, request: Request) -> str:
    values = Typed.of(request.typed())
    person = await desk.who(request)

    def may_look() -> bool:
        return desk.typing.may_look(request, at=desk.ports.clock.elapsed())

    return zone_note(await preview_zone(desk.ports, person, values, may_look=may_look))


def zone_note(seen: Preview | None) -> str:
    """What stands below Username; empty where there is nothing to say."""
    if seen is None:
        return ""
    lines = []
    if zone := seen.zone:
        name = f"*{plain(zone.name)}* ({zone.origin.host})" if zone.name else zone.origin.host
        lines.append(f":white_check_mark: Found its zone: {name}. REST API URL can stay empty.")
    if seen.remark:
        lines.append(f":warning: {plain_sentence(seen.remark)}")
    return "\n".join(lines)


async def _show(request: Request, note: str, *, expected: str) -> str | None:
    """The new hash; None where the form shows it already, or is another one by now."""
    view = request.view or {}
    blocks = with_note(view.get("blocks") or (), note)
    if _notes(blocks) == _notes(view.get("blocks") or ()):
        return None
    shown = {name: view[name] for name in _SENT if view.get(name)}
    return await redraw(request, {**shown, "blocks": blocks}, expected=expected)


def with_note(blocks: Sequence[Json], note: str) -> list[Json]:
    """The form's blocks as they are, with this below Username. What was typed stays, since the
    inputs do; but nothing is to draw the person out of the field they are in."""
    drawn: list[Json] = []
    for block in blocks:
        if block.get("block_id") == ZONE:
            continue
        drawn.append(_calm(block))
        if block.get("block_id") == "username" and note:
            drawn.append({**small(note).to_dict(), "block_id": ZONE})
    return drawn


def _calm(block: Json) -> Json:
    element = block.get("element") or {}
    if "focus_on_load" not in element:
        return block
    return {**block, "element": {**element, "focus_on_load": False}}


def _notes(blocks: Sequence[Json]) -> list[str]:
    return [
        str(line["text"])
        for block in blocks
        if block.get("block_id") == ZONE
        for line in block["elements"]
    ]
