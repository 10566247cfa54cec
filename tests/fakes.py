"""The outside world as working small things: a far side, a chat, a clock that is moved by hand."""

import asyncio
import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.domain.credentials import Credentials
from bot.domain.diagnosis import diagnose
from bot.domain.incident import Place
from bot.domain.observation import Cause, Observation, Quota, Seen, Tenant
from bot.domain.origin import AutotaskOrigin
from bot.domain.progress import Step, Steps, Tell, untold
from bot.domain.secret import Secret
from bot.domain.sending import (
    CannotLook,
    Delivered,
    Found,
    Later,
    NotInstalled,
    NotThere,
    Sent,
    Undeliverable,
    Verdict,
    Welcome,
)
from bot.slack.alerts import message
from bot.usecases.ports import Owed, Zone
from bot.usecases.watching import Glance

ZONE_3 = AutotaskOrigin("https://webservices3.autotask.net")
ZONE_4 = AutotaskOrigin("https://webservices4.autotask.net")
TENANT = Tenant(company="Lakeside IT")

FINE = Observation(Seen.OK, latency=0.2, tenant=TENANT, quota=Quota(42, 10_000), origin=ZONE_3)
REFUSED = Observation(
    Seen.REJECTED, Cause.CREDENTIALS_REFUSED, ("ThresholdInformation: 401",), refused=1
)
REFUSED_THEN_DOWN = Observation(Seen.UNREACHABLE, Cause.DNS, refused=1)
UNKNOWN = Observation(Seen.REJECTED, Cause.USERNAME_UNKNOWN, ("zoneInformation: 500",))
DOWN = Observation(Seen.UNREACHABLE, Cause.TIME_OUT, ("ThresholdInformation: no answer",))
OURS = Observation(Seen.INCONCLUSIVE, Cause.OURS, ("the network is away",))
LIMITED = Observation(Seen.THROTTLED, Cause.HOURLY_LIMIT, ("ThresholdInformation: 429",))
LOST = replace(DOWN, unanswered=1)
"""A sign-in has left, and nobody has seen its answer."""
FORBIDDEN = Observation(
    Seen.FORBIDDEN, Cause.PERMISSION_MISSING, tenant=TENANT, permission_asked=True
)


class FakeClock:
    """Stands still until it is moved. Serves the store too, as seconds since 1970."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 2, 12, tzinfo=UTC)
        self._ids = itertools.count(1)
        self._elapsed = 0.0
        self.outside = self.time
        """What every other clock shows."""

    def now(self) -> datetime:
        return self.time

    def jitter(self) -> float:
        return 0.0

    def new_id(self) -> str:
        return f"{next(self._ids):032x}"

    def seconds(self) -> float:
        return self.time.timestamp()

    def elapsed(self) -> float:
        return self._elapsed

    def pass_(self, **span: float) -> None:
        self.time += timedelta(**span)
        self.outside += timedelta(**span)
        self._elapsed += timedelta(**span).total_seconds()

    def set_by(self, **span: float) -> None:
        """Somebody sets the time of day; no time passes."""
        self.time += timedelta(**span)

    def stand_still(self, **span: float) -> None:
        """The machine's host pauses it: time passes everywhere else."""
        self.outside += timedelta(**span)


@dataclass
class FakeWitness:
    """Looks at the world's clock; `away` and `refused` are as they are set."""

    clock: FakeClock
    away: bool = False
    refused: str = ""

    async def look(self) -> Glance:
        if self.away:
            return Glance(answered=False)
        return Glance(answered=True, refused=self.refused, time=self.clock.outside)


@dataclass
class FakeAutotask:
    """Answers as it is told to. Keeps what it was asked, by kind."""

    zone: Zone | Observation = field(default_factory=lambda: Zone(ZONE_3, "America East"))
    answer: Observation = FINE
    answers: dict[str, Observation] = field(default_factory=dict)
    """What some users get instead."""
    in_force: str | None = None
    """Where it is set, every other secret is refused."""
    status_page: str | None = None
    mute: Observation | None = None
    """What keeps the zone from answering even where no credentials are sent."""
    arrived: asyncio.Event | None = None
    """Where it is set, a sign-in sets it and has no end."""
    zones_asked: int = 0
    knocks: int = 0
    sign_ins: list[Credentials] = field(default_factory=list)
    allowed: list[int] = field(default_factory=list)
    """How many sign-ins each check was allowed."""

    async def find_zone(self, username: Secret) -> Zone | Observation:
        self.zones_asked += 1
        return self.zone

    async def knock(self, origin: AutotaskOrigin, *, tell: Tell = untold) -> Observation | None:
        self.knocks += 1
        if self.mute:
            tell_steps(self.mute, tell, permission=False, zone=False)
        return self.mute

    async def vendor_status(self, zone: str) -> str | None:
        return self.status_page

    async def check(
        self,
        credentials: Credentials,
        *,
        permission: bool,
        zone: bool,
        sign_ins: int,
        tell: Tell = untold,
    ) -> Observation:
        self.sign_ins.append(credentials)
        self.allowed.append(sign_ins)
        if self.arrived:
            self.arrived.set()
            await asyncio.Event().wait()
        seen = self.answers.get(credentials.username.reveal(), self.answer)
        if self.in_force not in (None, credentials.secret.reveal()):
            seen = REFUSED
        tell_steps(seen, tell, permission=permission, zone=zone)
        return seen


def tell_steps(seen: Observation, tell: Tell, *, permission: bool, zone: bool) -> None:
    """The steps that lead to what was seen, up to the one that failed. No time passes."""
    steps = Steps(tell, lambda: 0.0)
    wrong = diagnose(seen.cause).title if seen.cause else ""
    if seen.seen is Seen.UNREACHABLE and not seen.unanswered:
        steps.failed(Step.NAME if seen.cause is Cause.DNS else Step.LINE, wrong)
        return
    steps.done(Step.NAME)
    steps.done(Step.LINE)
    if seen.seen not in (Seen.OK, Seen.MOVED_OK, Seen.FORBIDDEN):
        steps.failed(Step.QUOTA if seen.seen is Seen.THROTTLED else Step.SIGN_IN, wrong)
        return
    steps.done(Step.SIGN_IN)
    steps.told_by_the_same(Step.QUOTA, f"{seen.quota.share:.0%} used" if seen.quota else "")
    if seen.seen is Seen.FORBIDDEN:
        steps.failed(Step.PERMISSION, wrong)
    elif permission:
        steps.done(Step.PERMISSION)
    if zone and seen.seen is not Seen.FORBIDDEN:
        steps.done(Step.ZONE)


@dataclass
class FakeMessenger:
    """A chat that remembers its messages, edits included; `outcomes` come before it obeys."""

    texts: dict[Place, str] = field(default_factory=dict)
    threads: dict[Place, list[str]] = field(default_factory=dict)
    posts: int = 0
    outcomes: list[Sent] = field(default_factory=list)
    cut_off: bool = False
    closed: dict[str, Sent] = field(default_factory=dict)
    """Channels that refuse everything, and with what."""
    lost_answers: int = 0
    """How many of the next messages arrive without Slack's saying so."""
    slow: dict[str, asyncio.Event] = field(default_factory=dict)
    """Channels that answer only once this is set."""
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    """Set with each message."""
    blind: bool = False
    """Whether the app may not read what was said."""
    shared: set[str] = field(default_factory=set)
    """Channels in which another organisation reads."""
    keys: dict[tuple[str, str], Place] = field(default_factory=dict)
    """Where each alert arrived, by channel and key."""
    direct: dict[str, str] = field(default_factory=dict)
    """The channels in which people are spoken to, where they have an id of their own."""
    calls: list[tuple[str, str]] = field(default_factory=list)
    """What was asked of which channel, answered or not."""

    async def post(self, owed: Owed, destination: str) -> Sent:
        if waits := self.slow.get(destination):
            await waits.wait()
        if refused := self._refusal("post", destination):
            return refused
        self.posts += 1
        place = Place(self.direct.get(destination, destination), f"{self.posts}.0")
        self.texts[place] = message(owed).text
        return self._arrived(owed, place)

    async def edit(self, owed: Owed, place: Place) -> Sent:
        if refused := self._refusal("edit", place.channel):
            return refused
        self.texts[place] = message(owed).text
        return Delivered(place)

    async def reply(self, owed: Owed, place: Place) -> Sent:
        if refused := self._refusal("reply", place.channel):
            return refused
        self.threads.setdefault(place, []).append(message(owed).text)
        return self._arrived(owed, place)

    async def find(self, owed: Owed, channel: str, thread: Place | None) -> Found:
        self.calls.append(("find", channel))
        if self.blind:
            return CannotLook("missing_scope: channels:history")
        place = self.keys.get((self.direct.get(channel, channel), owed.alert.id))
        return Delivered(place) if place else NotThere()

    async def look(self, destination: str) -> Verdict:
        self.calls.append(("look", destination))
        if self.blind:
            return CannotLook("missing_scope: channels:read")
        refused = self.closed.get(destination)
        if isinstance(refused, Undeliverable | NotInstalled):
            return refused
        return Welcome(shared=destination in self.shared)

    async def reachable(self) -> bool:
        return not self.cut_off

    def _arrived(self, owed: Owed, place: Place) -> Sent:
        self.keys[place.channel, owed.alert.id] = place
        self.arrived.set()
        if not self.lost_answers:
            return Delivered(place)
        self.lost_answers -= 1
        return Later("TimeoutError", unclear=True)

    def _refusal(self, what: str, channel: str) -> Sent | None:
        self.calls.append((what, channel))
        return self.closed.get(channel) or (self.outcomes.pop(0) if self.outcomes else None)

    def said(self, channel: str) -> list[str]:
        """What stands in a channel now, oldest first."""
        return [text for place, text in self.texts.items() if place.channel == channel]
