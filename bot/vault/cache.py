"""What was opened or read, kept for a short time."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

Monotonic = Callable[[], float]
"""Seconds that never go back."""

TTL = 15 * 60.0
SIZE = 1000


class Cache(Generic[T]):
    """At most `SIZE` values, none older than `ttl` seconds.

    Nothing is renewed by its use, so the order of insertion is the order of expiry.
    """

    def __init__(self, monotonic: Monotonic, *, ttl: float = TTL) -> None:
        self._monotonic = monotonic
        self._ttl = ttl
        self._kept: dict[tuple[str, str], tuple[float, T]] = {}

    def __len__(self) -> int:
        self._expire()
        return len(self._kept)

    def get(self, workspace_id: str, name: str) -> T | None:
        """The value, where it is still kept for exactly this workspace."""
        self._expire()
        kept = self._kept.get((workspace_id, name))
        return kept[1] if kept else None

    def put(self, workspace_id: str, name: str, value: T) -> None:
        """Keep it; the oldest makes room."""
        self._kept.pop((workspace_id, name), None)
        self._kept[workspace_id, name] = (self._monotonic(), value)
        if len(self._kept) > SIZE:
            del self._kept[next(iter(self._kept))]

    def forget(self, workspace_id: str) -> None:
        """Drop the workspace's values."""
        for place in [place for place in self._kept if place[0] == workspace_id]:
            del self._kept[place]

    def _expire(self) -> None:
        oldest_kept = self._monotonic() - self._ttl
        while self._kept:
            place = next(iter(self._kept))
            if self._kept[place][0] > oldest_kept:
                return
            del self._kept[place]
