"""Names for things: ids in Slack's shapes, message timestamps, credentials."""

import random
from collections.abc import Callable

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Identifiers:
    """Draws from `rng`: the same seed draws the same workspace."""

    def __init__(self, clock: Callable[[], float], rng: random.Random) -> None:
        self._clock = clock
        self._rng = rng
        self._last = 0

    def new(self, prefix: str) -> str:
        """Such as `C` and ten capitals or digits."""
        return prefix + "".join(self._rng.choices(_LETTERS, k=10))

    def word(self) -> str:
        """What Slack puts where a block_id or action_id was left out."""
        return "".join(self._rng.choices(_LETTERS, k=5))

    def secret(self, prefix: str) -> str:
        """A credential that nobody takes for a real one."""
        return f"{prefix}make-believe-{self._rng.randbytes(16).hex()}"

    def key(self) -> str:
        """For envelopes and addresses: unguessable enough among friends."""
        return self._rng.randbytes(12).hex()

    def ts(self) -> str:
        """Seconds and microseconds since the epoch; no two alike, each later than the last."""
        self._last = max(int(self._clock() * 1_000_000), self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06}"
