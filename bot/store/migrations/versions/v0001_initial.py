"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _tenants()
    _connections()
    _watches()
    _incidents()
    _alerts()


def _tenants() -> None:
    op.create_table(
        "workspaces",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "managers",
        sa.Column("workspace_id", sa.String(), sa.ForeignKey("workspaces.id"), primary_key=True),
        sa.Column("user_id", sa.String(), primary_key=True),
        sa.Column("named_by", sa.String(), nullable=False),
        sa.Column("named_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "data_keys",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("wrapper", sa.String(), nullable=False),
        sa.Column("kek_ref", sa.String(), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger()),
    )
    op.create_index(
        "uq_data_keys_in_use",
        "data_keys",
        ["workspace_id"],
        unique=True,
        **_where("retired_at IS NULL"),
    )
    op.create_table(
        "failed_logins",
        sa.Column("username_digest", sa.String(), primary_key=True),
        sa.Column("in_a_row", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "login_bookings",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("username_digest", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_login_bookings_username_digest", "login_bookings", ["username_digest"])


def _connections() -> None:
    op.create_table(
        "connections",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("workspace_id", sa.String(), sa.ForeignKey("workspaces.id"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", _in_order()),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("company", sa.String()),
        sa.Column("zone", sa.String()),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("username_digest", sa.String(), nullable=False),
        sa.Column("connected_by", sa.String(), nullable=False),
        sa.Column("connected_at", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String()),
        sa.Column("disconnected_at", sa.BigInteger()),
        sa.UniqueConstraint("workspace_id", "name_key"),
        sa.CheckConstraint(
            "(disconnected_at IS NULL) = (sealed IS NOT NULL)", name="sealed_while_connected"
        ),
        sa.CheckConstraint(
            "(disconnected_at IS NULL) = (name_key IS NOT NULL)", name="named_while_connected"
        ),
    )


def _watches() -> None:
    op.create_table(
        "watches",
        sa.Column("connection_id", sa.String(), sa.ForeignKey("connections.id"), primary_key=True),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("next_check_at", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String()),
        sa.Column("seen", sa.String()),
        sa.Column("streak", sa.Integer(), nullable=False),
        sa.Column("streak_since", sa.BigInteger()),
        sa.Column("last_checked_at", sa.BigInteger()),
        sa.Column("last_ok_at", sa.BigInteger()),
        sa.Column("permission_asked_at", sa.BigInteger()),
        sa.Column("zone_asked_at", sa.BigInteger()),
        sa.Column("quota_band", sa.Integer(), nullable=False),
        sa.Column("quota_told_at", sa.BigInteger()),
        sa.Column("latency", sa.Float()),
        sa.Column("quota_used", sa.Integer()),
        sa.Column("quota_limit", sa.Integer()),
        sa.Column("quota_window", sa.Integer()),
        sa.Column("lease", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.BigInteger()),
    )
    op.create_index("ix_watches_due", "watches", ["next_check_at"], **_where("status != 'paused'"))


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("connection_id", sa.String(), sa.ForeignKey("connections.id"), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("cause", sa.String()),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("last_ok_at", sa.BigInteger()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("closed_by", sa.String()),
        sa.Column("closed_how", sa.String(), nullable=False),
        sa.Column("place_channel", sa.String()),
        sa.Column("place_ts", sa.String()),
        sa.Column("shown_version", sa.Integer(), nullable=False),
        sa.Column("first_shown_version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("workspace_id", "number"),
    )
    op.create_index(
        "uq_incidents_open",
        "incidents",
        ["connection_id"],
        unique=True,
        **_where("closed_at IS NULL"),
    )


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("seq", _counter(), primary_key=True),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("connection_id", sa.String(), sa.ForeignKey("connections.id"), nullable=False),
        sa.Column("incident_id", sa.String(), sa.ForeignKey("incidents.id")),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("lease", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("last_error", sa.Text()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger()),
        sa.Column("sent_channel", sa.String()),
        sa.Column("sent_ts", sa.String()),
        sa.UniqueConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_alerts_pending",
        "alerts",
        ["connection_id", "seq"],
        **_where("state = 'pending'"),
    )


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _counter() -> sa.BigInteger:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _in_order() -> sa.String:
    return sa.String().with_variant(sa.String(collation="C"), "postgresql")
