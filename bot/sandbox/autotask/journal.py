"""The latest requests, for people to watch; a secret never gets in here."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

KEPT = 50


class Journal:
    """Newest first."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._entries: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self.total = 0
        """Of all requests since the start."""

    @contextmanager
    def entry(
        self, zone: int, *, method: str, path: str, username: str
    ) -> Iterator[dict[str, Any]]:
        """Record a request when it ends; set `status` meanwhile, or it stays 0: no answer.

        `path` comes without its query, and `username` is a known one or none: what people paste
        into the wrong field may be a secret.
        """
        started = self._clock()
        entry: dict[str, Any] = {
            "at": started,
            "zone": zone,
            "method": method,
            "path": path,
            "username": username,
            "status": 0,
            "ms": 0,
        }
        try:
            yield entry
        finally:
            self.total += 1
            entry["ms"] = round((self._clock() - started) * 1000)
            self._entries.appendleft(entry)

    def entries(self) -> list[dict[str, Any]]:
        return list(self._entries)
