"""Change how a connection is looked after: where alerts go, and who may manage."""

from collections.abc import Collection
from datetime import timedelta

from bot.domain.audit import Deed
from bot.domain.errors import BadInput
from bot.domain.introduction import trial
from bot.domain.people import Person, unfit
from bot.domain.policy import Care, require_sensible
from bot.domain.sending import Delivered, Sent
from bot.domain.stamps import unmarked
from bot.domain.status import Status
from bot.usecases.audit import vouched
from bot.usecases.permit import require_admin, require_manager
from bot.usecases.ports import Owed, Ports


async def choose_channel(ports: Ports, person: Person, connection_id: str, channel: str) -> Sent:
    """Post a test message there and, once Slack has taken it, send this connection's alerts there.

    Anything but Delivered leaves everything as it was. Raises NotAllowed, NoSuchConnection.
    """
    await require_manager(ports, person, Deed.CHOOSE_CHANNEL, connection_id)
    overview = await ports.connections.get(person.workspace_id, connection_id)
    connection = overview.connection
    test = trial(connection, by=person.id, now=ports.clock.now(), id=ports.clock.new_id())
    sent = await ports.messenger.post(Owed(test, connection, None, 0), channel)
    if isinstance(sent, Delivered):
        deed = await vouched(ports, person, Deed.CHOOSE_CHANNEL, connection_id, detail=channel)
        await ports.connections.choose_channel(
            person.workspace_id, connection_id, channel, deed=deed
        )
        await ports.destinations.probe_soon(person.workspace_id, channel)
    return sent


async def look_after(ports: Ports, person: Person, connection_id: str, care: Care) -> None:
    """Look after this connection so from now on; a shorter interval holds at once.

    Raises NotAllowed, NoSuchConnection, BadInput (the field that is out of bounds).
    """
    await require_manager(ports, person, Deed.LOOK_AFTER, connection_id)
    require_sensible(care)
    deed = await vouched(ports, person, Deed.LOOK_AFTER, connection_id)
    await ports.connections.care_for(person.workspace_id, connection_id, care, deed=deed)
    due = await ports.watches.claim_one(person.workspace_id, connection_id)
    soon = ports.clock.now() + timedelta(seconds=ports.policy.of(care).check_interval)
    fine = due.watch.status is Status.ACTIVE
    await ports.watches.postpone(
        due, min(due.watch.next_check_at, soon) if fine else due.watch.next_check_at
    )


async def name_managers(
    ports: Ports, person: Person, named: Collection[Person], dropped: Collection[str] = ()
) -> frozenset[str]:
    """Let these people manage connections beside the admins, and no longer those that are
    `dropped`, by their ids. Returns the ids of all who are named then.

    Raises NotAllowed for all but workspace admins and owners, BadInput (field `managers`) where
    one of them never may; nothing is changed then.
    """
    await require_admin(ports, person, Deed.NAME_MANAGERS)
    reasons = [f"{unmarked(each.name or each.id)} {why}" for each in named if (why := unfit(each))]
    if reasons:
        raise BadInput(
            f"Not these people: {'; '.join(reasons)}.",
            field="managers",
            hint="Take them out, and save again.",
        )
    await ports.workspaces.remember(person.workspace_id, person.workspace_id)
    changes = [*sorted(each.id for each in named), *(f"not {each}" for each in sorted(dropped))]
    detail = ", ".join(changes) or "no change"
    deed = await vouched(ports, person, Deed.NAME_MANAGERS, detail=detail)
    return await ports.workspaces.name_managers(
        person.workspace_id,
        [each.id for each in named],
        dropped=dropped,
        by=person.id,
        at=ports.clock.now(),
        deed=deed,
    )
