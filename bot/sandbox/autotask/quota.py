"""The hourly budget of a tenant, shared by all its integrations (official page REST Thresholds)."""

from collections import deque
from dataclasses import dataclass, field

WINDOW = 3600
"""Seconds; the hour rolls, it does not start on the hour."""

_BANDS = ((0.75, 1.0), (0.5, 0.5))


@dataclass(slots=True)
class Quota:
    """Calls of the last rolling hour, counted per second."""

    limit: int = 10_000
    _seconds: deque[tuple[int, int]] = field(default_factory=deque)

    def used(self, now: float) -> int:
        """Calls in the hour before `now` (seconds since the epoch)."""
        while self._seconds and self._seconds[0][0] <= now - WINDOW:
            self._seconds.popleft()
        return sum(count for _, count in self._seconds)

    def book(self, now: float) -> bool:
        """Count one call. False: it is beyond the limit (it counts all the same)."""
        within = self.used(now) < self.limit
        second = int(now)
        if self._seconds and self._seconds[-1][0] == second:
            self._seconds[-1] = (second, self._seconds[-1][1] + 1)
        else:
            self._seconds.append((second, 1))
        return within

    def burn(self, used: int, now: float) -> None:
        """As if other integrations had made `used` calls just now, and nobody any before."""
        self._seconds.clear()
        self._seconds.append((int(now), used))

    def latency(self, now: float) -> float:
        """Seconds that Autotask adds to each call at this usage."""
        share = self.used(now) / self.limit
        return next((seconds for start, seconds in _BANDS if share >= start), 0.0)
