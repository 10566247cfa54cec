"""Show managers who did what, and prove that nobody changed it since."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.audit import Chain, Deed, Link, Notary, head_of
from bot.domain.errors import Tampered
from bot.domain.people import Person
from bot.usecases.permit import require_manager
from bot.usecases.ports import Ports

PAGE = 20
"""Entries at a time."""
BATCH = 500


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, the newest first, each with the name of its connection."""

    links: Sequence[tuple[Link, str | None]]
    older_than: int | None = None
    """The number to go on from; None where these are the oldest."""


async def read_audit(ports: Ports, person: Person, *, before: int | None = None) -> Page:
    """The newest entries of the person's workspace; with `before`, of those with a smaller number.
    For managers. Raises NotAllowed."""
    await require_manager(ports, person, Deed.READ_AUDIT)
    found = await ports.audit.page(person.workspace_id, before=before, limit=PAGE + 1)
    shown = found[:PAGE]
    return Page(shown, shown[-1][0].number if len(found) > PAGE else None)


async def verify(ports: Ports, workspace_id: str, *, seen: str = "") -> Chain:
    """Follow the workspace's chain to its end, or to its first flaw. `seen` is a head that somebody
    wrote down: it has to be in the chain still. Raises UnknownKey, KeyUnavailable."""
    chain, notaries = Chain(), dict[str, Notary | None]()
    unseen = bool(seen)
    while not chain.flaw:
        after = chain.newest.number if chain.newest else 0
        links = await ports.audit.chain(workspace_id, after=after, limit=BATCH)
        for link in links:
            if link.key_id not in notaries:
                notaries[link.key_id] = await _notary(ports, link.key_id)
            chain.follow(link, notaries[link.key_id])
            if chain.flaw:
                return chain
            unseen = unseen and head_of(link) != seen
        if len(links) < BATCH:
            break
    chain.close()
    if unseen and not chain.flaw:
        chain.flaw = f"{seen} is not in it: an earlier state, or another one, was put in its place"
    return chain


async def _notary(ports: Ports, key_id: str) -> Notary | None:
    try:
        return await ports.vault.notary(key_id)
    except Tampered:
        return None
