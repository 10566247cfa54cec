"""Rate limits: so many calls a second for each method and channel, after a burst."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.slack.refusal import Refused

AWHILE = 2
"""Seconds that an app is asked to wait while messages have to."""


@dataclass(frozen=True)
class Rate:
    """Slack allows about one message per second and channel, with short bursts above it
    (docs.slack.dev, rate limits); the default is generous, so that nothing is limited in play.
    """

    per_second: float = 100.0
    burst: int = 1000


class RateLimit:
    """A bucket for each method and channel, by `clock`; `used_up` while messages have to wait."""

    used_up = False

    def __init__(self, clock: Callable[[], float], rate: Rate) -> None:
        self._clock = clock
        self._rate = rate
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def spend(self, method: str, channel: str) -> None:
        """Raises Refused(ratelimited) with `retry_after`, in whole seconds."""
        if self.used_up and method.startswith("chat."):
            raise Refused("ratelimited", retry_after=AWHILE)
        now = self._clock()
        tokens, at = self._buckets.get((method, channel), (float(self._rate.burst), now))
        tokens = min(self._rate.burst, tokens + (now - at) * self._rate.per_second)
        if tokens < 1:
            wait = (1 - tokens) / self._rate.per_second
            raise Refused("ratelimited", retry_after=max(1, math.ceil(wait)))
        self._buckets[method, channel] = (tokens - 1, now)
