"""INSERT ... ON CONFLICT: both kinds of database have it, and SQLAlchemy once for each."""

from sqlalchemy import Table, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import workspaces

Upsert = postgresql.Insert | sqlite.Insert


def upsert(transaction: AsyncConnection, table: Table) -> Upsert:
    """An INSERT that takes `on_conflict_do_nothing` and `on_conflict_do_update`."""
    if transaction.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def upsert_in_workspace(
    transaction: AsyncConnection, table: Table, workspace_id: str, **values: object
) -> Upsert:
    """The same for a row of a workspace that is known; of one that has been erased, nothing is
    inserted."""
    row = {
        name: literal(value, table.c[name].type)
        for name, value in {"workspace_id": workspace_id, **values}.items()
    }
    known = select(*row.values()).where(workspaces.c.id == workspace_id)
    return upsert(transaction, table).from_select(list(row), known)
