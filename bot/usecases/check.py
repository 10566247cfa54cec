"""Check connections: those that are due, and one that a person asks about."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.domain.announce import decide
from bot.domain.audit import Deed
from bot.domain.credentials import Credentials
from bot.domain.errors import NoSuchConnection, SealError, StoreUnavailable, Tampered
from bot.domain.incident import Telling
from bot.domain.observation import Cause, Observation, Seen
from bot.domain.people import Person
from bot.domain.progress import Tell, untold
from bot.domain.status import OUTAGE_CAUSES, Watch
from bot.domain.telling import Teller
from bot.domain.timekeeping import PUSHED_AHEAD
from bot.usecases.audit import note, vouched
from bot.usecases.audit_ports import Vouched
from bot.usecases.destinations import look_at_destination
from bot.usecases.permit import require_manager
from bot.usecases.ports import Decision, Due, Overview, Ports
from bot.usecases.sign_in import (
    Postponed,
    is_used_up,
    sign_in_for_person,
    sign_in_unasked,
    withheld,
)

log = logging.getLogger(__name__)

BATCH = 50
BATCHES = 20
AT_ONCE = 64
"""Requests in flight: enough for a sweep, little enough for memory and the far side."""
_FAULT = Observation(Seen.INCONCLUSIVE, Cause.OURS, ("a fault of the bot's own: see its log",))


class NotWritten(StoreUnavailable):
    """The database does not take what checks have seen."""


@dataclass(frozen=True, slots=True)
class Tested:
    """What a person's test saw, and what is believed now."""

    overview: Overview
    seen: Observation


async def _nothing() -> None:
    pass


async def check_due(
    ports: Ports,
    *,
    enough: Callable[[], bool] = lambda: False,
    after_each_batch: Callable[[], Awaitable[None]] = _nothing,
) -> int:
    """Check what is due, a few batches at most; returns how many connections that were.

    A tick ends, even where there is always something due: the next one goes on. Once it is
    `enough`, no batch is begun. Raises NotWritten where a result could not be.
    """
    places = asyncio.Semaphore(AT_ONCE)
    checked = 0
    for _ in range(BATCHES):
        due = await ports.watches.claim_due(BATCH)
        async with asyncio.TaskGroup() as group:
            checks = [group.create_task(_check_safely(ports, each, places)) for each in due]
        if lost := [each.result() for each in checks if each.result()]:
            raise NotWritten from lost[0]
        checked += len(due)
        if due:
            await after_each_batch()
        if len(due) < BATCH or enough():
            break
    return checked


async def test(
    ports: Ports, person: Person, connection_id: str, *, may_lock: bool, tell: Tell = untold
) -> Tested:
    """Check this one now, with one sign-in, and look whether its alerts would be taken where they
    go. `tell` hears of each step as it is over. Raises NotAllowed, NoSuchConnection."""
    await require_manager(ports, person, Deed.TEST, connection_id)
    if not may_lock and (seen := await _used_up(ports, person, connection_id)):
        await note(ports, person, Deed.TEST, connection_id, outcome=seen.seen)
        return Tested(await ports.connections.get(person.workspace_id, connection_id), seen)
    due = await ports.watches.claim_one(person.workspace_id, connection_id)
    ports = ports.caring_for(due.connection)
    credentials = await _open(ports, due)
    if isinstance(credentials, Observation):
        seen = credentials
    else:
        digest = due.username_digest
        seen = await sign_in_for_person(
            ports, credentials, digest, watch=due.watch, may_lock=may_lock, tell=tell
        )
        seen = await _weigh(ports, due, seen)
    if may_lock:
        await note(ports, person, Deed.SIGN_IN_ANYWAY, connection_id, outcome=seen.seen)
    deed = await vouched(ports, person, Deed.TEST, connection_id, outcome=seen.seen)
    await _conclude(ports, due, credentials, seen, deed=deed)
    await look_at_destination(ports, due.connection, tell)
    overview = await ports.connections.get(person.workspace_id, connection_id)
    return Tested(overview, seen)


async def _used_up(ports: Ports, person: Person, connection_id: str) -> Observation | None:
    """What to say where no sign-in may be sent. Asked before the check is claimed, so that a sweep
    which is under way keeps its result."""
    sealed = await ports.connections.sealed(person.workspace_id, connection_id)
    try:
        credentials = await ports.vault.open(person.workspace_id, connection_id, sealed)
    except SealError:
        return None
    digest = await ports.vault.username_digest(credentials.username)
    logins = await ports.logins.so_far(digest, at=ports.clock.now())
    return withheld(logins) if is_used_up(logins) else None


async def _check_safely(
    ports: Ports, due: Due, places: asyncio.Semaphore
) -> StoreUnavailable | None:
    """One connection's fault must not stop the sweep. Returns what kept the result from being
    written: then the claim lapses, and it is tried again."""
    extra = {"connection": due.connection.id}
    async with places:
        try:
            await _check(ports, due)
        except NoSuchConnection:  # it was disconnected meanwhile
            log.info("check_overtaken", extra=extra)
        except StoreUnavailable as error:
            log.warning("check_not_written", extra=extra | {"reason": error.message})
            return error
        except Exception:
            log.exception("check_failed", extra=extra)
            later = replace(due.watch, next_check_at=ports.clock.now() + PUSHED_AHEAD)
            await push_ahead(ports, due, Decision(later, _FAULT, Telling()))
    return None


async def push_ahead(ports: Ports, due: Due, later: Decision) -> None:
    """Out of the way of the others. A check that was none is noted as such: where it lasts, people
    are told that nobody watches."""
    try:
        await ports.watches.apply(due, later)
    except Exception:  # then its claim lapses
        log.exception("push_failed", extra={"connection": due.connection.id})


async def _check(ports: Ports, due: Due) -> None:
    ports = ports.caring_for(due.connection)
    credentials = await _open(ports, due)
    if isinstance(credentials, Observation):
        seen: Observation | Postponed = credentials
    else:
        seen = await sign_in_unasked(ports, credentials, due.username_digest, due.watch)
    if isinstance(seen, Postponed):
        await ports.watches.postpone(due, seen.until)
    else:
        await _conclude(ports, due, credentials, await _weigh(ports, due, seen))


async def _open(ports: Ports, due: Due) -> Credentials | Observation:
    """The credentials, or what it means that they do not open."""
    workspace_id, connection_id = due.connection.workspace_id, due.connection.id
    try:
        return await ports.vault.open(workspace_id, connection_id, due.sealed)
    except Tampered as error:
        return Observation(Seen.UNREADABLE, Cause.UNREADABLE, (error.message,))
    except SealError as error:
        return Observation(Seen.INCONCLUSIVE, Cause.OURS, (error.message,))


async def _weigh(ports: Ports, due: Due, seen: Observation) -> Observation:
    """Where a zone cannot be reached: whether it is our own network, for then Slack cannot be
    reached either, and nothing is evidence. Where it fails: what its vendor says of it."""
    if seen.seen is Seen.UNREACHABLE and not await ports.messenger.reachable():
        evidence = (*seen.evidence, "Slack cannot be reached either: it is our own network")
        return replace(seen, seen=Seen.INCONCLUSIVE, cause=Cause.OURS, evidence=evidence)
    zone = due.connection.zone
    if zone is None or seen.cause not in OUTAGE_CAUSES:
        return seen
    said = await ports.autotask.vendor_status(zone)
    return replace(seen, evidence=(*seen.evidence, said)) if said else seen


async def _conclude(
    ports: Ports,
    due: Due,
    credentials: Credentials | Observation,
    seen: Observation,
    *,
    deed: Vouched | None = None,
) -> None:
    """Decide, and write the decision with the alerts it owes, and the deed that led to it."""
    now = ports.clock.now()
    watch, effects = decide(
        due.watch, seen, now=now, policy=ports.policy, jitter=ports.clock.jitter()
    )
    telling = Telling()
    if effects:
        overview = await ports.connections.get(due.connection.workspace_id, due.connection.id)
        teller = Teller(due.connection, now, ports.policy.group_wait, ports.clock.new_id)
        telling = teller.tell(overview.incident, watch, seen, effects)
    resealed = None
    if seen.seen is Seen.MOVED_OK and seen.origin and isinstance(credentials, Credentials):
        moved = replace(credentials, origin=seen.origin)
        resealed = await ports.vault.seal(due.connection.workspace_id, due.connection.id, moved)
    if not await ports.watches.apply(due, Decision(watch, seen, telling, resealed, deed)):
        if deed:
            await ports.audit.add(deed)
        log.info("check_overtaken", extra={"connection": due.connection.id})
    _note(due, watch, seen)


def _note(due: Due, watch: Watch, seen: Observation) -> None:
    extra = {
        "connection": due.connection.id,
        "seen": seen.seen.value,
        "cause": seen.cause.value if seen.cause else None,
        "status": watch.status.value,
    }
    changed = watch.status is not due.watch.status
    log.log(logging.INFO if changed else logging.DEBUG, "checked", extra=extra)
