"""Several incidents in one message."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alerts", sa.Column("told_with", sa.String()))
    op.create_index("ix_incidents_place", "incidents", ["place_channel", "place_ts"])
