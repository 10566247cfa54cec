"""The real clock, the real dice."""

import random
import secrets
from datetime import UTC, datetime


class SystemClock:
    """Implements the port `Clock`."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def jitter(self) -> float:
        return random.uniform(-1, 1)  # noqa: S311 - spreads checks, guards nothing

    def new_id(self) -> str:
        return secrets.token_hex(16)
