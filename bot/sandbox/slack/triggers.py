"""Trigger ids: three seconds in which the app may open one view for the person who acted."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.slack.identifiers import Identifiers
from bot.sandbox.slack.people import Person
from bot.sandbox.slack.refusal import Refused

LIFETIME = 3.0
"""Seconds (docs.slack.dev, handling user interaction)."""


@dataclass
class Trigger:
    """Who acted, where, and when it expires."""

    person: Person
    channel_id: str | None
    expires_at: float
    exchanged: bool = False


class Triggers:
    """Hands them out, takes each back once."""

    def __init__(self, clock: Callable[[], float], ids: Identifiers) -> None:
        self._clock = clock
        self._ids = ids
        self._issued: dict[str, Trigger] = {}

    def issue(self, person: Person, channel_id: str | None) -> str:
        now = self._clock()
        trigger_id = f"{self._ids.ts()}.{self._ids.key()}"
        self._issued[trigger_id] = Trigger(person, channel_id, now + LIFETIME)
        return trigger_id

    def exchange(self, trigger_id: str) -> Trigger:
        """Raises Refused with one of Slack's three codes."""
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if self._clock() >= trigger.expires_at:
            raise Refused("expired_trigger_id")
        if trigger.exchanged:
            raise Refused("exchanged_trigger_id")
        trigger.exchanged = True
        return trigger
