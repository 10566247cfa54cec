"""Response URLs: five answers within half an hour (docs.slack.dev, handling user interaction)."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.slack.identifiers import Identifiers
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.people import Person
from bot.sandbox.slack.refusal import Refused

LIFETIME = 1800.0
"""Seconds."""
ANSWERS = 5


@dataclass
class Hook:
    """Where an answer goes: to this person, in this channel. `original` is the message that an
    answer may replace.
    """

    key: str
    person: Person
    channel_id: str
    expires_at: float
    original: Message | None = None
    left: int = ANSWERS


class Hooks:
    """Hands them out; `address` is put before the key to make a URL."""

    def __init__(self, clock: Callable[[], float], ids: Identifiers) -> None:
        self._clock = clock
        self._ids = ids
        self._issued: dict[str, Hook] = {}
        self.address = ""

    def issue(self, person: Person, channel_id: str, original: Message | None = None) -> Hook:
        hook = Hook(self._ids.key(), person, channel_id, self._clock() + LIFETIME, original)
        self._issued[hook.key] = hook
        return hook

    def url(self, hook: Hook) -> str:
        return f"{self.address}{hook.key}"

    def use(self, key: str) -> Hook:
        """Count one answer. Raises Refused(expired_url, used_url, invalid_url)."""
        hook = self._issued.get(key)
        if hook is None:
            raise Refused("invalid_url")
        if self._clock() >= hook.expires_at:
            raise Refused("expired_url")
        if not hook.left:
            raise Refused("used_url")
        hook.left -= 1
        return hook
