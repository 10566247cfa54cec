"""The credentials that a check signs in with: opened, or what it means that they do not open.

Those that a reference leads to are read every few minutes, and may have been changed meanwhile.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.credentials import Credentials
from bot.domain.errors import (
    EntryElsewhere,
    EntryForbidden,
    EntryMalformed,
    EntryNotFound,
    EntryUnavailable,
    SealError,
    Tampered,
    Unread,
)
from bot.domain.observation import Cause, Observation, Seen
from bot.domain.origin import AutotaskOrigin
from bot.domain.progress import Tell, untold
from bot.usecases.ports import Due, Ports, Referred, Stored
from bot.usecases.sign_in import sign_in_for_person

_REFUSED = frozenset({Seen.REJECTED, Seen.MOVED_BAD})
_UNREAD: Mapping[type[Unread], Cause] = {
    EntryNotFound: Cause.ENTRY_NOT_FOUND,
    EntryForbidden: Cause.ENTRY_FORBIDDEN,
    EntryMalformed: Cause.ENTRY_MALFORMED,
    EntryElsewhere: Cause.ENTRY_ELSEWHERE,
}


async def open_stored(ports: Ports, due: Due, *, anew: bool = False) -> Credentials | Observation:
    """The credentials, or what it means that they do not open."""
    workspace_id, connection_id = due.connection.workspace_id, due.connection.id
    try:
        return await ports.vault.open(workspace_id, connection_id, due.stored, anew=anew)
    except Tampered as error:
        return Observation(Seen.UNREADABLE, Cause.UNREADABLE, (error.message,))
    except EntryUnavailable as error:
        return Observation(Seen.INCONCLUSIVE, Cause.ENTRY_UNAVAILABLE, (error.message,))
    except Unread as error:
        return Observation(Seen.UNREADABLE, _UNREAD[type(error)], (error.message,))
    except SealError as error:
        return Observation(Seen.INCONCLUSIVE, Cause.OURS, (error.message,))


async def digest_of(ports: Ports, due: Due, credentials: Credentials) -> str:
    """Whose refusals are counted: an entry may name another user by now."""
    if isinstance(due.stored, Referred):
        return await ports.vault.username_digest(credentials.username)
    return due.username_digest


async def past_the_cache(
    ports: Ports, due: Due, credentials: Credentials, seen: Observation, *, tell: Tell = untold
) -> tuple[Credentials | Observation, Observation]:
    """Where Autotask refuses what an entry held: the entry may have been rotated since it was read.
    What it holds now is tried at once, and then that is what was seen."""
    if not isinstance(due.stored, Referred) or seen.seen not in _REFUSED:
        return credentials, seen
    now = await open_stored(ports, due, anew=True)
    if isinstance(now, Observation):
        return now, now
    if now == credentials:
        return credentials, seen
    digest = await digest_of(ports, due, now)
    return now, await sign_in_for_person(ports, now, digest, tell=tell)


async def stored_at(
    ports: Ports, due: Due, origin: AutotaskOrigin, credentials: Credentials
) -> Stored:
    """The same for another zone, where they were accepted."""
    if isinstance(due.stored, Referred):
        return replace(due.stored, origin=origin)
    moved = replace(credentials, origin=origin)
    return await ports.vault.seal(due.connection.workspace_id, due.connection.id, moved)
