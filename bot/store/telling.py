"""What a decision leads to, written in the transaction of its cause."""

from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import StoreUnavailable
from bot.domain.incident import Incident, Telling
from bot.store.rows import values_of
from bot.store.schema import AlertState, alerts, incidents, workspaces


async def write_telling(connection: AsyncConnection, telling: Telling, *, at: datetime) -> None:
    """Open or change the incident, and owe the alerts. The caller holds the row of the connection's
    watch: nobody else writes of this connection meanwhile, and alerts are numbered in order.

    Raises StoreUnavailable where somebody else has changed the incident since it was read.
    """
    incident = telling.incident
    if incident and incident.number == 0:
        await _open(connection, incident)
    elif incident and not await _change(connection, incident):
        _require_unchanged(incident, telling)
    owed = [
        values_of(alert) | {"state": AlertState.PENDING, "created_at": at}
        for alert in telling.alerts
    ]
    if owed:
        await connection.execute(insert(alerts), owed)


async def require_none_open(
    connection: AsyncConnection, workspace_id: str, connection_id: str
) -> None:
    """Raises StoreUnavailable where an incident is open that the caller did not know of."""
    of_it = incidents.c.workspace_id == workspace_id, incidents.c.connection_id == connection_id
    query = select(incidents.c.id).where(*of_it, incidents.c.closed_at.is_(None))
    if await connection.scalar(query):
        raise _overtaken()


async def _open(connection: AsyncConnection, incident: Incident) -> None:
    """The number is the next one: whoever opens an incident in this workspace waits at its row."""
    workspace = select(workspaces.c.id).where(workspaces.c.id == incident.workspace_id)
    await connection.execute(workspace.with_for_update(key_share=True))
    newest = func.coalesce(func.max(incidents.c.number), 0)
    number = select(newest + 1).where(incidents.c.workspace_id == incident.workspace_id)
    values = values_of(incident) | {"number": number.scalar_subquery()}
    await connection.execute(insert(incidents).values(**values))


async def _change(connection: AsyncConnection, incident: Incident) -> bool:
    """What the message shows is left alone: a delivery may have got further meanwhile."""
    values = values_of(incident)
    for kept in ("shown_version", "first_shown_version"):
        del values[kept]
    result = await connection.execute(
        update(incidents)
        .where(incidents.c.workspace_id == incident.workspace_id, incidents.c.id == incident.id)
        .where(incidents.c.version < incident.version)
        .values(**values)
    )
    return result.rowcount == 1


def _require_unchanged(incident: Incident, telling: Telling) -> None:
    """An unchanged incident comes without alerts of its own."""
    if any(alert.incident_id == incident.id for alert in telling.alerts):
        raise _overtaken()


def _overtaken() -> StoreUnavailable:
    return StoreUnavailable("The connection's state changed meanwhile, so nothing was stored.")
