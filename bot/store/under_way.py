"""What this process has claimed and not reported yet: other claims may have to wait for it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from math import inf

from bot.usecases.ports import Owed

PATIENCE = 1.0
"""Seconds: Slack answers sooner, unless it is in trouble."""


class UnderWay:
    """One per process. A claim holds for `lease` seconds; `elapsed` counts seconds while the
    process stands still too.

    While that is wanted, a workspace's calls go `one_by_one`: no other is begun until what came of
    one is stored, so that a crash leaves one at most of which nobody knows. A slow one holds up
    the others for `PATIENCE`, or half a lease where that is shorter.
    """

    def __init__(
        self, lease: float, elapsed: Callable[[], float], one_by_one: Callable[[], bool]
    ) -> None:
        self._lease = lease
        self._elapsed = elapsed
        self._one_by_one = one_by_one
        self._standstill = Standstill(lease / 4)
        self._turn = asyncio.Lock()
        self._begun: dict[tuple[str, int], tuple[str, float]] = {}

    @asynccontextmanager
    async def claiming(self) -> AsyncIterator["Claiming"]:
        """One claim at a time."""
        async with self._turn:
            at = self._elapsed()
            self._standstill.look(at)
            yield Claiming(self, at, self._busy(at))

    @contextmanager
    def ending(self, owed: Owed) -> Iterator[None]:
        """It is being reported, for as long as that takes."""
        claim = owed.alert.id, owed.lease
        if claim in self._begun:
            self._begun[claim] = owed.alert.workspace_id, inf
        try:
            yield
        finally:
            self._begun.pop(claim, None)

    def is_awake(self) -> bool:
        """Whether it has not just stood still."""
        return not self._standstill.look(self._elapsed())

    def begin(self, claimed: Sequence[Owed], at: float) -> Sequence[Owed]:
        """They may be told from now on, until their claims lapse."""
        for each in claimed:
            workspace_id, claim = each.alert.workspace_id, (each.alert.id, each.lease)
            self._begun[claim] = workspace_id, at + min(PATIENCE, self._lease / 2)
        return [replace(each, until=at + self._lease) for each in claimed]

    def _busy(self, at: float) -> set[str] | None:
        for claim, (_, until) in list(self._begun.items()):
            if until <= at:
                del self._begun[claim]
        if not self._one_by_one():
            return None
        return {workspace_id for workspace_id, _ in self._begun.values()}


@dataclass(frozen=True, slots=True)
class Claiming:
    """One claim that is being made."""

    _under_way: UnderWay
    _at: float
    busy: Collection[str] | None
    """The workspaces that have a call under way already; None where that does not matter."""

    def may_take_over(self) -> bool:
        """Whether what has lapsed is a dead process's. Right after a standstill it may be our own,
        and what came of it is known as soon as the answers are read that wait for us."""
        return self._under_way.is_awake()

    def begin(self, claimed: Sequence[Owed]) -> Sequence[Owed]:
        """The claim is made."""
        return self._under_way.begin(claimed, self._at)


class Standstill:
    """Notices that this process stood still."""

    def __init__(self, moment: float) -> None:
        self._moment = moment
        self._seen_at = inf
        self._over_at = -inf

    def look(self, at: float) -> bool:
        """Whether it went on less than `moment` seconds ago. Somebody looks once in a moment,
        unless it stands still."""
        if at - self._seen_at > self._moment:
            self._over_at = at
        self._seen_at = at
        return at - self._over_at < self._moment
