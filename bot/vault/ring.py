"""The key source `file`: master keys in this process."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from bot.domain.errors import ConfigurationError
from bot.vault.seal import Key
from bot.vault.sources import PURPOSE, Bound


class KeyRing:
    """One or more master keys, newest first. A key is found by its id, never by trying.

    `again` reads them anew, where they may have changed: before a data key is wrapped, so that one
    which an operator is about to take away wraps nothing more, and where one is wanted that is not
    here.
    """

    wrapper = "file"

    def __init__(
        self, keys: Sequence[Key], *, again: Callable[[], Sequence[Key]] | None = None
    ) -> None:
        self._again = again
        self._take(keys)

    @property
    def known(self) -> tuple[str, ...]:
        return tuple(self._keys)

    @property
    def named(self) -> str:
        return ", ".join(key_id[:8] for key_id in self._keys)

    def holds(self, ref: str) -> bool:
        if ref not in self._keys and self._again:
            with suppress(ConfigurationError):
                self._take(self._again())
        return ref in self._keys

    async def newest(self) -> str:
        return self._newest().id

    async def wrap(self, material: bytes, bound: Bound) -> tuple[str, bytes]:
        newest = self._newest()
        return newest.id, newest.seal(material, PURPOSE, **bound)

    async def unwrap(self, ref: str, blob: bytes, bound: Bound) -> bytes:
        return self._keys[ref].open(blob, PURPOSE, **bound)

    def _newest(self) -> Key:
        """Raises ConfigurationError where they cannot be read any more."""
        if self._again:
            self._take(self._again())
        return next(iter(self._keys.values()))

    def _take(self, keys: Sequence[Key]) -> None:
        self._keys = {key.id: key for key in keys}
