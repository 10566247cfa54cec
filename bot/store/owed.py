"""The alerts that were claimed, with what they tell about."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.timekeeping import PUSHED_AHEAD
from bot.store.places import suspensions
from bot.store.ready import LANE
from bot.store.rows import alert_of, connection_of, incident_of, readable
from bot.store.schema import alerts, connections, incidents
from bot.usecases.ports import Owed

log = logging.getLogger(__name__)


async def read_owed(
    transaction: AsyncConnection, claimed: Sequence[int], now: datetime
) -> Sequence[Owed]:
    """In order. What cannot be read is out of the way of the others for an hour."""
    owed = readable((await transaction.execute(_query(claimed))).mappings(), _owed_of)
    if len(owed) < len(claimed):
        log.error("alert_unreadable", extra={"alerts": len(claimed) - len(owed)})
        these = select(alerts.c.id).where(alerts.c.seq.in_(claimed))
        strange = these.where(alerts.c.id.not_in([each.alert.id for each in owed]))
        along = update(alerts).where(alerts.c.told_with.in_(strange.correlate(None)))
        await transaction.execute(along.values(told_with=None))
        aside = update(alerts).where(alerts.c.id.in_(strange.correlate(None)))
        await transaction.execute(aside.values(lease_until=None, not_before=now + PUSHED_AHEAD))
    return owed


def _query(claimed: Sequence[int]) -> Select[Any]:
    return (
        select(alerts, connections, incidents, suspensions.c.tries, LANE.label("lane"))
        .join(connections, connections.c.id == alerts.c.connection_id)
        .outerjoin(incidents, incidents.c.id == alerts.c.incident_id)
        .outerjoin(suspensions, suspensions.c.workspace_id == alerts.c.workspace_id)
        .where(alerts.c.seq.in_(claimed))
        .order_by(alerts.c.seq)
    )


def _owed_of(row: RowMapping) -> Owed:
    return Owed(
        alert_of(row),
        connection_of(row),
        incident_of(row),
        row[alerts.c.lease],
        lane=row["lane"],
        probes=row[suspensions.c.tries] or 0,
    )
