"""INSERT ... ON CONFLICT: both kinds of database have it, and SQLAlchemy once for each."""

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Upsert = postgresql.Insert | sqlite.Insert


def upsert(transaction: AsyncConnection, table: Table) -> Upsert:
    """An INSERT that takes `on_conflict_do_nothing` and `on_conflict_do_update`."""
    if transaction.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
