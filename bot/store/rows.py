"""Domain objects from rows, and their values for rows. Columns are named like the fields."""

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import MappingResult, RowMapping, Table

from bot.domain.connection import Connection
from bot.domain.incident import Alert, Incident, Place
from bot.domain.observation import Quota
from bot.domain.policy import Care
from bot.domain.status import Watch
from bot.store.schema import alerts, connections, incidents, watches
from bot.usecases.ports import Referred, Sealed, Stored

T = TypeVar("T")
Values = dict[str, Any]
Now = Callable[[], float]
"""A clock in somebody's hand: seconds since 1970."""


def moment(seconds: float) -> datetime:
    """Seconds since 1970 as the columns take them."""
    return datetime.fromtimestamp(seconds, UTC)


def readable(rows: MappingResult, read: Callable[[RowMapping], T]) -> list[T]:
    """All that can be read. A row that cannot, such as one with a word that only a newer version of
    the bot knows, hides no other."""
    found: list[T] = []
    while True:
        try:
            row = rows.fetchone()
            if row is None:
                return found
            found.append(read(row))
        except (ValueError, LookupError, TypeError, OverflowError):
            continue


def connection_of(row: RowMapping) -> Connection:
    care = Care(**_read(connections, row, _names(Care)))
    return Connection(**_read(connections, row, _names(Connection) - {"care"}), care=care)


def watch_of(row: RowMapping) -> Watch:
    return Watch(**_read(watches, row, _names(Watch)))


def alert_of(row: RowMapping) -> Alert:
    return Alert(**_read(alerts, row, _names(Alert)))


def incident_of(row: RowMapping) -> Incident | None:
    """None where an outer join found no incident."""
    if row[incidents.c.id] is None:
        return None
    channel, ts = row[incidents.c.place_channel], row[incidents.c.place_ts]
    place = Place(channel, ts) if channel else None
    return Incident(**_read(incidents, row, _names(Incident) - {"place"}), place=place)


def stored_of(row: RowMapping) -> Stored:
    """Of a connection: what opens, or what leads to it."""
    origin, reference = row[connections.c.origin], row[connections.c.reference]
    if reference is not None:
        return Referred(reference, origin, row[connections.c.reference_origin])
    return Sealed(row[connections.c.sealed], origin)


def stored_values(stored: Stored) -> Values:
    """The other of the two goes."""
    if isinstance(stored, Referred):
        kept = {"reference": stored.reference, "reference_origin": stored.named}
        return {"origin": stored.origin, "sealed": None, **kept}
    kept = {"reference": None, "reference_origin": None}
    return {"origin": stored.origin, "sealed": stored.blob, **kept}


def quota_of(row: RowMapping) -> Quota | None:
    used = row[watches.c.quota_used]
    if used is None:
        return None
    return Quota(used, row[watches.c.quota_limit], row[watches.c.quota_window])


def values_of(thing: Connection | Watch | Alert | Incident | Care) -> Values:
    """Column values, but for an incident's place, which is for deliveries to write, and for a
    connection's care, which is set by itself."""
    return {name: getattr(thing, name) for name in _names(type(thing)) - {"place", "care"}}


def quota_values(quota: Quota) -> Values:
    return {
        "quota_used": quota.used,
        "quota_limit": quota.limit,
        "quota_window": quota.window_minutes,
    }


def _names(kind: type[Connection | Watch | Alert | Incident | Care]) -> set[str]:
    return {field.name for field in fields(kind)}


def _read(table: Table, row: RowMapping, names: set[str]) -> Values:
    return {name: row[table.c[name]] for name in names}
