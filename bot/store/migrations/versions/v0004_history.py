"""What the checks saw, and who watched."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SPANS = ("ok", "failed", "unknown", "paused", "degraded")


def upgrade() -> None:
    _history()
    _watching()
    _digests()


def _history() -> None:
    op.create_table(
        "checks",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("connection_id", sa.String(), sa.ForeignKey("connections.id"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("seen", sa.String(), nullable=False),
        sa.Column("counts_until", sa.BigInteger()),
        sa.Column("latency", sa.BigInteger()),
    )
    op.create_index("ix_checks_connection_id_at", "checks", ["connection_id", "at"])
    op.create_table(
        "rollups",
        sa.Column("connection_id", sa.String(), sa.ForeignKey("connections.id"), primary_key=True),
        sa.Column("size", sa.String(), primary_key=True),
        sa.Column("start", sa.BigInteger(), primary_key=True),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _SPANS),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("latency_sum", sa.BigInteger(), nullable=False),
        sa.Column("latency_max", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "rollup_marks",
        sa.Column("size", sa.String(), primary_key=True),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
    )


def _watching() -> None:
    op.create_table(
        "nodes",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("lag", sa.Float(), nullable=False),
    )
    op.create_table(
        "gaps",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("told_at", sa.BigInteger()),
        sa.UniqueConstraint("scope", "started_at"),
    )


def _digests() -> None:
    op.create_table(
        "digest_subscriptions",
        sa.Column("connection_id", sa.String(), sa.ForeignKey("connections.id"), primary_key=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("tz", sa.String(), nullable=False),
    )
    op.create_table(
        "digests",
        sa.Column("workspace_id", sa.String(), primary_key=True),
        sa.Column("place", sa.String(), primary_key=True),
        sa.Column("due_at", sa.BigInteger(), primary_key=True),
    )
