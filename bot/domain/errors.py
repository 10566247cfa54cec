"""Everything that can go wrong, in sentences that may be shown to a person.

BotError                     the family; `message` may be shown, `hint` says what to do next
├── BadInput                 something typed cannot work; says in which field
├── NotAllowed               this person may not do that
├── NoSuchConnection         nothing of that name (or of another workspace: the same answer)
├── ConfigurationError       the operator has to change something; the process exits with 78
├── SealError                a sealed value could not be opened
│   ├── UnknownKey           the key that sealed it is not loaded (configuration)
│   ├── Tampered             it is not what was sealed, or not where it was sealed (data)
│   └── KeyUnavailable       the key source does not answer (try again)
├── StoreUnavailable         the database is locked, full, read-only or away (try again)
└── SlackUnavailable         Slack does not say who somebody is (try again)

Anything outside this family is a fault of ours: people are shown a reference, never its text.
"""

from collections.abc import Collection


class BotError(Exception):
    """Something went wrong on our side."""

    hint: str = ""

    def __init__(self, message: str | None = None, *, hint: str | None = None) -> None:
        self.message = message or str(self.__doc__).partition("\n")[0]
        if hint is not None:
            self.hint = hint
        super().__init__(self.message)

    def sentence(self) -> str:
        """Message and hint as one paragraph."""
        return f"{self.message} {self.hint}".strip()


class BadInput(BotError):
    """Something that was typed cannot work."""

    def __init__(self, message: str, *, field: str = "", hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.field = field


class NotAllowed(BotError):
    """You are not allowed to do this."""

    def __init__(
        self,
        message: str | None = None,
        *,
        hint: str | None = None,
        named: Collection[str] | None = None,
    ) -> None:
        """`named`: the people who may beside the workspace's admins, so that these can be asked;
        None where nobody can let this person."""
        super().__init__(message, hint=hint)
        self.named = named


class NoSuchConnection(BotError):
    """There is no such connection."""

    hint = "Status lists those there are."

    def __init__(self, *, nearest: str | None = None) -> None:
        """`nearest`: the name of the one that was probably meant."""
        super().__init__(hint=f"Did you mean {nearest}?" if nearest else None)
        self.nearest = nearest


class ConfigurationError(BotError):
    """The configuration needs a change."""


class SealError(BotError):
    """A stored secret could not be opened."""


class UnknownKey(SealError):
    """The key that sealed this value is not loaded."""

    hint = "Put the missing key back into the key file and start again."


class Tampered(SealError):
    """A stored secret is not what was sealed, or not where it was sealed."""

    hint = "Connect again to store a fresh one."


class KeyUnavailable(SealError):
    """The source of the master key does not answer."""


class StoreUnavailable(BotError):
    """The database does not take this right now."""

    hint = "Try again in a moment."


class SlackUnavailable(BotError):
    """Slack does not say just now who you are, so this was not done."""

    hint = "Try again in a moment."
