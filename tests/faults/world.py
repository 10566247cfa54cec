"""An Autotask that changes its mind again and again, the same way in every process."""

import asyncio
import mmap
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bot.domain.credentials import Credentials
from bot.domain.observation import Observation, Seen
from bot.domain.origin import AutotaskOrigin
from bot.domain.progress import Tell, untold
from bot.domain.secret import Secret
from bot.usecases.ports import Zone
from tests.fakes import DOWN, FINE, FORBIDDEN, REFUSED, ZONE_3, ZONE_4

ZONE_3_NAME = "America East"
MOVED = replace(FINE, seen=Seen.MOVED_OK, origin=ZONE_4)
MOODS = (FINE, FINE, FINE, FINE, DOWN, DOWN, FORBIDDEN, REFUSED, MOVED)
STEADY = 3
"""Sign-ins of one username that find the same mood: enough to confirm it."""
USERNAMES = 10_000
_asked = mmap.mmap(-1, 4 * USERNAMES)
"""How many sign-ins each username has seen. Forked processes share it, and it outlives them."""


@dataclass
class FickleAutotask:
    """What it answers is a function of `seed`, the username and how often that was asked, so that
    there is something new to tell however slow the machine is. `on_sign_in` is called while a
    sign-in is under way.
    """

    seed: int
    moods: Sequence[Observation] = MOODS
    on_sign_in: Callable[[], None] = lambda: None
    slowest: float = 0.004
    dice: random.Random = field(default_factory=random.Random)

    async def find_zone(self, username: Secret) -> Zone | Observation:
        return Zone(ZONE_3, ZONE_3_NAME)

    async def check(
        self,
        credentials: Credentials,
        *,
        permission: bool,
        zone: bool,
        sign_ins: int,
        tell: Tell = untold,
    ) -> Observation:
        await asyncio.sleep(self.dice.uniform(0, self.slowest))
        self.on_sign_in()
        username = credentials.username.reveal()
        mood = _count(username) // STEADY
        return random.Random(f"{self.seed}/{username}/{mood}").choice(self.moods)

    async def knock(self, origin: AutotaskOrigin, *, tell: Tell = untold) -> Observation | None:
        return None

    async def vendor_status(self, zone: str) -> str | None:
        return None


def _count(username: str) -> int:
    """How often it was asked before. Two processes at once may count one sign-in for two."""
    number = int(username.partition("@")[0][-4:])
    place = slice(4 * number, 4 * number + 4)
    before = int.from_bytes(_asked[place], "little")
    _asked[place] = (before + 1).to_bytes(4, "little")
    return before


def forget_all() -> None:
    """Nobody has asked for anything."""
    _asked[:] = bytes(len(_asked))
