"""The master keys that are loaded."""

from collections.abc import Collection, Sequence

from bot.domain.errors import UnknownKey
from bot.vault.seal import Key


class KeyRing:
    """One or more master keys, newest first. A key is found by its id, never by trying."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self.newest = keys[0]
        self._keys = {key.id: key for key in keys}

    @property
    def ids(self) -> tuple[str, ...]:
        """The keys' ids as people see them, newest first."""
        return tuple(key_id[:8] for key_id in self._keys)

    def by_id(self, key_id: str) -> Key:
        """The key of that id. Raises UnknownKey."""
        self.require({key_id})
        return self._keys[key_id]

    def require(self, key_ids: Collection[str]) -> None:
        """Raises UnknownKey, naming the ids wanted and those loaded, unless all are here."""
        missing = ", ".join(sorted(key_id[:8] for key_id in key_ids if key_id not in self._keys))
        if missing:
            raise UnknownKey(
                f"Master key wanted: {missing}; loaded: {', '.join(self.ids)}.",
                hint="Put it back as a further line of AUTOTASK_BOT_KEY_FILE, then type: "
                "autotask-bot doctor",
            )
