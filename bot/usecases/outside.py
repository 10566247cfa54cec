"""The world outside, by a witness: whether Slack takes what the bot says, and whether time has
passed there that this process did not live through.

A machine that its host has paused, or that was restored from a snapshot, finds nothing of it in its
own clocks: they stood still as well, and the time of day is set right some time later, as if
somebody had corrected it. Slack's clock went on.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from bot.domain.timekeeping import NONE, Reading, jump
from bot.usecases.clock import Clock
from bot.usecases.watching import Witness

AWAY = 150.0
"""Seconds without an answer after which Slack is not in reach: two looks in a row."""


@dataclass(slots=True)
class Outside:
    """One per process, which looks every minute."""

    witness: Witness
    clock: Clock
    missed: timedelta = NONE
    """How much time has passed outside, beyond what has passed here, since the first look."""
    _answered_at: float = field(init=False)
    _refused: bool = False
    _seen: Reading | None = None

    def __post_init__(self) -> None:
        self._answered_at = self.clock.elapsed()

    async def look(self) -> bool:
        """Ask the witness; whether `missed` is known now."""
        glance, elapsed = await self.witness.look(), self.clock.elapsed()
        if glance.answered:
            self._answered_at, self._refused = elapsed, bool(glance.refused)
        if glance.time is None:
            return False
        before, self._seen = self._seen, Reading(glance.time, elapsed)
        if before:
            self.missed += jump(before, self._seen)
        return before is not None

    def takes_nothing(self) -> bool:
        """Whether nothing can be said in Slack just now: it is away, or refuses the bot."""
        return self._refused or self.clock.elapsed() - self._answered_at > AWAY
