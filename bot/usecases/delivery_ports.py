"""What delivering needs of the outside world: the alerts owed, the places they go to, a way to say
things there."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Protocol

from bot.domain.connection import Connection
from bot.domain.incident import Alert, Doubt, Incident, Place, Telling
from bot.domain.outage import Member
from bot.domain.sending import Found, Sent, Verdict


@dataclass(frozen=True, slots=True)
class Owed:
    """An alert whose sending has been claimed, with what it tells about."""

    alert: Alert
    connection: Connection
    incident: Incident | None
    lease: int
    lane: str = ""
    """The channel or person whose turn this claim has used."""
    probes: int = 0
    """Where the installation is broken: how many tries have failed since. This is one more."""
    repeat: bool = False
    """Whether a try that nobody can look for may have reached people already."""
    others: tuple[Member, ...] = ()
    """What else of the same zone its message tells of; where it `leaves`, what stays behind."""
    leaves: bool = False
    """Whether it is no outage any more, and gets a message of its own."""
    until: float = inf
    """When the claim lapses, as `Clock.elapsed` counts; no call is begun for it from then on, since
    somebody else may have claimed it."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A destination that takes nothing. `channel` may be a person's id."""

    workspace_id: str
    channel: str
    reason: str
    broken_since: datetime
    summary_id: str
    """The key of the summary that will be posted there when it is back."""
    probed_at: datetime | None = None
    """When the summary was tried last, where nobody knows what came of it."""


@dataclass(frozen=True, slots=True)
class Suspended:
    """A workspace in which Slack takes nothing from the app."""

    workspace_id: str
    reason: str
    since: datetime


TellBack = Callable[[Sequence[Member], Sequence[Incident]], Telling]
"""What is owed once incidents go back to a place, given with the message that each had meanwhile,
and what else these messages tell of, which stays there."""


class Outbox(Protocol):
    """The alerts owed. Leases are in the database's own time."""

    async def claim(self, limit: int) -> Sequence[Owed]:
        """Up to `limit` alerts that may go now: the eldest open one of each connection only, so
        that order is kept, and one for each channel, whose pace and holds are kept. A row claimed
        by a process that died is claimed again, in doubt; right after this process stood still,
        what it had begun itself has a moment to end first.
        """

    async def sent(self, owed: Owed, place: Place | None, anew: Sequence[Alert] = ()) -> None:
        """Slack has accepted it (`place`: where the message stands), or nobody can see it any more.
        What its message tells of the `others` is told by it too. `anew`: messages that have to be
        drawn again because of this."""

    async def already_told(self, owed: Owed) -> None:
        """Its incident's message has told it: no call was made, and its channel's turn is free."""

    async def retry(
        self,
        owed: Owed,
        *,
        after: float,
        error: str,
        doubt: Doubt = Doubt.NONE,
        counted: bool = True,
    ) -> None:
        """Not this time: try the same destination again in `after` seconds; where it is unclear
        what came of this try, not before the claim's lease has passed. One that is not `counted`
        was no attempt.
        """

    async def put_aside(self, owed: Owed, *, after: float, error: str) -> None:
        """The bot has stumbled over it: out of the way for so many seconds, in doubt. What it took
        along goes on by itself."""

    async def hold(self, owed: Owed, *, seconds: float, error: str) -> None:
        """Slack has said when to come back: until then nothing goes to this claim's lane. It was
        no attempt."""

    async def next_destination(self, owed: Owed, *, step: int, to: str, error: str) -> None:
        """The destination is broken for good: the next one in the chain, at once."""

    async def give_up(self, owed: Owed, *, error: str) -> None:
        """No destination is left. The row stays, visible, as dead."""

    async def waiting(self) -> tuple[int, float]:
        """How many alerts are owed, and for how many seconds the oldest has been."""

    async def dead(self) -> int:
        """How many alerts no destination would take."""

    async def died_of(self) -> Sequence[tuple[str, int]]:
        """Why they died, and how many of each, the most frequent first."""

    async def revive(self, workspace_id: str) -> int:
        """Owe the dead alerts of this workspace's connections anew, from the first destination;
        returns how many."""

    async def died_in(self, workspace_id: str) -> Sequence[tuple[str, int]]:
        """Why the dead alerts of this workspace died, as `died_of` has it."""


class Destinations(Protocol):
    """The places that take nothing. One that is broken is remembered until it takes something."""

    async def broken(self, workspace_id: str) -> Mapping[str, Broken]:
        """By channel or person."""

    async def mark_broken(self, broken: Broken, *, telling: Telling) -> bool:
        """Remember it, and owe the alerts that tell of it; False (and nothing owed) where it is
        known already."""

    async def probe_soon(self, workspace_id: str, channel: str) -> None:
        """Something says that it is back: find out at the next tick."""

    async def claim_probes(self, limit: int) -> Sequence[Broken]:
        """Broken ones whose next probe is due; none of them is due again for a lease."""

    async def still_broken(
        self, broken: Broken, *, after: float, reason: str | None = None, unclear: bool = False
    ) -> None:
        """The probe failed: the next one in `after` seconds."""

    async def missed(self, broken: Broken, connection_ids: Collection[str]) -> Mapping[str, int]:
        """How many alerts of each connection have gone elsewhere since it broke, or nowhere."""

    async def heal(self, broken: Broken, connection_ids: Collection[str], tell: TellBack) -> None:
        """It takes messages again: what is still owed to these connections' fallbacks goes there
        first, and so does what reached nobody since. The incidents whose message there was left
        behind when it broke have it back; these connections' open ones whose message stands
        elsewhere have none yet. What `tell` makes of them is owed in the same transaction."""

    async def forget(self, broken: Broken) -> None:
        """Nobody sends there any more."""


class Installations(Protocol):
    """The workspaces in which Slack takes nothing from the app."""

    async def suspend(
        self, workspace_id: str, reason: str, *, tries: int, probe_after: float
    ) -> bool:
        """Send nothing there but one probe after so many seconds; `tries` have failed. False where
        it was known already."""

    async def resume(self, workspace_id: str) -> None:
        """Slack takes something again."""

    async def suspended(self) -> Sequence[Suspended]:
        """All that are."""


class Messenger(Protocol):
    """Says things in Slack, one call each. Never raises for what Slack does."""

    async def post(self, owed: Owed, destination: str) -> Sent:
        """A new message to a channel or user id."""

    async def edit(self, owed: Owed, place: Place) -> Sent:
        """Draw the incident's message anew."""

    async def reply(self, owed: Owed, place: Place) -> Sent:
        """A line in the thread below the incident's message."""

    async def find(self, owed: Owed, channel: str, thread: Place | None) -> Found:
        """Look for an earlier try of this alert in the channel, or with the person, since it was
        first tried; in the thread below a message where one is given."""

    async def look(self, destination: str) -> Verdict:
        """Whether a message to this channel or person would be taken, and who would read it, as far
        as Slack tells that without one."""

    async def reachable(self) -> bool:
        """Whether Slack answers at all, however: the witness for our own network."""
