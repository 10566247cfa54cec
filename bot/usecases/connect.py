"""Connect an integration, or give an existing one new credentials.

1. Local problems and shapes, before any request.
2. The zone, found from the username without credentials.
3. One sign-in. Only what Autotask accepts is stored, sealed.
"""

from dataclasses import dataclass, field, replace

from bot.domain.announce import accept
from bot.domain.connection import Connection
from bot.domain.credentials import Credentials, Typed
from bot.domain.diagnosis import diagnose
from bot.domain.incident import notice
from bot.domain.observation import Cause, Observation, Seen
from bot.domain.origin import AutotaskOrigin
from bot.domain.people import CLI, Person
from bot.domain.secret import Secret
from bot.domain.sending import Undeliverable
from bot.domain.shapes import LOCKS_A_PERSON, advise, sends_an_address
from bot.domain.status import Watch
from bot.domain.telling import Teller
from bot.usecases.permit import require_manager
from bot.usecases.ports import Accepted, Overview, Owed, Ports, Zone
from bot.usecases.sign_in import sign_in_for_person

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
    """Picked in the form."""
    typed_in: str | None = None
    """The channel in which the command was typed."""
    replaces: str | None = None
    as_they_are: bool = False
    """The person has seen what looks odd about the values and wants them sent."""
    may_lock: bool = False
    """The person knows that one more refusal may lock the API user."""


@dataclass(frozen=True, slots=True)
class Connected:
    """Stored, sealed, and watched from now on."""

    connection: Connection
    watch: Watch
    channel_refused: str | None = None
    """The picked or current channel that the bot cannot post in; alerts go to the person."""


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
    await require_manager(ports, person)
    typed = attempt.typed
    if problems := typed.problems(extra_hosts=ports.extra_hosts):
        return Refused(problems)
    if not attempt.as_they_are and (advice := advise(typed)):
        warning = LOCKS_A_PERSON if sends_an_address(typed) else ""
        return Doubtful(advice, "Send as they are", may_lock=False, warning=warning)
    zone = await _zone(ports, typed)
    if not isinstance(zone, Zone):
        return zone
    credentials = Credentials(
        zone.origin, Secret(typed.username), Secret(typed.secret), Secret(typed.integration_code)
    )
    digest = await ports.vault.username_digest(credentials.username)
    seen = await sign_in_for_person(ports, credentials, digest, may_lock=attempt.may_lock)
    if seen.seen in _STORED:
        credentials = replace(credentials, origin=seen.origin or zone.origin)
        store = _replace if attempt.replaces else _add
        return await store(ports, person, attempt, _Proven(credentials, digest, seen, zone))
    return _refused(seen)


async def _zone(ports: Ports, typed: Typed) -> Zone | Refused | Doubtful:
    """Where to sign in: the zone that the username belongs to."""
    zone = await ports.autotask.find_zone(Secret(typed.username))
    if isinstance(zone, Observation):
        return _refused(zone)
    pasted = AutotaskOrigin.named_in(typed.url, extra_hosts=ports.extra_hosts)
    if pasted and pasted.host != zone.origin.host:
        where = f"{zone.origin.address}" + (f" ({zone.name})" if zone.name else "")
        return Refused(
            {
                "url": f"This username belongs to another zone: {where}. Leave this field "
                "empty, or paste that address."
            }
        )
    return zone


def _refused(seen: Observation) -> Refused | Doubtful:
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


async def _add(ports: Ports, person: Person, attempt: Attempt, proven: _Proven) -> Connected:
    connection = Connection(
        id=ports.clock.new_id(),
        workspace_id=person.workspace_id,
        name=attempt.name,
        origin=proven.credentials.origin,
        company=proven.seen.tenant.company,
        zone=proven.seen.tenant.zone or proven.zone.name,
        connected_by=person.id,
        connected_at=ports.clock.now(),
        channel=attempt.channel or attempt.typed_in,
    )
    await ports.workspaces.remember(person.workspace_id, person.workspace_id)
    accepted = await _accept(ports, connection, None, proven, by=person)
    await ports.connections.add(accepted)
    return await _introduce(ports, accepted)


async def _replace(ports: Ports, person: Person, attempt: Attempt, proven: _Proven) -> Connected:
    before = await ports.connections.get(person.workspace_id, attempt.replaces or "")
    connection = replace(
        before.connection,
        origin=proven.credentials.origin,
        company=proven.seen.tenant.company or before.connection.company,
        zone=proven.seen.tenant.zone or proven.zone.name,
        connected_by=before.connection.connected_by if person.id == CLI else person.id,
        connected_at=ports.clock.now(),
        channel=attempt.channel or before.connection.channel,
    )
    accepted = await _accept(ports, connection, before, proven, by=person)
    await ports.connections.replace(accepted)
    return Connected(connection, accepted.watch)


async def _accept(
    ports: Ports, connection: Connection, before: Overview | None, proven: _Proven, *, by: Person
) -> Accepted:
    """Seal what was proven, and decide what the channel has to be told."""
    now = ports.clock.now()
    sealed = await ports.vault.seal(connection.workspace_id, connection.id, proven.credentials)
    policy = ports.caring_for(connection).policy
    watch, effects = accept(before.watch if before else None, proven.seen, now=now, policy=policy)
    teller = Teller(connection, now, ports.policy.group_wait, ports.clock.new_id, by=by.id)
    telling = teller.tell(before.incident if before else None, watch, proven.seen, effects)
    return Accepted(connection, sealed, proven.digest, watch, proven.seen.quota, telling)


async def _introduce(ports: Ports, accepted: Accepted) -> Connected:
    """Say hello where alerts will go. Where the bot may not post, they go to the person."""
    connection = accepted.connection
    if connection.channel is None:
        return Connected(connection, accepted.watch)
    hello = notice(
        connection,
        "Connected. Its alerts will appear here.",
        now=ports.clock.now(),
        id=ports.clock.new_id(),
    )
    sent = await ports.messenger.post(Owed(hello, connection, None, 0), connection.channel)
    if not isinstance(sent, Undeliverable):
        return Connected(connection, accepted.watch)
    await ports.connections.choose_channel(connection.workspace_id, connection.id, None)
    refused, connection = connection.channel, replace(connection, channel=None)
    return Connected(connection, accepted.watch, channel_refused=refused)
