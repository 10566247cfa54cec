"""Connect an integration, or give an existing one new credentials.

0. A reference in the place of the secret: its entry is read, and stands for what was typed.
1. Local problems and shapes, before any request.
2. What is stored, in the place of what was left blank of a connection that exists.
3. The zone, found from the username without credentials.
4. One sign-in. Only what Autotask accepts is stored, sealed; only then the older ones go.
"""

from dataclasses import dataclass, field, replace

from bot.domain.announce import accept
from bot.domain.audit import Deed
from bot.domain.connection import Connection
from bot.domain.credentials import Credentials, Typed
from bot.domain.diagnosis import diagnose
from bot.domain.introduction import hello
from bot.domain.observation import Cause, Observation, Seen
from bot.domain.people import CLI, Person
from bot.domain.reference import is_reference
from bot.domain.sending import Undeliverable
from bot.domain.shapes import LOCKS_A_PERSON, advise, sends_an_address
from bot.domain.status import Watch
from bot.domain.telling import Teller
from bot.usecases.alert_channel import alert_channel
from bot.usecases.audit import note, vouched
from bot.usecases.by_reference import Found, look_up, named_by
from bot.usecases.fill_in import Filled, fill_in, goes_elsewhere
from bot.usecases.find_zone import find_zone
from bot.usecases.permit import require_manager
from bot.usecases.ports import Accepted, Overview, Owed, Ports, Referred, Zone
from bot.usecases.sign_in import BUSY, UNDER_WAY, sign_in_for_person

JUST_CREATED = (
    "If you created the API user less than 5 minutes ago, wait a little and submit again."
)
_STORED = frozenset({Seen.OK, Seen.MOVED_OK, Seen.FORBIDDEN})


@dataclass(frozen=True, slots=True)
class Attempt:
    """A submitted form. `replaces` is the connection that gets new credentials, if it is one."""

    typed: Typed
    name: str
    channel: str | None = None
    """What the form's picker showed."""
    typed_in: str | None = None
    """The channel in which the command was typed."""
    replaces: str | None = None
    as_they_are: bool = False
    """The person has seen what looks odd about the values and wants them sent."""
    may_lock: bool = False
    """The person knows that one more refusal may lock the API user."""
    reference: str | None = None
    """What led to the values, once it was followed; None: they were typed."""

    @property
    def deed(self) -> Deed:
        """As the audit has it."""
        return Deed.EDIT if self.replaces else Deed.CONNECT


@dataclass(frozen=True, slots=True)
class Connected:
    """Stored, sealed, and watched from now on."""

    connection: Connection
    watch: Watch
    channel_refused: str | None = None
    """The picked or current channel that the bot cannot post in; alerts go to the person."""
    replaced: bool = False
    """Whether these took the place of older credentials."""
    left_out: str | None = None
    """The channel in which the command was typed, where alerts may not go unasked."""
    shared: bool = False
    """Whether another organisation is known to read in the alert channel, or the one left out."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was stored. `errors` maps a field to its sentence; `banner` is about no field."""

    errors: dict[str, str] = field(default_factory=dict)
    banner: str = ""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Nothing was sent. The person may look again, or confirm and send."""

    advice: dict[str, str]
    confirm: str
    """What the person agrees to by sending all the same."""
    may_lock: bool
    """Whether it is the budget of failed logins that asks, rather than a value's shape."""
    warning: str = ""
    """What sending may lead to."""


async def connect(ports: Ports, person: Person, attempt: Attempt) -> Connected | Refused | Doubtful:
    """See the module's steps. Raises NotAllowed, BadInput (name taken), NoSuchConnection."""
    await require_manager(ports, person, attempt.deed, attempt.replaces)
    if is_reference(attempt.typed.secret):
        found = await look_up(ports, person.workspace_id, attempt.typed)
        if not isinstance(found, Found):
            return Refused(found)
        attempt = replace(attempt, typed=found.entry, reference=found.reference)
    return await _connect(ports, person, attempt)


async def _connect(
    ports: Ports, person: Person, attempt: Attempt
) -> Connected | Refused | Doubtful:
    typed = attempt.typed
    if problems := _asked_for(attempt, typed.problems(extra_hosts=ports.extra_hosts)):
        return Refused(problems)
    if not attempt.as_they_are and (advice := _asked_for(attempt, advise(typed))):
        warning = LOCKS_A_PERSON if sends_an_address(typed) else ""
        return Doubtful(advice, "Send as they are", may_lock=False, warning=warning)
    filled = await fill_in(ports, person.workspace_id, typed, attempt.replaces)
    if not isinstance(filled, Filled):
        return Refused(filled)
    zone = await find_zone(ports, filled.username, typed.url)
    if isinstance(zone, Observation):
        return _refused(zone)
    if isinstance(zone, str):
        return Refused({"url": zone})
    if filled.kept_for and filled.kept_for != zone.origin:
        return Refused({"secret": goes_elsewhere(zone.origin, filled.kept_for)})
    return await _sign_in(ports, person, attempt, filled, zone=zone)


def _asked_for(attempt: Attempt, sentences: dict[str, str]) -> dict[str, str]:
    """Those about what was typed; of a connection that exists, a blank field is none."""
    if attempt.replaces is None:
        return sentences
    return {
        name: said
        for name, said in sentences.items()
        if name == "url" or getattr(attempt.typed, name)
    }


async def _sign_in(
    ports: Ports, person: Person, attempt: Attempt, filled: Filled, *, zone: Zone
) -> Connected | Refused | Doubtful:
    """Prove the credentials. Only then the stored ones go."""
    credentials = Credentials(zone.origin, filled.username, filled.secret, filled.integration_code)
    digest = await ports.vault.username_digest(credentials.username)
    seen = await sign_in_for_person(ports, credentials, digest, may_lock=attempt.may_lock)
    if attempt.may_lock:
        await note(ports, person, Deed.SIGN_IN_ANYWAY, attempt.replaces, outcome=seen.seen)
    if seen.seen not in _STORED:
        await note(ports, person, attempt.deed, attempt.replaces, outcome=seen.seen)
        return _refused(seen)
    credentials = replace(credentials, origin=seen.origin or zone.origin)
    store = _replace if attempt.replaces else _add
    referred = _referred(ports, attempt, credentials)
    return await store(ports, person, attempt, _Proven(credentials, digest, seen, zone, referred))


def _referred(ports: Ports, attempt: Attempt, credentials: Credentials) -> Referred | None:
    if attempt.reference is None:
        return None
    return Referred(attempt.reference, credentials.origin, named_by(ports, attempt.typed))


def _refused(seen: Observation) -> Refused | Doubtful:
    if seen == BUSY:
        return Refused(banner=f"{UNDER_WAY} Nothing was stored; submit again in a moment.")
    words = diagnose(seen.cause or Cause.OURS)
    if seen.seen is Seen.WITHHELD:
        return Doubtful(
            {"username": words.why},
            "Sign in once more, though it may lock the API user",
            may_lock=True,
        )
    what = f"{_capital(words.title)}: {words.why}"
    if words.field is None:
        return Refused(banner=f"{what} Nothing was stored; submit again in a few minutes.")
    just_created = f" {JUST_CREATED}" if seen.seen is Seen.REJECTED else ""
    return Refused({words.field: f"{what} {words.next_step}{just_created}"})


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class _Proven:
    """Credentials that Autotask has just accepted."""

    credentials: Credentials
    digest: str
    seen: Observation
    zone: Zone
    referred: Referred | None
    """Where they are kept; None: here, sealed."""


async def _add(ports: Ports, person: Person, attempt: Attempt, proven: _Proven) -> Connected:
    where = await alert_channel(ports, attempt.channel, attempt.typed_in)
    connection = Connection(
        id=ports.clock.new_id(),
        workspace_id=person.workspace_id,
        name=attempt.name,
        origin=proven.credentials.origin,
        company=proven.seen.tenant.company,
        zone=proven.seen.tenant.zone or proven.zone.name,
        connected_by=person.id,
        connected_at=ports.clock.now(),
        channel=where.channel,
        reference=attempt.reference,
    )
    await ports.workspaces.remember(person.workspace_id, person.workspace_id)
    accepted = await _accept(ports, connection, None, proven, by=person)
    await ports.connections.add(accepted)
    connected = await _introduce(ports, accepted)
    return replace(connected, left_out=where.left_out, shared=where.shared)


async def _replace(ports: Ports, person: Person, attempt: Attempt, proven: _Proven) -> Connected:
    before = await ports.connections.get(person.workspace_id, attempt.replaces or "")
    owned = before.connection
    if attempt.typed.secret:  # else it is as old as it was, and whoever gave it answers for it
        by = owned.connected_by if person.id == CLI else person.id
        owned = replace(owned, connected_by=by, connected_at=ports.clock.now())
    connection = replace(
        owned,
        origin=proven.credentials.origin,
        company=proven.seen.tenant.company or owned.company,
        zone=proven.seen.tenant.zone or proven.zone.name,
        channel=attempt.channel or owned.channel,
        reference=attempt.reference,
    )
    accepted = await _accept(ports, connection, before, proven, by=person)
    await ports.connections.replace(accepted)
    return Connected(connection, accepted.watch, replaced=True)


async def _accept(
    ports: Ports, connection: Connection, before: Overview | None, proven: _Proven, *, by: Person
) -> Accepted:
    """Seal what was proven, and decide what the channel has to be told."""
    now = ports.clock.now()
    stored = proven.referred or await ports.vault.seal(
        connection.workspace_id, connection.id, proven.credentials
    )
    policy = ports.caring_for(connection).policy
    watch, effects = accept(before.watch if before else None, proven.seen, now=now, policy=policy)
    teller = Teller(connection, now, ports.policy.group_wait, ports.clock.new_id, by=by.id)
    telling = teller.tell(before.incident if before else None, watch, proven.seen, effects)
    what = Deed.EDIT if before else Deed.CONNECT
    stays = before is not None and before.connection.channel == connection.channel
    channel = "" if stays else connection.channel or ""
    deed = await vouched(ports, by, what, connection.id, detail=channel)
    return Accepted(connection, stored, proven.digest, watch, proven.seen.quota, telling, deed)


async def _introduce(ports: Ports, accepted: Accepted) -> Connected:
    """Say hello where alerts will go. Where the bot may not post, they go to the person."""
    connection = accepted.connection
    if connection.channel is None:
        return Connected(connection, accepted.watch)
    said = hello(
        connection, by=connection.connected_by, now=ports.clock.now(), id=ports.clock.new_id()
    )
    sent = await ports.messenger.post(Owed(said, connection, None, 0), connection.channel)
    if not isinstance(sent, Undeliverable):
        return Connected(connection, accepted.watch)
    await ports.connections.choose_channel(connection.workspace_id, connection.id, None)
    refused, connection = connection.channel, replace(connection, channel=None)
    return Connected(connection, accepted.watch, channel_refused=refused)
