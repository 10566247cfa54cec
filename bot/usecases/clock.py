"""Time and chance, which no verb takes by itself."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time of day, and chance: arguments, so that tests can hold them."""

    def now(self) -> datetime:
        """The present, in UTC."""

    def elapsed(self) -> float:
        """Seconds since some moment, sleep included, whatever the time of day is set to."""

    def jitter(self) -> float:
        """A number in [-1, 1]."""

    def new_id(self) -> str:
        """128 random bits in hex."""
