"""The steps of a test, told one by one as each is over."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """What a test goes through, in the order in which it does where all is well."""

    NAME = "Name lookup"
    LINE = "Secure connection (TLS)"
    SIGN_IN = "Sign-in"
    QUOTA = "Hourly budget"
    PERMISSION = "Permission to read"
    ZONE = "Zone"
    CHANNEL = "Alert channel"


class Outcome(StrEnum):
    """What came of a step."""

    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Ticked:
    """A step that is over."""

    step: Step
    outcome: Outcome
    seconds: float | None = None
    """How long it took; None where it took no time of its own."""
    note: str = ""
    """What was found, or what is wrong, in a few words; may quote a name."""


Tell = Callable[[Ticked], None]


def untold(ticked: Ticked) -> None:
    """For who does not want to know."""


class Steps:
    """A stopwatch that tells each step with the time since the one before. Each is told once, so
    that what a later request finds does not hide what the first one took."""

    def __init__(self, tell: Tell, monotonic: Callable[[], float]) -> None:
        self._tell = tell
        self._monotonic = monotonic
        self._told: set[Step] = set()
        self._took: float | None = None
        self.begin()

    def begin(self) -> None:
        """What is waited for up to here is no step's time."""
        self._since = self._monotonic()

    def done(self, step: Step, note: str = "") -> None:
        """It went well just now."""
        self._took = self._monotonic() - self._since
        self._over(step, Outcome.DONE, self._took, note)

    def told_by_the_same(self, step: Step, note: str) -> None:
        """It went well in the very call that the step before took, and so in that time."""
        self._over(step, Outcome.DONE, self._took, note)

    def failed(self, step: Step, note: str) -> None:
        """It went wrong just now."""
        self._over(step, Outcome.FAILED, self._monotonic() - self._since, note)

    def known_to_fail(self, step: Step, note: str) -> None:
        """It went wrong before, and cannot be looked at now."""
        self._over(step, Outcome.FAILED, None, note)

    def unknown(self, step: Step, note: str) -> None:
        """It was not looked at, or nobody can tell."""
        self._over(step, Outcome.UNKNOWN, None, note)

    def _over(self, step: Step, outcome: Outcome, seconds: float | None, note: str) -> None:
        if step not in self._told:
            self._told.add(step)
            self._tell(Ticked(step, outcome, seconds, note))
        self.begin()
