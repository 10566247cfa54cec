"""Whose credentials these tests seal, and a place to keep data keys."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.credentials import Credentials
from bot.domain.origin import AutotaskOrigin
from bot.domain.secret import Secret
from bot.usecases.data_keys import MasterKey, WrappedKey
from bot.vault.ring import KeyRing
from bot.vault.seal import Key
from bot.vault.sources import KeySources

ORIGIN = AutotaskOrigin("https://webservices3.autotask.net")
CREDENTIALS = Credentials(
    origin=ORIGIN,
    username=Secret("made-up-user@EXAMPLE.test"),
    secret=Secret("made-up-secret"),
    integration_code=Secret("MADEUPCODE"),
)


def master(number: int) -> Key:
    """The same key for the same number, another one for another."""
    return Key.of(bytes([number]) * 32)


def loaded(*keys: Key) -> KeySources:
    """These master keys in a file, the newest first."""
    return KeySources(KeyRing(keys))


def file_key(key: Key) -> MasterKey:
    return MasterKey("file", key.id)


@dataclass
class Rows:
    """The port `DataKeyStore` in memory; the newest row of a workspace is the one in use."""

    rows: list[tuple[str, WrappedKey]] = field(default_factory=list)
    reads: int = 0

    async def current(self, workspace_id: str) -> WrappedKey | None:
        await asyncio.sleep(0)  # others have their turn here, as with a database
        return next((row for owner, row in self.rows[::-1] if owner == workspace_id), None)

    async def get(self, workspace_id: str, key_id: str) -> WrappedKey | None:
        self.reads += 1
        wanted = (workspace_id, key_id)
        return next((row for owner, row in self.rows if (owner, row.id) == wanted), None)

    async def add(self, workspace_id: str, wrapped: WrappedKey) -> WrappedKey:
        in_use = await self.current(workspace_id)
        if in_use is None:
            self.rows.append((workspace_id, wrapped))
        return in_use or wrapped

    async def all(self) -> Sequence[tuple[str, WrappedKey]]:
        return list(self.rows)


@dataclass
class Watch:
    """A clock that stands until it is moved."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds
