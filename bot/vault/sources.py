"""Where master keys are: one port for all kinds of places, and the places that are configured."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from bot.domain.errors import UnknownKey
from bot.usecases.data_keys import MasterKey, WrappedKey

Bound = Mapping[str, str]
"""What a wrapped data key is bound to, by name: its workspace and its own id."""

PURPOSE = "dek"


class KeySource(Protocol):
    """Master keys in one place, which they need not leave.

    Raises UnknownKey where the key is not there or not ours to use, Tampered where the blob is not
    what was wrapped, or not for what is bound; KeyUnavailable where the place does not answer.
    """

    @property
    def wrapper(self) -> str:
        """The kind of place, as it stands beside each data key."""

    @property
    def named(self) -> str:
        """What is configured, for people."""

    @property
    def known(self) -> Sequence[str]:
        """References of the keys that are known without asking, the newest first."""

    def holds(self, ref: str) -> bool:
        """Whether a key of that reference is to be looked for here. Asks nobody."""

    async def newest(self) -> str:
        """The reference of the key that wraps."""

    async def wrap(self, material: bytes, bound: Bound) -> tuple[str, bytes]:
        """The reference of the key that wrapped it, and the blob."""

    async def unwrap(self, ref: str, blob: bytes, bound: Bound) -> bytes:
        """What `wrap` was given."""


class KeySources:
    """One or more sources: the first one wraps, each opens what it has wrapped."""

    def __init__(self, *sources: KeySource) -> None:
        self._sources = sources

    @property
    def known(self) -> tuple[MasterKey, ...]:
        """All that are known without asking, the newest first."""
        return tuple(MasterKey(each.wrapper, ref) for each in self._sources for ref in each.known)

    async def newest(self) -> MasterKey:
        """The one that wraps."""
        first = self._sources[0]
        return MasterKey(first.wrapper, await first.newest())

    async def wrap(self, workspace_id: str, key_id: str, material: bytes) -> WrappedKey:
        """The data key as it is stored, bound to its workspace and its id."""
        first = self._sources[0]
        ref, blob = await first.wrap(material, _bound(workspace_id, key_id))
        return WrappedKey(key_id, MasterKey(first.wrapper, ref), blob)

    async def unwrap(self, workspace_id: str, wrapped: WrappedKey) -> bytes:
        """What `wrap` was given."""
        source = self._that_holds(wrapped.master)
        if source is None:
            raise self._unknown([wrapped.master])
        bound = _bound(workspace_id, wrapped.id)
        return await source.unwrap(wrapped.master.ref, wrapped.blob, bound)

    def holds(self, master: MasterKey) -> bool:
        """Whether it is configured."""
        return self._that_holds(master) is not None

    def require(self, masters: Iterable[MasterKey]) -> None:
        """Raises UnknownKey, naming those wanted and those loaded, unless all are configured."""
        missing = [each for each in masters if not self.holds(each)]
        if missing:
            raise self._unknown(missing)

    def _unknown(self, missing: Sequence[MasterKey]) -> UnknownKey:
        wanted = ", ".join(sorted(map(str, missing)))
        loaded = ", ".join(each.named for each in self._sources)
        return UnknownKey(
            f"Master key wanted: {wanted}; loaded: {loaded}.",
            hint="Put it back, as a further line of AUTOTASK_BOT_KEY_FILE or a further part of "
            "KEY_SOURCE, then type: autotask-bot doctor",
        )

    def _that_holds(self, master: MasterKey) -> KeySource | None:
        of_kind = (each for each in self._sources if each.wrapper == master.wrapper)
        return next((each for each in of_kind if each.holds(master.ref)), None)


def by_master(
    rows: Iterable[tuple[str, WrappedKey]],
) -> Mapping[MasterKey, list[tuple[str, WrappedKey]]]:
    """The rows, behind the master key that wrapped them."""
    found = defaultdict(list)
    for workspace_id, wrapped in rows:
        found[wrapped.master].append((workspace_id, wrapped))
    return found


def _bound(workspace_id: str, key_id: str) -> Bound:
    return {"workspace": workspace_id, "dek": key_id}
