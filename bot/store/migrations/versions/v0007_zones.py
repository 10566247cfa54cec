"""Which zone an incident was of, and the lines below it found without reading all alerts."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incidents", sa.Column("origin", sa.String()))
    op.create_index("ix_alerts_incident", "alerts", ["incident_id"])
