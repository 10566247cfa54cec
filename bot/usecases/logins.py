"""The books of refused sign-ins: a port."""

from datetime import datetime
from typing import Protocol

from bot.domain.observation import FailedLogins


class Logins(Protocol):
    """Refused sign-ins in a row, by the username's digest."""

    async def so_far(self, username_digest: str, *, at: datetime) -> FailedLogins:
        """What is on the books."""

    async def begin(
        self, username_digest: str, *, expected: FailedLogins, at: datetime
    ) -> str | None:
        """Book a sign-in before it is sent, so that a crash cannot lose it: one that is never
        settled counts as refused after a minute. None where the books have changed since
        `expected` was read: then do not send."""

    async def settle(self, booking: str, *, refusals: int | None) -> None:
        """After the answer: 0 refusals (it was accepted) clears the books, n refusals are added,
        None (nobody can tell) adds nothing. A booking settles once."""
