"""Connecting by reference: the values stand in the operator's vault, and Slack never sees them.

Beside a reference no other field is needed. One that was filled in all the same has to say what the
entry says: nobody is to believe that something else was stored.
"""

from dataclasses import dataclass

from bot.domain.credentials import LABELS, Typed
from bot.domain.errors import BadInput, Unread
from bot.domain.origin import AutotaskOrigin
from bot.usecases.ports import Ports


@dataclass(frozen=True, slots=True)
class Found:
    """What the entry holds, and the reference as it is to be stored."""

    reference: str
    entry: Typed


async def look_up(ports: Ports, workspace_id: str, typed: Typed) -> Found | dict[str, str]:
    """What the reference in the field Secret leads to; or field name to a sentence, where nothing
    may come of it."""
    try:
        reference, entry = await ports.vault.entry(workspace_id, typed.secret)
    except (BadInput, Unread) as error:
        return {"secret": error.sentence()}
    return _disagreements(ports, typed, entry) or Found(reference, entry)


def named_by(ports: Ports, entry: Typed) -> AutotaskOrigin | None:
    """The zone that the entry names, if it names one."""
    return AutotaskOrigin.named_in(entry.url, extra_hosts=ports.extra_hosts)


def _disagreements(ports: Ports, typed: Typed, entry: Typed) -> dict[str, str]:
    other = (
        "The entry that the reference leads to says something else. Leave this empty, or correct "
        "the entry."
    )
    same = {
        "url": not typed.url or _same_zone(ports, typed.url, entry),
        "username": typed.username.casefold() in ("", entry.username.casefold()),
        "integration_code": typed.integration_code in ("", entry.integration_code),
    }
    return {name: other for name in LABELS if not same.get(name, True)}


def _same_zone(ports: Ports, url: str, entry: Typed) -> bool:
    """An entry that names none leaves it to the username."""
    try:
        named = AutotaskOrigin.named_in(url, extra_hosts=ports.extra_hosts)
    except BadInput:
        return False
    return named_by(ports, entry) in (None, named)
