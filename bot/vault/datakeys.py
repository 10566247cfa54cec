"""Data keys: one per workspace, stored wrapped by a master key.

So a new master key wraps a few small keys anew instead of every credential, and a workspace that
leaves takes its key along.
"""

import os
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.errors import Tampered
from bot.usecases.data_keys import DataKeyStore, WrappedKey
from bot.vault.cache import KeyCache, Monotonic
from bot.vault.ring import KeyRing
from bot.vault.seal import KEY_BYTES, Entropy, Key

INSTALLATION = ""
"""The workspace id under which the installation's own data key stands."""

_WRAPPER = "file"
_PURPOSE = "dek"


@dataclass(frozen=True, slots=True)
class KeyReport:
    """What was found at the start. Ids have eight digits."""

    loaded: tuple[str, ...]
    """Master keys, newest first."""
    wrapped: Mapping[str, int]
    """How many data keys each master key has wrapped; without any, a master key is not needed."""


class DataKeys:
    """The data keys, opened. Errors of the store, such as StoreUnavailable, pass through."""

    def __init__(
        self,
        ring: KeyRing,
        store: DataKeyStore,
        *,
        monotonic: Monotonic = time.monotonic,
        entropy: Entropy = os.urandom,
    ) -> None:
        self._ring = ring
        self._store = store
        self._entropy = entropy
        self._opened = KeyCache(monotonic)

    async def for_sealing(self, workspace_id: str) -> Key:
        """The workspace's key in use; where it has none, a new one is stored first.

        Raises UnknownKey or Tampered where the one in use does not open: no second one is made.
        """
        wrapped = await self._store.current(workspace_id)
        if wrapped is None:
            wrapped = await self._store.add(workspace_id, self._mint(workspace_id))
        return self._opened.get(workspace_id, wrapped.id) or self._open(workspace_id, wrapped)

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
        return self._open(workspace_id, wrapped)

    def forget(self, workspace_id: str) -> None:
        """Drop what is kept opened. Another process drops it within 15 minutes by itself."""
        self._opened.forget(workspace_id)

    async def verify(self) -> KeyReport:
        """Prove that all master keys needed are loaded, and that each opens a data key.

        Raises UnknownKey, naming the ids wanted and loaded, or Tampered.
        """
        by_master = defaultdict(list)
        for workspace_id, wrapped in await self._store.all():
            by_master[wrapped.kek_ref].append((workspace_id, wrapped))
        self._ring.require(by_master)
        for master, rows in by_master.items():
            if not any(self._opens(*row) for row in rows):
                raise Tampered(
                    f"No data key opens with master key {master[:8]}, which wrapped it.",
                    hint="Restore the database from its backup, then type: autotask-bot doctor",
                )
        return KeyReport(self._ring.ids, {key[:8]: len(rows) for key, rows in by_master.items()})

    def _mint(self, workspace_id: str) -> WrappedKey:
        material = self._entropy(KEY_BYTES)
        key_id, master = Key.of(material).id, self._ring.newest
        blob = master.seal(material, _PURPOSE, workspace=workspace_id, dek=key_id)
        return WrappedKey(key_id, _WRAPPER, master.id, blob)

    def _open(self, workspace_id: str, wrapped: WrappedKey) -> Key:
        master = self._ring.by_id(wrapped.kek_ref)
        material = master.open(wrapped.blob, _PURPOSE, workspace=workspace_id, dek=wrapped.id)
        key = Key.of(material, entropy=self._entropy)
        self._opened.put(workspace_id, key)
        return key

    def _opens(self, workspace_id: str, wrapped: WrappedKey) -> bool:
        """One damaged row is its workspace's trouble and keeps nobody else from starting."""
        try:
            self._open(workspace_id, wrapped)
        except Tampered:
            return False
        return True
