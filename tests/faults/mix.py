"""How well Slack is."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Mix:
    """Shares of the calls that go wrong, and how slow the others are (seconds)."""

    limited: float = 0.0
    rejected: float = 0.0
    """HTTP 500, and nothing was accepted."""
    accepted_all_the_same: float = 0.0
    """HTTP 500, although it was accepted."""
    answer_lost: float = 0.0
    """Accepted, and the connection breaks before the answer."""
    slowest: float = 0.0


CALM = Mix()
BUSY = Mix(limited=0.05, rejected=0.03, slowest=0.01)
"""It says no and means it."""
LYING = replace(BUSY, accepted_all_the_same=0.02, answer_lost=0.02)
"""It also accepts what it says that it has not: each time, that is a fault of its own."""
DENYING = replace(BUSY, accepted_all_the_same=0.15, answer_lost=0.15)
