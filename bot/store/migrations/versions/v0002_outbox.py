"""Destinations and installations that are broken, and what is known of an alert's earlier tries."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alerts", sa.Column("destination", sa.String()))
    op.add_column("alerts", sa.Column("first_tried_at", sa.BigInteger()))
    op.add_column("alerts", sa.Column("doubt", sa.String(), server_default="none", nullable=False))
    op.add_column("incidents", sa.Column("left_channel", sa.String()))
    op.add_column("incidents", sa.Column("left_ts", sa.String()))
    op.create_table(
        "destinations",
        sa.Column("workspace_id", sa.String(), primary_key=True),
        sa.Column("channel", sa.String(), primary_key=True),
        sa.Column("free_at", sa.BigInteger()),
        sa.Column("held_until", sa.BigInteger()),
        sa.Column("broken_since", sa.BigInteger()),
        sa.Column("reason", sa.Text()),
        sa.Column("told_at", sa.BigInteger()),
        sa.Column("summary_id", sa.String()),
        sa.Column("probe_at", sa.BigInteger()),
        sa.Column("probed_at", sa.BigInteger()),
        sa.Column("healed_at", sa.BigInteger()),
    )
    op.create_table(
        "suspensions",
        sa.Column("workspace_id", sa.String(), primary_key=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("probe_at", sa.BigInteger(), nullable=False),
    )
