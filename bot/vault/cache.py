"""Opened data keys, kept for a short time."""

from collections.abc import Callable

from bot.vault.seal import Key

Monotonic = Callable[[], float]
"""Seconds that never go back."""

TTL = 15 * 60.0
SIZE = 1000


class KeyCache:
    """At most `SIZE` keys, none older than `TTL` seconds.

    Nothing is renewed by its use, so the order of insertion is the order of expiry.
    """

    def __init__(self, monotonic: Monotonic) -> None:
        self._monotonic = monotonic
        self._kept: dict[tuple[str, str], tuple[float, Key]] = {}

    def __len__(self) -> int:
        self._expire()
        return len(self._kept)

    def get(self, workspace_id: str, key_id: str) -> Key | None:
        """The key, where it is still kept for exactly this workspace."""
        self._expire()
        _, key = self._kept.get((workspace_id, key_id), (0.0, None))
        return key

    def put(self, workspace_id: str, key: Key) -> None:
        """Keep it; the oldest makes room."""
        self._kept.pop((workspace_id, key.id), None)
        self._kept[workspace_id, key.id] = (self._monotonic(), key)
        if len(self._kept) > SIZE:
            del self._kept[next(iter(self._kept))]

    def forget(self, workspace_id: str) -> None:
        """Drop the workspace's keys."""
        for place in [place for place in self._kept if place[0] == workspace_id]:
            del self._kept[place]

    def _expire(self) -> None:
        oldest_kept = self._monotonic() - TTL
        while self._kept:
            place = next(iter(self._kept))
            if self._kept[place][0] > oldest_kept:
                return
            del self._kept[place]
