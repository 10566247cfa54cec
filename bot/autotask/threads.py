"""How many requests of one integration are under way at one endpoint."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

CAP = 3
"""Per tracking identifier and object endpoint (official page ThreadLimiting)."""


PATIENCE = 10.0
"""Seconds to wait for a place; a request that gets one then still fits into the check."""


class Crowded(Exception):
    """The bot's own requests hold all places, which says nothing about Autotask."""


class Threads:
    """Keeps below Autotask's limit; remembers only what is under way or waits right now."""

    def __init__(self, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._key = secrets.token_bytes(32)
        self._places: dict[bytes, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def place(self, integration_code: str, endpoint: str) -> AsyncIterator[None]:
        """Wait for a place and hold it. The identifier is kept as a keyed digest only.

        Raises Crowded where none was free in time.
        """
        text = f"{endpoint}\n{integration_code}".encode()
        key = hashlib.blake2b(text, key=self._key, digest_size=16).digest()
        places, users = self._places.get(key, (asyncio.Semaphore(CAP), 0))
        self._places[key] = places, users + 1
        try:
            await self._acquire(places)
            try:
                yield
            finally:
                places.release()
        finally:
            self._leave(key)

    async def _acquire(self, places: asyncio.Semaphore) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await places.acquire()
        except TimeoutError as error:
            raise Crowded from error

    def _leave(self, key: bytes) -> None:
        places, users = self._places.pop(key)
        if users > 1:
            self._places[key] = places, users - 1
