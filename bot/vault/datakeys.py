"""Data keys: one per workspace, stored wrapped by a master key.

So a new master key wraps a few small keys anew instead of every credential, and a workspace that
leaves takes its key along.
"""

import asyncio
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.errors import Tampered
from bot.usecases.data_keys import DataKeyStore, MasterKey, WrappedKey
from bot.vault.cache import KeyCache, Monotonic
from bot.vault.seal import KEY_BYTES, Entropy, Key
from bot.vault.sources import KeySources, by_master

INSTALLATION = ""
"""The workspace id under which the installation's own data key stands."""


@dataclass(frozen=True, slots=True)
class KeyReport:
    """What was found at the start."""

    loaded: tuple[MasterKey, ...]
    """Master keys, newest first."""
    wrapped: Mapping[MasterKey, int]
    """How many data keys each master key has wrapped; without any, a master key is not needed."""


class DataKeys:
    """The data keys, opened. Errors of the sources (SealError, ConfigurationError) and of the
    store, such as StoreUnavailable, pass through."""

    def __init__(
        self,
        sources: KeySources,
        store: DataKeyStore,
        *,
        monotonic: Monotonic = time.monotonic,
        entropy: Entropy = os.urandom,
    ) -> None:
        self._sources = sources
        self._store = store
        self._entropy = entropy
        self._opened = KeyCache(monotonic)
        self._opening: dict[tuple[str, str], asyncio.Task[Key]] = {}

    async def for_sealing(self, workspace_id: str) -> Key:
        """The workspace's key in use; where it has none, a new one is stored first.

        Raises UnknownKey or Tampered where the one in use does not open: no second one is made.
        """
        wrapped = await self._store.current(workspace_id)
        if wrapped is None:
            wrapped = await self._store.add(workspace_id, await self.mint(workspace_id))
        return await self.opened(workspace_id, wrapped)

    async def for_opening(self, workspace_id: str, key_id: str) -> Key:
        """The key that sealed a value; never makes one.

        Raises UnknownKey where its master key is not loaded; Tampered where the workspace has no
        such key, since then the value was not sealed here.
        """
        key = self._opened.get(workspace_id, key_id)
        if key is not None:
            return key
        wrapped = await self._store.get(workspace_id, key_id)
        if wrapped is None:
            raise Tampered
        return await self.opened(workspace_id, wrapped)

    async def opened(self, workspace_id: str, wrapped: WrappedKey) -> Key:
        """The key in that row. Its source is asked once, however many wait for it, and nobody's
        giving up ends that."""
        key = self._opened.get(workspace_id, wrapped.id)
        if key is not None:
            return key
        place = (workspace_id, wrapped.id)
        opening = self._opening.get(place)
        if opening is None:
            opening = asyncio.create_task(self._open(workspace_id, wrapped))
            self._opening[place] = opening
            opening.add_done_callback(lambda done: self._opened_by(place, done))
        return await asyncio.shield(opening)

    async def mint(self, workspace_id: str) -> WrappedKey:
        """A new data key, stored nowhere yet."""
        material = self._entropy(KEY_BYTES)
        return await self._sources.wrap(workspace_id, Key.of(material).id, material)

    async def rewrap(self, workspace_id: str, wrapped: WrappedKey) -> WrappedKey:
        """The same data key under the newest master key."""
        material = await self._material(workspace_id, wrapped)
        return await self._sources.wrap(workspace_id, wrapped.id, material)

    def forget(self, workspace_id: str) -> None:
        """Drop what is kept opened. Another process drops it within 15 minutes by itself."""
        self._opened.forget(workspace_id)

    async def verify(self) -> KeyReport:
        """Prove that all master keys needed are loaded, and that each opens a data key.

        Raises UnknownKey, naming the ids wanted and loaded, or Tampered.
        """
        wrapped = by_master(await self._store.all())
        self._sources.require(wrapped)
        for master, rows in wrapped.items():
            if not await self._any_opens(rows):
                raise Tampered(
                    f"No data key opens with master key {master}, which wrapped it.",
                    hint="Restore the database from its backup, then type: autotask-bot doctor",
                )
        counts = {master: len(rows) for master, rows in wrapped.items()}
        return KeyReport(self._sources.known, counts)

    def _opened_by(self, place: tuple[str, str], done: asyncio.Task[Key]) -> None:
        """Nobody may be left to hear of what it raised, so it is heard here."""
        del self._opening[place]
        _ = done.cancelled() or done.exception()

    async def _open(self, workspace_id: str, wrapped: WrappedKey) -> Key:
        key = Key.of(await self._material(workspace_id, wrapped), entropy=self._entropy)
        self._opened.put(workspace_id, key)
        return key

    async def _material(self, workspace_id: str, wrapped: WrappedKey) -> bytes:
        """The id commits to the key, so one that somebody else has wrapped is no key of ours."""
        material = await self._sources.unwrap(workspace_id, wrapped)
        if len(material) != KEY_BYTES or Key.of(material).id != wrapped.id:
            raise Tampered
        return material

    async def _any_opens(self, rows: list[tuple[str, WrappedKey]]) -> bool:
        """One damaged row is its workspace's trouble and keeps nobody else from starting."""
        for workspace_id, wrapped in rows:
            try:
                await self._open(workspace_id, wrapped)
            except Tampered:
                continue
            return True
        return False
