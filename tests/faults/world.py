"""An Autotask that changes its mind several times a second, the same way in every process."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bot.domain.credentials import Credentials
from bot.domain.observation import Observation, Seen
from bot.domain.origin import AutotaskOrigin
from bot.domain.progress import Tell, untold
from bot.domain.secret import Secret
from bot.usecases.ports import Zone
from tests.fakes import DOWN, FINE, FORBIDDEN, REFUSED, ZONE_3, ZONE_4

MOVED = replace(FINE, seen=Seen.MOVED_OK, origin=ZONE_4)
MOODS = (FINE, FINE, FINE, FINE, DOWN, DOWN, FORBIDDEN, REFUSED, MOVED)


@dataclass
class FickleAutotask:
    """What it answers is a function of `seed`, the username and the time: each username keeps a
    mood for `mood` seconds. `on_sign_in` is called while a sign-in is under way.
    """

    seed: int
    mood: float
    moods: Sequence[Observation] = MOODS
    on_sign_in: Callable[[], None] = lambda: None
    slowest: float = 0.004
    dice: random.Random = field(default_factory=random.Random)

    async def find_zone(self, username: Secret) -> Zone | Observation:
        return Zone(ZONE_3, "America East")

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
        if not self.mood:
            return FINE
        slice_ = int(time.time() / self.mood)
        dice = random.Random(f"{self.seed}/{credentials.username.reveal()}/{slice_}")
        return dice.choice(self.moods)

    async def knock(self, origin: AutotaskOrigin, *, tell: Tell = untold) -> Observation | None:
        return None

    async def vendor_status(self, zone: str) -> str | None:
        return None
