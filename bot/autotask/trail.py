"""What a check leaves behind on its way up the ladder."""

from dataclasses import dataclass, field

from bot.domain.observation import Cause
from bot.domain.progress import Steps

REFUSALS = (Cause.CREDENTIALS_REFUSED, Cause.INTEGRATION_CODE_REFUSED)
"""Answers that Autotask may count as a failed login, whatever else the check then finds out."""


@dataclass(slots=True)
class Trail:
    """What a check has asked and been told so far, even if it is given up."""

    sign_ins: int
    """How many may be sent."""
    steps: Steps
    lines: list[str] = field(default_factory=list)
    requests: int = 0
    refused: int = 0
    unanswered: int = 0
    """Sign-ins that have left and have no answer yet, or never got one."""
    accepted: bool = False
    has_left: bool = False
    """Whether anything has left at all."""

    def leaves(self) -> None:
        """A sign-in is on its way."""
        self.unanswered += 1
        self.has_left = True

    def comes_back(self) -> None:
        """It came back with a word of Autotask's."""
        self.unanswered -= 1

    def learns(self, found: object) -> None:
        """Every request carries the credentials: to be told anything proves them anew."""
        if found in REFUSALS:
            self.refused += 1
        elif found is Cause.PERMISSION_MISSING or not isinstance(found, Cause):
            self.accepted, self.refused, self.unanswered = True, 0, 0
