"""The tables as they are now. `migrations/` holds the way here; a test compares the two."""

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    literal_column,
)

from bot.domain.incident import Doubt, Kind
from bot.domain.observation import Cause, Seen
from bot.domain.status import Status
from bot.store import places, schema_audit, schema_history  # noqa: F401 - their tables are part of the schema
from bot.store.columns import Lines, Moment, Moments, Named, Origin
from bot.store.metadata import metadata

__all__ = ["metadata"]


class AlertState(StrEnum):
    """Whether an alert is still owed."""

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"


workspaces = Table(
    "workspaces",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("created_at", Moment, nullable=False),
)

managers = Table(
    "managers",
    metadata,
    Column("workspace_id", ForeignKey("workspaces.id"), primary_key=True),
    Column("user_id", String, primary_key=True),
    Column("named_by", String, nullable=False),
    Column("named_at", Moment, nullable=False),
)

data_keys = Table(
    "data_keys",
    metadata,
    Column("id", String, primary_key=True),
    # No foreign key: the installation's own keys stand under the empty id.
    Column("workspace_id", String, nullable=False),
    Column("wrapper", String, nullable=False),
    Column("kek_ref", String, nullable=False),
    Column("blob", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("retired_at", Moment),
)
Index(
    "uq_data_keys_in_use",
    data_keys.c.workspace_id,
    unique=True,
    sqlite_where=data_keys.c.retired_at.is_(None),
    postgresql_where=data_keys.c.retired_at.is_(None),
)

connections = Table(
    "connections",
    metadata,
    Column("id", String, primary_key=True),
    Column("workspace_id", ForeignKey("workspaces.id"), nullable=False),
    Column("name", String, nullable=False),
    # Listed in this order, which is not to depend on where a server was installed.
    Column("name_key", String().with_variant(String(collation="C"), "postgresql")),
    Column("origin", Origin, nullable=False),
    Column("company", String),
    Column("zone", String),
    Column("sealed", LargeBinary),
    Column("username_digest", String, nullable=False),
    Column("connected_by", String, nullable=False),
    Column("connected_at", Moment, nullable=False),
    Column("channel", String),
    Column("disconnected_at", Moment),
    Column("check_interval", Float),
    Column("outage_failures", Integer),
    Column("escalate_to", String),
    Column("escalate_after", Float),
    Column("broadcast_recovery", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("workspace_id", "name_key"),
    CheckConstraint(
        "(disconnected_at IS NULL) = (sealed IS NOT NULL)", name="sealed_while_connected"
    ),
    CheckConstraint(
        "(disconnected_at IS NULL) = (name_key IS NOT NULL)", name="named_while_connected"
    ),
)

# Apart from the ciphertext: this table is rewritten at every check, and narrow rows are 2.6 times
# as fast at a million of them.
watches = Table(
    "watches",
    metadata,
    Column("connection_id", ForeignKey("connections.id"), primary_key=True),
    Column("workspace_id", String, nullable=False),
    Column("status", Named(Status), nullable=False),
    Column("since", Moment, nullable=False),
    Column("next_check_at", Moment, nullable=False),
    Column("cause", Named(Cause)),
    Column("seen", Named(Seen)),
    Column("streak", Integer, nullable=False),
    Column("streak_since", Moment),
    Column("last_checked_at", Moment),
    Column("last_ok_at", Moment),
    Column("permission_asked_at", Moment),
    Column("zone_asked_at", Moment),
    Column("quota_band", Integer, nullable=False),
    Column("quota_told_at", Moment),
    Column("latency", Float),
    Column("quota_used", Integer),
    Column("quota_limit", Integer),
    Column("quota_window", Integer),
    Column("told", Named(Status)),
    Column("told_cause", Named(Cause)),
    Column("openings", Moments, nullable=False, server_default="[]"),
    Column("reminders", Integer, nullable=False, server_default="0"),
    Column("remind_at", Moment),
    Column("escalate_at", Moment),
    Column("snoozed_until", Moment),
    Column("maintenance_from", Moment),
    Column("maintenance_until", Moment),
    Column("hushed", Lines, nullable=False, server_default="[]"),
    Column("attend_at", Moment),
    Column("evidence", Lines, nullable=False, server_default="[]"),
    Column("lease", Integer, nullable=False, server_default="0"),
    Column("lease_until", Moment),
)
# Literals here and below: a bound value would keep SQLite from using the partial index.
WATCHED = watches.c.status != literal_column("'paused'")
Index("ix_watches_due", watches.c.next_check_at, sqlite_where=WATCHED, postgresql_where=WATCHED)
WAITING = watches.c.attend_at.is_not(None)
Index("ix_watches_waiting", watches.c.attend_at, sqlite_where=WAITING, postgresql_where=WAITING)

failed_logins = Table(
    "failed_logins",
    metadata,
    Column("username_digest", String, primary_key=True),
    Column("in_a_row", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
)

login_bookings = Table(
    "login_bookings",
    metadata,
    Column("id", String, primary_key=True),
    Column("username_digest", String, nullable=False, index=True),
    Column("at", Moment, nullable=False),
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", String, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("workspace_id", String, nullable=False),
    Column("connection_id", ForeignKey("connections.id"), nullable=False),
    Column("status", Named(Status), nullable=False),
    Column("cause", Named(Cause)),
    Column("evidence", Lines, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("last_ok_at", Moment),
    Column("version", Integer, nullable=False),
    Column("closed_at", Moment),
    Column("closed_by", String),
    Column("closed_how", String, nullable=False),
    Column("acknowledged_by", String),
    Column("acknowledged_at", Moment),
    Column("snoozed_by", String),
    Column("snoozed_until", Moment),
    Column("unstable", Boolean, nullable=False, server_default=false()),
    Column("place_channel", String),
    Column("place_ts", String),
    Column("shown_version", Integer, nullable=False),
    Column("first_shown_version", Integer, nullable=False),
    Column("origin", Origin),
    # Where an earlier message stands that the bot can no longer write to.
    Column("left_channel", String),
    Column("left_ts", String),
    UniqueConstraint("workspace_id", "number"),
)
Index(
    "uq_incidents_open",
    incidents.c.connection_id,
    unique=True,
    sqlite_where=incidents.c.closed_at.is_(None),
    postgresql_where=incidents.c.closed_at.is_(None),
)

Index("ix_incidents_place", incidents.c.place_channel, incidents.c.place_ts)

alerts = Table(
    "alerts",
    metadata,
    # SQLite counts in an INTEGER only, which is as wide.
    Column("seq", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
    Column("id", String, nullable=False),
    Column("workspace_id", String, nullable=False),
    Column("connection_id", ForeignKey("connections.id"), nullable=False),
    Column("incident_id", ForeignKey("incidents.id")),
    Column("kind", Named(Kind), nullable=False),
    Column("text", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("state", Named(AlertState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("broadcast", Boolean, nullable=False, server_default=false()),
    Column("lease", Integer, nullable=False, server_default="0"),
    Column("lease_until", Moment),
    Column("last_error", Text),
    Column("created_at", Moment, nullable=False),
    Column("settled_at", Moment),
    Column("sent_channel", String),
    Column("sent_ts", String),
    Column("destination", String),
    Column("first_tried_at", Moment),
    Column("doubt", Named(Doubt), nullable=False, server_default="none"),
    # The id of the alert whose message tells of this too, and whose fate it shares.
    Column("told_with", String),
    UniqueConstraint("id"),
    sqlite_autoincrement=True,
)
Index("ix_alerts_incident", alerts.c.incident_id)
PENDING = alerts.c.state == literal_column("'pending'")
Index(
    "ix_alerts_pending",
    alerts.c.connection_id,
    alerts.c.seq,
    sqlite_where=PENDING,
    postgresql_where=PENDING,
)
DEAD = alerts.c.state == literal_column("'dead'")
Index("ix_alerts_dead", alerts.c.workspace_id, sqlite_where=DEAD, postgresql_where=DEAD)
