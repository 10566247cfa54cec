"""The few alerts that reached nobody are found among all that were ever told."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    dead = sa.text("state = 'dead'")
    op.create_index(
        "ix_alerts_dead", "alerts", ["workspace_id"], sqlite_where=dead, postgresql_where=dead
    )
