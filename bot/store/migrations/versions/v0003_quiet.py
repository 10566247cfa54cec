"""What people were last told, when they want no alerts, and how each connection is looked after."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add("connections", sa.Column("check_interval", sa.Float()))
    _add("connections", sa.Column("outage_failures", sa.Integer()))
    _add("connections", sa.Column("escalate_to", sa.String()))
    _add("connections", sa.Column("escalate_after", sa.Float()))
    _add("connections", _flag("broadcast_recovery"))
    _watches()
    _add("incidents", sa.Column("acknowledged_by", sa.String()))
    _add("incidents", sa.Column("acknowledged_at", sa.BigInteger()))
    _add("incidents", sa.Column("snoozed_by", sa.String()))
    _add("incidents", sa.Column("snoozed_until", sa.BigInteger()))
    _add("incidents", _flag("unstable"))
    _add("alerts", _flag("broadcast"))


def _watches() -> None:
    _add("watches", sa.Column("told", sa.String()))
    _add("watches", sa.Column("told_cause", sa.String()))
    _add("watches", _list("openings"))
    _add("watches", sa.Column("reminders", sa.Integer(), server_default="0", nullable=False))
    for name in (
        "remind_at",
        "escalate_at",
        "snoozed_until",
        "maintenance_from",
        "maintenance_until",
        "attend_at",
    ):
        _add("watches", sa.Column(name, sa.BigInteger()))
    _add("watches", _list("hushed"))
    _add("watches", _list("evidence"))
    # What is open was told.
    op.execute(
        "UPDATE watches SET told = status, told_cause = cause WHERE connection_id IN "
        "(SELECT connection_id FROM incidents WHERE closed_at IS NULL)"
    )
    waiting = sa.text("attend_at IS NOT NULL")
    op.create_index(
        "ix_watches_waiting",
        "watches",
        ["attend_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def _add(table: str, column: "sa.Column[Any]") -> None:
    op.add_column(table, column)


def _flag(name: str) -> "sa.Column[bool]":
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _list(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), server_default="[]", nullable=False)
