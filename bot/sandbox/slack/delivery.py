"""How the app is told of what people do, whichever way it listens."""

import asyncio
from collections.abc import Coroutine, Sequence
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.refusal import Undelivered

RETRY_DELAYS = (0.0, 60.0, 300.0)
"""Seconds before an event is sent again (docs.slack.dev, the Events API)."""
_REASONS = {"operation_timeout": "http_timeout", "dispatch_failed": "connection_failed"}


class Kind(StrEnum):
    """The kinds of envelope, by their names in Socket Mode."""

    COMMAND = "slash_commands"
    INTERACTIVE = "interactive"
    EVENT = "events_api"


class Retry(NamedTuple):
    """`number` counts from 1; the first delivery is no retry."""

    number: int
    reason: str


class Delivery(Protocol):
    """Socket Mode or signed HTTP."""

    @property
    def connected(self) -> bool: ...

    async def send(self, kind: Kind, payload: Json, retry: Retry | None = None) -> Json:
        """What the app acknowledged with, empty for a plain acknowledgement. Raises Undelivered."""
        ...

    async def close(self) -> None: ...


class Courier:
    """Asks and waits, or announces and tries again."""

    def __init__(self, delivery: Delivery, retry_delays: Sequence[float]) -> None:
        self._delivery = delivery
        self._retry_delays = retry_delays
        self._under_way: set[asyncio.Task[None]] = set()

    async def ask(self, kind: Kind, payload: Json) -> Json:
        """The app's answer within three seconds. Raises Undelivered."""
        return await self._delivery.send(kind, payload)

    def announce(self, kind: Kind, payload: Json) -> None:
        """Nobody waits for the answer. Events are sent again until they are acknowledged."""
        delays = self._retry_delays if kind is Kind.EVENT else ()
        self._start(self._announce(kind, payload, delays))

    async def close(self) -> None:
        """What is under way is given up."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._delivery.close()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _announce(self, kind: Kind, payload: Json, delays: Sequence[float]) -> None:
        reason = ""
        for number, delay in enumerate((0.0, *delays)):
            await asyncio.sleep(delay)
            try:
                await self._delivery.send(kind, payload, Retry(number, reason) if number else None)
            except Undelivered as failure:
                reason = _REASONS.get(str(failure), "http_error")
            else:
                return
