"""What can come of one call that tells people something, or looks for what was told."""

from dataclasses import dataclass

from bot.domain.incident import Place


@dataclass(frozen=True, slots=True)
class Delivered:
    """Slack has it."""

    place: Place
    earlier: bool = False
    """Whether it was an earlier try that Slack took: the message shows what was known then."""


@dataclass(frozen=True, slots=True)
class Later:
    """Slack would not or could not take it now; `after` seconds where it said so."""

    reason: str
    after: float | None = None
    unclear: bool = False
    """Whether Slack may have taken it all the same, so that another try may be a second copy."""


@dataclass(frozen=True, slots=True)
class NotInstalled:
    """Slack takes nothing from the app in this workspace: the token or a permission is gone."""

    reason: str


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """The destination will not take it: archived, gone, or closed to the bot."""

    reason: str


@dataclass(frozen=True, slots=True)
class MessageGone:
    """The message to edit, or to answer in a thread, is not there any more."""

    reason: str


Sent = Delivered | Later | NotInstalled | Undeliverable | MessageGone


@dataclass(frozen=True, slots=True)
class NotThere:
    """Slack showed everything said since, and the message is not among it."""


@dataclass(frozen=True, slots=True)
class CannotLook:
    """Slack does not let the app read there, or too much was said to read it all."""

    reason: str


Found = Delivered | NotThere | CannotLook | Later | NotInstalled


@dataclass(frozen=True, slots=True)
class Welcome:
    """Nothing speaks against a message there."""

    shared: bool = False
    """Whether people of another organisation read there, or are invited to."""


Verdict = Welcome | Undeliverable | CannotLook | Later | NotInstalled
