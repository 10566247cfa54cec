"""What the vault needs of the store: wrapped data keys, one in use per workspace."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A data key as it is stored: useless without the master key that wrapped it."""

    id: str
    """The data key's own id, in hex."""
    wrapper: str
    """Which kind of source holds the master key, such as `file`."""
    kek_ref: str
    """Which master key of that source wrapped it."""
    blob: bytes


class DataKeyStore(Protocol):
    """Rows of wrapped keys. The installation's own stand under the workspace id "" (empty)."""

    async def current(self, workspace_id: str) -> WrappedKey | None:
        """The one to seal with."""

    async def get(self, workspace_id: str, key_id: str) -> WrappedKey | None:
        """The one that sealed a value, retired or not."""

    async def add(self, workspace_id: str, wrapped: WrappedKey) -> WrappedKey:
        """Store a new one; returns the row in use, which is another where two minted at once."""

    async def all(self) -> Sequence[tuple[str, WrappedKey]]:
        """Every row with its workspace."""
