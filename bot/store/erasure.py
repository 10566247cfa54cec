"""Everything that belongs to one workspace, and taking it out."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import (
    connections,
    failed_logins,
    login_bookings,
    metadata,
    watches,
    workspaces,
)
from bot.store.schema_history import gaps, nodes, rollup_marks

NOBODYS: frozenset[Table] = frozenset({nodes, rollup_marks})
"""Of the installation: who watched when, and how far the history is rolled up."""


async def erase(transaction: AsyncConnection, workspace_id: str) -> Mapping[str, int]:
    """Delete every row of the workspace; how many that were, by table.

    First it is alone with them, in the order of all who write (see ConnectionTable): nothing can
    be added to a row that is held. The connections go last but for the workspace: they say which of
    the rows without a workspace are its own.
    """
    for table in (watches, workspaces, connections):
        rows = select(*table.primary_key).where(of(table, workspace_id))
        await transaction.execute(rows.order_by(*table.primary_key).with_for_update())
    gone = {}
    last = (connections, workspaces)
    children_first = [each for each in reversed(metadata.sorted_tables) if each not in last]
    for table in (*children_first, *last):
        if table not in NOBODYS:
            erased = await transaction.execute(delete(table).where(of(table, workspace_id)))
            gone[table.name] = erased.rowcount
    return gone


def of(table: Table, workspace_id: str) -> ColumnElement[bool]:
    """True of the rows that are the workspace's alone. The books of a username that signs in for
    another workspace too are that one's as well, and stay."""
    its_own = connections.c.workspace_id == workspace_id
    if table is workspaces:
        return table.c.id == workspace_id
    if "workspace_id" in table.c:
        return table.c.workspace_id == workspace_id
    if table is failed_logins or table is login_bookings:
        username = connections.c.username_digest
        return table.c.username_digest.in_(
            select(username).where(its_own)
        ) & table.c.username_digest.not_in(select(username).where(~its_own))
    at = table.c.scope if table is gaps else table.c.connection_id
    return at.in_(select(connections.c.id).where(its_own))
