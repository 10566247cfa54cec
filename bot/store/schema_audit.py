"""The table of people's deeds, a chain for each workspace (`domain/audit.py`)."""

from sqlalchemy import Column, Integer, String, Table, Text

from bot.store.columns import Moment
from bot.store.metadata import metadata

# No foreign keys: an entry outlives what it is about, and a refused one may name anything.
audit_entries = Table(
    "audit_entries",
    metadata,
    Column("workspace_id", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("who", String, nullable=False),
    Column("deed", String, nullable=False),
    Column("connection_id", String),
    Column("outcome", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("key_id", String, nullable=False),
    Column("digest", String, nullable=False),
    # Of the newest entry alone.
    Column("end", String),
)
