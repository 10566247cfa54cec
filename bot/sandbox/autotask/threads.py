"""How many calls of one integration may be under way at one endpoint."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from bot.sandbox.autotask.refusal import Refused

CAP = 3
"""Per tracking identifier and object endpoint (official page ThreadLimiting)."""


class Threads:
    """Calls under way right now. With a `cap` of 0 it is as if others used up all threads."""

    def __init__(self) -> None:
        self.cap = CAP
        self._under_way: Counter[tuple[str, str]] = Counter()

    @contextmanager
    def hold(self, integration_code: str, endpoint: str) -> Iterator[None]:
        """Occupy one thread. Raises Refused (429) when all are taken."""
        key = (integration_code, endpoint)
        if self._under_way[key] >= self.cap:
            raise Refused(429, f"API thread threshold of {self.cap} threads has been exceeded")
        self._under_way[key] += 1
        try:
            yield
        finally:
            self._under_way[key] -= 1
