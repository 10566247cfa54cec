"""The real clock, the real dice."""

import random
import secrets
import time
from datetime import UTC, datetime


class SystemClock:
    """Implements the port `Clock`."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def elapsed(self) -> float:
        """Linux's CLOCK_MONOTONIC stands still while the machine sleeps."""
        boot_time = getattr(time, "CLOCK_BOOTTIME", None)
        return time.monotonic() if boot_time is None else time.clock_gettime(boot_time)

    def jitter(self) -> float:
        return random.uniform(-1, 1)  # noqa: S311 - spreads checks, guards nothing

    def new_id(self) -> str:
        return secrets.token_hex(16)
