"""The look that every statement gets sees what is held to one workspace, and what only seems so."""

import importlib

import pytest
from sqlalchemy import and_, bindparam, delete, exists, or_, select, tuple_, update

from bot.store.schema import alerts, connections, incidents, watches, workspaces
from bot.store.schema_history import checks
from tests.tenancy import ACROSS, Look

HERE = connections.c.workspace_id == "T1"
OURS = select(connections.c.id).where(HERE)
THEIRS = watches.alias()


def loose(statement: object) -> list[str]:
    seen = Look()
    seen.statement(statement, {})
    return seen.loose()


HELD = {
    "compared": select(connections).where(HERE, connections.c.name == "x"),
    "as one": select(workspaces).where(workspaces.c.id == "T1"),
    "with what is bound later": delete(alerts).where(alerts.c.workspace_id == bindparam("of")),
    "joined": select(connections, watches)
    .join(watches, watches.c.connection_id == connections.c.id)
    .where(HERE),
    "joined with what may be missing": select(connections)
    .outerjoin(incidents, and_(incidents.c.connection_id == connections.c.id))
    .where(HERE),
    "by those of the workspace": update(watches).where(watches.c.connection_id.in_(OURS)),
    "by a list of them": select(watches).where(
        watches.c.connection_id.in_(select(OURS.cte("ours").c.id))
    ),
    "in every case": select(alerts).where(
        or_(
            and_(alerts.c.workspace_id == "T1", alerts.c.step > 0),
            and_(alerts.c.workspace_id == "T1", alerts.c.step == 0),
        )
    ),
    "with what it looks into": select(connections).where(
        HERE, exists().where(checks.c.connection_id == connections.c.id)
    ),
}
LOOSE = {
    "by an id alone": (select(connections).where(connections.c.id == "x"), ["connections"]),
    "by a list of ids": (update(watches).where(watches.c.connection_id.in_(["x"])), ["watches"]),
    "of several": (select(alerts).where(alerts.c.workspace_id.in_(["T1"])), ["alerts"]),
    "of all but one": (select(alerts).where(alerts.c.workspace_id != "T1"), ["alerts"]),
    "of none but by a negation": (select(connections).where(~HERE), ["connections"]),
    "in one case of two": (
        select(connections).where(or_(HERE, connections.c.name == "x")),
        ["connections"],
    ),
    "joined by something else": (
        select(connections)
        .join(incidents, incidents.c.place_channel == connections.c.channel)
        .where(HERE),
        ["incidents"],
    ),
    "the same table twice": (
        select(watches, THEIRS).where(watches.c.workspace_id == "T1"),
        ["watches"],
    ),
    "what it looks into": (
        select(connections).where(HERE, exists().where(checks.c.seen == "ok")),
        ["checks"],
    ),
    "a pair": (
        select(alerts).where(tuple_(alerts.c.workspace_id, alerts.c.id).in_([("T1", "x")])),
        ["alerts"],
    ),
    "by those of all": (
        update(watches).where(watches.c.connection_id.in_(select(connections.c.id))),
        ["connections", "watches"],
    ),
}


@pytest.mark.parametrize("what", HELD)
def test_what_names_the_workspace_is_held_to_it(what: str) -> None:
    assert loose(HELD[what]) == []


@pytest.mark.parametrize("what", LOOSE)
def test_what_only_seems_to_is_not(what: str) -> None:
    statement, tables = LOOSE[what]
    assert loose(statement) == tables


@pytest.mark.parametrize("name", ACROSS)
def test_what_is_listed_is_there(name: str) -> None:
    module, _, path = name.partition(":")
    found: object = importlib.import_module(f"bot.store.{module}")
    for part in path.split("."):
        found = getattr(found, part)
    assert callable(found)
