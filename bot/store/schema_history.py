"""The tables of the watching itself: what was seen when, who watched, and when nobody did. With
these, `metadata` knows every table."""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    literal_column,
)

from bot.domain.observation import Seen
from bot.domain.status import Status
from bot.domain.uptime import Size
from bot.store.columns import Moment, Named, Span
from bot.store.schema import metadata

__all__ = [
    "CONCLUSIVE",
    "checks",
    "digest_subscriptions",
    "digests",
    "gaps",
    "metadata",
    "nodes",
    "rollup_marks",
    "rollups",
]

# One row per check, so no more than is needed; what is kept for long is in `rollups`.
checks = Table(
    "checks",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("connection_id", ForeignKey("connections.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("status", Named(Status), nullable=False),
    Column("seen", Named(Seen), nullable=False),
    Column("counts_until", Moment),
    Column("latency", Span),
    Index("ix_checks_connection_id_at", "connection_id", "at"),
)
CONCLUSIVE = checks.c.seen != literal_column("'inconclusive'")

nodes = Table(
    "nodes",
    metadata,
    Column("id", String, primary_key=True),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("lag", Float, nullable=False),
)

# `scope` is a connection's id, or empty where nobody watched anything. One gap, one row, told once.
gaps = Table(
    "gaps",
    metadata,
    Column("id", String, primary_key=True),
    Column("scope", String, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("told_at", Moment),
    UniqueConstraint("scope", "started_at"),
)

digest_subscriptions = Table(
    "digest_subscriptions",
    metadata,
    Column("connection_id", ForeignKey("connections.id"), primary_key=True),
    Column("since", Moment, nullable=False),
    Column("tz", String, nullable=False),
)

# `place` is a channel's id, or a person's. One row, one message.
digests = Table(
    "digests",
    metadata,
    Column("workspace_id", String, primary_key=True),
    Column("place", String, primary_key=True),
    Column("due_at", Moment, primary_key=True),
)

rollups = Table(
    "rollups",
    metadata,
    Column("connection_id", ForeignKey("connections.id"), primary_key=True),
    Column("size", Named(Size), primary_key=True),
    Column("start", Moment, primary_key=True),
    Column("ok", Span, nullable=False),
    Column("failed", Span, nullable=False),
    Column("unknown", Span, nullable=False),
    Column("paused", Span, nullable=False),
    Column("degraded", Span, nullable=False),
    Column("checks", Integer, nullable=False),
    Column("answered", Integer, nullable=False),
    Column("latency_sum", Span, nullable=False),
    Column("latency_max", Span, nullable=False),
)

# How far each size is rolled up: all before `until`, and of what follows the connections up to
# `after`.
rollup_marks = Table(
    "rollup_marks",
    metadata,
    Column("size", Named(Size), primary_key=True),
    Column("until", Moment, nullable=False),
    Column("after", String, nullable=False),
)
