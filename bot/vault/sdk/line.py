"""What all of them have in common: the way out, and a deadline for each call."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, TypeVar

import certifi

from bot.deadline import deadline
from bot.domain.errors import KeyUnavailable

T = TypeVar("T")

DEADLINE = 8.0
"""Seconds for a whole call, with all that a library makes of it."""
CONNECTING, READING = 3.0, 5.0
"""Seconds for a connection, and between bytes, after which a thread that nobody waits for ends."""
THREADS = 4
"""Calls at the same time, in threads of their own: a far side that hangs holds up nothing else."""


@dataclass(frozen=True, slots=True)
class Way:
    """How requests leave this process."""

    proxy: str | None = None
    ca_file: Path | None = None

    @property
    def proxies(self) -> dict[str, str]:
        """By scheme; none are taken from the environment."""
        return {"http": self.proxy, "https": self.proxy} if self.proxy else {}

    @property
    def authorities(self) -> str:
        """The file of all certificate authorities to trust, since these libraries take one."""
        return _bundle(self.ca_file).name if self.ca_file else certifi.where()


class Line:
    """Calls a synchronous library from the event loop."""

    def __init__(self, about: str, *, within: float = DEADLINE) -> None:
        self._about = about
        self._within = within
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix=about)

    async def ask(self, call: Callable[[], T]) -> T:
        """What `call` returns or raises. Raises KeyUnavailable past the deadline, queueing
        included."""
        loop = asyncio.get_running_loop()
        try:
            async with deadline(self._within):
                return await loop.run_in_executor(self._threads, call)
        except TimeoutError:
            raise away(self._about, f"no answer within {self._within:g} s") from None


def away(about: str, reason: str) -> KeyUnavailable:
    """It may help to try again."""
    return KeyUnavailable(f"{about} is not available: {reason}.", hint="Try again in a moment.")


@cache
def _bundle(ca_file: Path) -> IO[bytes]:
    """Deleted when the process ends."""
    file = NamedTemporaryFile(buffering=0)  # noqa: SIM115 - until the end
    file.write(Path(certifi.where()).read_bytes() + b"\n" + ca_file.read_bytes())
    return file
