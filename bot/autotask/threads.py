"""How many requests of one integration are under way at one endpoint."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

CAP = 3
"""Per tracking identifier and object endpoint (official page ThreadLimiting)."""


class Threads:
    """Keeps below Autotask's limit; remembers only what is under way or waits right now."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._places: dict[bytes, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def place(self, integration_code: str, endpoint: str) -> AsyncIterator[None]:
        """Wait for a place and hold it. The identifier is kept as a keyed digest only."""
        text = f"{endpoint}\n{integration_code}".encode()
        key = hashlib.blake2b(text, key=self._key, digest_size=16).digest()
        places, users = self._places.get(key, (asyncio.Semaphore(CAP), 0))
        self._places[key] = places, users + 1
        try:
            async with places:
                yield
        finally:
            self._leave(key)

    def _leave(self, key: bytes) -> None:
        places, users = self._places.pop(key)
        if users > 1:
            self._places[key] = places, users - 1
