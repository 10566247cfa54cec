"""A connection has either sealed credentials or a reference to them, and no longer the former
alone.

SQLite changes no constraint in place. Its documentation of ALTER TABLE (section 7) gives the way
for one that can be left out or become laxer: the table's definition is written anew. The other way,
copying the table, would leave copies of ciphertext, and its rows are referred to.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_OLD = "ck_connections_sealed_while_connected"
_NEW = "sealed_or_referred_while_connected"
_CHECK = (
    "(disconnected_at IS NOT NULL OR (sealed IS NULL) <> (reference IS NULL))"
    " AND (disconnected_at IS NULL OR (sealed IS NULL AND reference IS NULL))"
)


def upgrade() -> None:
    op.add_column("connections", sa.Column("reference", sa.String()))
    op.add_column("connections", sa.Column("reference_origin", sa.String()))
    if op.get_bind().dialect.name == "sqlite":
        _rewrite(op.get_bind())
    else:
        op.drop_constraint(op.f(_OLD), "connections")
        op.create_check_constraint(_NEW, "connections", _CHECK)


def _rewrite(connection: sa.Connection) -> None:
    run = connection.exec_driver_sql
    sql = run("SELECT sql FROM sqlite_master WHERE name = 'connections'").scalar_one()
    old = re.escape(f"CONSTRAINT {_OLD} CHECK ((disconnected_at IS NULL) = (sealed IS NOT NULL))")
    new, times = re.subn(old, f"CONSTRAINT ck_connections_{_NEW} CHECK ({_CHECK})", sql)
    if times != 1:
        raise RuntimeError("the table connections is not as revision 0001 made it")
    version = run("PRAGMA schema_version").scalar_one()
    run("PRAGMA writable_schema=ON")
    run("UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = 'connections'", (new,))
    run(f"PRAGMA schema_version={version + 1}")
    run("PRAGMA writable_schema=OFF")
