"""What happens, told to everybody's open page as it happens."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.sandbox.slack.documents import Json

Event = Json


class Feed:
    """One queue per open page; None in a queue means the end."""

    def __init__(self) -> None:
        self._pages: dict[asyncio.Queue[Event | None], str] = {}

    @contextmanager
    def page_of(self, person_id: str) -> Iterator[asyncio.Queue[Event | None]]:
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._pages[queue] = person_id
        try:
            yield queue
        finally:
            del self._pages[queue]

    def tell(self, event: Event, *, to: Callable[[str], bool] = lambda _: True) -> None:
        """Put it into the queue of everybody whose id `to` accepts."""
        for queue, person_id in self._pages.items():
            if to(person_id):
                queue.put_nowait(event)

    def tell_one(self, person_id: str, event: Event) -> None:
        self.tell(event, to=lambda other: other == person_id)

    def close(self) -> None:
        for queue in self._pages:
            queue.put_nowait(None)
