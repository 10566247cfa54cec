"""What the doors of one world share."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.autotask.directory import Directory
from bot.sandbox.autotask.journal import Journal
from bot.sandbox.autotask.plan import Plan
from bot.sandbox.autotask.quirks import Quirks
from bot.sandbox.autotask.threads import Threads


@dataclass(slots=True)
class Cloud:
    """The state behind the REST API and the panel; `clock` tells seconds since the epoch."""

    clock: Callable[[], float]
    rng: random.Random
    quirks: Quirks
    plan: Plan = field(default_factory=Plan)
    directory: Directory = field(init=False)
    journal: Journal = field(init=False)
    threads: Threads = field(default_factory=Threads)

    def __post_init__(self) -> None:
        self.directory = Directory.drawn(self.rng, now=self.clock(), tenants=self.plan.tenants)
        self.journal = Journal(self.clock)
