"""A database that cannot be written: nothing can be owed, so people are told directly, once.

No check is made meanwhile: a sign-in that cannot be booked is not sent. Were it refused, a process
that dies before it is written would forget it, and the next one might lock the user.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.domain.connection import Connection
from bot.domain.errors import StoreUnavailable
from bot.domain.gap import bulletin, going_on, one_per_channel, place_of
from bot.domain.incident import Doubt
from bot.domain.sending import Delivered, Later, NotInstalled, Sent
from bot.usecases.blindness import PATIENCE
from bot.usecases.destinations import destinations
from bot.usecases.ports import Owed, Ports

log = logging.getLogger(__name__)

REREAD = timedelta(hours=1)
"""How old the list of who is to be told may be, where the database cannot even be read."""


@dataclass(slots=True)
class Crier:
    """One per process; looks every minute."""

    ports: Ports
    silent: Callable[[], float]
    """For how many seconds the database has taken no sign of life."""
    _audience: Sequence[Connection] = ()
    _read_at: float = float("-inf")
    _owed: dict[tuple[str, str], Owed] = field(default_factory=dict)
    """What has no place in the outbox, by where its way begins."""
    _told: set[tuple[str, str]] = field(default_factory=set)

    async def look(self) -> int:
        """Tell each channel that nobody watches, once that has lasted for PATIENCE, or whoever is
        next in its chain; returns how many were told now. That it is over is told as any gap is.
        """
        silent = timedelta(seconds=self.silent())
        if silent > PATIENCE:
            with suppress(StoreUnavailable):  # then as it was last read
                await self._read()
            return await self._tell(going_on(self.ports.clock.now() - silent))
        self._owed.clear()
        self._told.clear()
        if self.ports.clock.elapsed() - self._read_at > REREAD.total_seconds():
            await self._read()
        return 0

    async def _read(self) -> None:
        everybody = await self.ports.gaps.audience(before=self.ports.clock.now())
        self._audience, self._read_at = one_per_channel(everybody), self.ports.clock.elapsed()

    async def _tell(self, text: str) -> int:
        before = len(self._told)
        for connection in self._audience:
            place = place_of(connection)
            owed = self._owed.get(place) or self._message(connection, text)
            if place not in self._told:
                self._owed[place] = owed
                sent = await self._say(owed)
                if isinstance(sent, Delivered):
                    self._told.add(place)
                elif isinstance(sent, Later | NotInstalled):
                    self._owed[place] = _in_doubt(owed, sent)
                    break  # so it will be with the others: at the next look
        if told := len(self._told) - before:
            log.error("told_directly", extra={"channels": told})
        return told

    def _message(self, connection: Connection, text: str) -> Owed:
        now, new_id = self.ports.clock.now(), self.ports.clock.new_id()
        alert = bulletin(connection, text, now=now, id=new_id)
        return Owed(replace(alert, first_tried_at=now), connection, None, lease=0)

    async def _say(self, owed: Owed) -> Sent | None:
        """Along the chain, past what takes nothing. None: nobody is left."""
        for channel in destinations(self.ports, owed.connection):
            if owed.alert.doubt is Doubt.UNCLEAR:
                found = await self.ports.messenger.find(owed, channel, None)
                if isinstance(found, Delivered):
                    return found
            sent = await self.ports.messenger.post(owed, channel)
            if isinstance(sent, Delivered | Later | NotInstalled):
                return sent
        return None


def _in_doubt(owed: Owed, sent: Later | NotInstalled) -> Owed:
    if isinstance(sent, Later) and sent.unclear:
        return replace(owed, alert=replace(owed.alert, doubt=Doubt.UNCLEAR))
    return owed
