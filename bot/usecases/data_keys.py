"""What the vault needs of the store: wrapped data keys, one in use per workspace."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.usecases.ports import Sealed


@dataclass(frozen=True, slots=True)
class MasterKey:
    """Which master key, without the key itself."""

    wrapper: str
    """Which kind of source holds it, such as `file`."""
    ref: str
    """Which one of that source."""

    def __str__(self) -> str:
        """As people see it: eight digits of a key in the file, else as KEY_SOURCE names it."""
        return self.ref[:8] if self.wrapper == "file" else f"{self.wrapper}:{self.ref[:200]}"


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A data key as it is stored: useless without the master key that wrapped it."""

    id: str
    """The data key's own id, in hex."""
    master: MasterKey
    blob: bytes


Row = tuple[str, WrappedKey]
"""A wrapped key behind the id of its workspace; the installation's own is "" (empty)."""


class DataKeyStore(Protocol):
    """Rows of wrapped keys. The installation's own stand under the workspace id "" (empty)."""

    async def current(self, workspace_id: str) -> WrappedKey | None:
        """The one to seal with."""

    async def get(self, workspace_id: str, key_id: str) -> WrappedKey | None:
        """The one that sealed a value, retired or not."""

    async def add(self, workspace_id: str, wrapped: WrappedKey) -> WrappedKey:
        """Store a new one; returns the row in use, which is another where two minted at once."""

    async def all(self) -> Sequence[Row]:
        """Every row with its workspace."""


@dataclass(frozen=True, slots=True)
class Rewrap:
    """A data key under another master key."""

    workspace_id: str
    before: WrappedKey
    after: WrappedKey


@dataclass(frozen=True, slots=True)
class Renewal:
    """A data key in place of another."""

    workspace_id: str
    retired: str
    """The other one's id."""
    minted: WrappedKey


@dataclass(frozen=True, slots=True)
class SealedAt:
    """A connection's sealed value and its place."""

    workspace_id: str
    connection_id: str
    sealed: Sealed
    in_use: str
    """The id of its workspace's data key in use; empty where there is none."""


class RotationStore(Protocol):
    """Keys and sealed values by the hundred. What is changed is changed where it still is as it was
    read, so that a bot may run beside, and each call that changes is one transaction."""

    async def counts(self) -> Mapping[MasterKey, int]:
        """How many data keys each master key has wrapped, retired ones too."""

    async def not_under(self, newest: MasterKey, *, after: str, limit: int) -> Sequence[Row]:
        """Data keys that another master key has wrapped, in the order of their ids, behind this."""

    async def rewrap(self, changes: Sequence[Rewrap]) -> int:
        """How many were."""

    async def begun(self) -> datetime:
        """When the renewal of all data keys began that is not through yet; else now."""

    async def older(self, than: datetime, *, after: str, limit: int) -> Sequence[Row]:
        """Workspaces' data keys in use that were minted earlier than that, by their ids as well."""

    async def data_keys(self, workspace_ids: Collection[str]) -> Sequence[Row]:
        """All of these workspaces, retired ones too."""

    async def renew(self, changes: Sequence[Renewal]) -> int:
        """Retire and put in use; how many were."""

    async def sealed(self, *, after: str, limit: int) -> Sequence[SealedAt]:
        """Sealed values in the order of their connections' ids, behind this."""

    async def reseal(self, changes: Sequence[tuple[SealedAt, Sealed]]) -> int:
        """How many were."""

    async def forget_retired(self, *, keeping: Collection[str]) -> int:
        """Delete the data keys that have been retired for an hour, but for these; how many. What
        was being sealed when one was retired has long been stored then."""
