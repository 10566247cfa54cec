"""Other keys take the place of those in use, beside a bot that runs.

Whatever is cut off, at any point, leaves everything readable, and is gone on with by the next run.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.domain.errors import Tampered
from bot.usecases.data_keys import MasterKey, Renewal, Rewrap, RotationStore, Row, SealedAt
from bot.usecases.ports import Sealed
from bot.vault.credentials import CredentialVault
from bot.vault.seal import ID
from bot.vault.sources import KeySources

BATCH = 100
"""Rows in a transaction."""
AT_ONCE = 4
"""Data keys that a source is asked for at the same time."""

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class MasterState:
    """What a master key is still for."""

    master: MasterKey
    data_keys: int
    """How many it has wrapped; at 0 it may go, unless it is the newest."""
    newest: bool
    loaded: bool
    """Whether it is configured; where it is wanted and is not, what it wrapped cannot be opened."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a run has done. `damaged` is left as it was: it does not open, whatever the key."""

    done: int = 0
    damaged: int = 0

    def __add__(self, other: "Rotated") -> "Rotated":
        return Rotated(self.done + other.done, self.damaged + other.damaged)


class Rotation:
    """Errors of the sources and of the store pass through; what was done until then is done."""

    def __init__(self, sources: KeySources, vault: CredentialVault, store: RotationStore) -> None:
        self._sources = sources
        self._vault = vault
        self._store = store

    async def status(self) -> list[MasterState]:
        """The newest master key first, the oldest last."""
        newest = await self._sources.newest()
        counts = await self._store.counts()
        loaded = dict.fromkeys((newest, *self._sources.known))
        return [
            MasterState(each, counts.get(each, 0), each == newest, self._sources.holds(each))
            for each in (*loaded, *(other for other in counts if other not in loaded))
        ]

    async def rewrap(self) -> Rotated:
        """Every data key under the newest master key. Raises UnknownKey, with nothing changed,
        where one that has wrapped any is not loaded."""
        newest = await self._sources.newest()
        self._sources.require(await self._store.counts())
        done, after = Rotated(), ""
        while rows := await self._store.not_under(newest, after=after, limit=BATCH):
            changes = await _each(rows, self._rewrapped)
            done += Rotated(await self._store.rewrap(changes), len(rows) - len(changes))
            after = rows[-1][1].id
        return done

    async def renew(self) -> Rotated:
        """A new data key for every workspace, and all that the old ones sealed under these; how
        many data keys. Old ones are deleted by a later run, once they have been retired for an
        hour and nothing is sealed by them any more.

        The installation's own key stays: it seals nothing, and failed sign-ins are counted by its
        digests, which would begin anew.
        """
        self._sources.require(await self._store.counts())
        await self._reseal()
        began, done, after = await self._store.begun(), 0, ""
        while rows := await self._store.older(began, after=after, limit=BATCH):
            done += await self._store.renew(await _each(rows, self._renewed))
            after = rows[-1][1].id
        return Rotated(done, await self._reseal())

    async def _reseal(self) -> int:
        """Every sealed value under its workspace's key in use; how many do not open."""
        damaged, after, keep = 0, "", set[str]()
        while page := await self._store.sealed(after=after, limit=BATCH):
            older = [at for at in page if at.sealed.blob[ID].hex() != at.in_use]
            keys = await self._store.data_keys({at.workspace_id for at in older})
            await _each(keys, self._opened)
            changes = await _each(older, self._resealed)
            await self._store.reseal(changes)
            changed = {at.connection_id for at, _ in changes}
            left = [at for at in older if at.connection_id not in changed]
            keep.update(at.sealed.blob[ID].hex() for at in left)
            damaged += len(left)
            after = page[-1].connection_id
        await self._store.forget_retired(keeping=keep)
        return damaged

    async def _opened(self, row: Row) -> None:
        await self._vault.keys.opened(*row)

    async def _rewrapped(self, row: Row) -> Rewrap:
        workspace_id, wrapped = row
        return Rewrap(workspace_id, wrapped, await self._vault.keys.rewrap(workspace_id, wrapped))

    async def _renewed(self, row: Row) -> Renewal:
        workspace_id, wrapped = row
        return Renewal(workspace_id, wrapped.id, await self._vault.keys.mint(workspace_id))

    async def _resealed(self, at: SealedAt) -> tuple[SealedAt, Sealed]:
        """What its workspace's keys are has been asked for all at once."""
        resealed = await self._vault.reseal(
            at.workspace_id, at.connection_id, at.sealed, by=at.in_use
        )
        return at, resealed


async def _each(rows: Sequence[T], do: Callable[[T], Awaitable[R]]) -> list[R]:
    """What came of each row, a few at a time; nothing of those that do not open. Any other error
    is raised, and nothing further is begun."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(row: T) -> list[R]:
        async with places:
            try:
                return [await do(row)]
            except Tampered:
                return []

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(row)) for row in rows]
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [result for task in tasks for result in task.result()]
