"""The tables of the places that alerts go to."""

from sqlalchemy import Column, Integer, String, Table, Text

from bot.store.columns import Moment
from bot.store.metadata import metadata

# One row for each place that was ever written to. Where it is broken, `broken_since` is set.
destinations = Table(
    "destinations",
    metadata,
    Column("workspace_id", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("free_at", Moment),
    Column("held_until", Moment),
    Column("broken_since", Moment),
    Column("reason", Text),
    Column("told_at", Moment),
    Column("summary_id", String),
    Column("probe_at", Moment),
    Column("probed_at", Moment),
    Column("healed_at", Moment),
)

# Workspaces in which Slack takes nothing from the app.
suspensions = Table(
    "suspensions",
    metadata,
    Column("workspace_id", String, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("probe_at", Moment, nullable=False),
)
