"""Rows that are changed together, in the order in which everybody changes them.

Alerts come before incidents. On PostgreSQL two transactions that went in different orders could
wait for each other, and one of them would be ended by the server; SQLite has one writer at a time.
"""

from sqlalchemy import Column, ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import alerts, incidents


async def lock_alerts(transaction: AsyncConnection, *which: ColumnElement[bool]) -> None:
    """Before several of these are changed."""
    await _lock(transaction, alerts.c.seq, *which)


async def lock_incidents(transaction: AsyncConnection, *which: ColumnElement[bool]) -> None:
    """Before several of these are changed."""
    await _lock(transaction, incidents.c.id, *which)


async def _lock(
    transaction: AsyncConnection, key: "Column[object]", *which: ColumnElement[bool]
) -> None:
    await transaction.execute(select(key).where(*which).order_by(key).with_for_update())
