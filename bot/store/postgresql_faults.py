"""What PostgreSQL says when it cannot, in sentences for people.

Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

import ssl

import asyncpg
from sqlalchemy.exc import DBAPIError

from bot.domain.errors import StoreUnavailable

READ_ONLY = "25006"
CHECK_URL = "Check DATABASE_URL."
_GONE = "The database server has ended the connection."
_AWAY = "The database server cannot be reached."

_REASONS: dict[str, tuple[str, str | None]] = {
    "08": (_GONE, None),
    "25006": ("The database may be read, but not written.", None),
    "25P03": ("The database has waited too long for the bot.", None),
    "25P04": ("The database has waited too long for the bot.", None),
    "28": ("The database refuses the user or the password.", CHECK_URL),
    "3D000": ("The database server has no database of that name.", CHECK_URL),
    "40001": ("Somebody else wrote to the database at the same moment.", None),
    "40P01": ("Somebody else wrote to the database at the same moment.", None),
    "42501": (
        "The database user may not do that.",
        "Make the user the owner of the database, or grant CREATE on its schema.",
    ),
    "42704": ("The database server does not know a setting in the address.", CHECK_URL),
    "53": ("The database server has no room left.", None),
    "53100": ("The disk that holds the database is full.", None),
    "53200": ("The database server is out of memory.", None),
    "53300": ("The database server takes no more connections.", None),
    "55P03": ("The database is locked by another process.", None),
    "57": (_GONE, None),
    "57014": ("The database does not answer in time.", None),
    "57P03": ("The database server is starting or stopping.", None),
    "58": ("The database server cannot use its disk.", None),
    "F0": ("The database server is not set up right.", None),
    "XX001": ("The database says that it is damaged.", "Restore a backup."),
    "XX002": ("The database says that it is damaged.", "Restore a backup."),
}
"""By code, or by the class of codes. What is not here is a statement that cannot be: ours."""

_ONLY_AT_THE_DOOR = {"42704"}


def unavailable(error: DBAPIError) -> StoreUnavailable | None:
    """What time or the operator can mend; None of what is a fault of ours."""
    cause = error.orig.__cause__ if error.orig else None
    if isinstance(cause, asyncpg.exceptions.InvalidCachedStatementError):
        return StoreUnavailable("The database's schema has just changed.")
    code = getattr(error.orig, "sqlstate", None)
    if code in _ONLY_AT_THE_DOOR:
        return None
    known = _known(code)
    if known is None and error.connection_invalidated:
        return StoreUnavailable(_GONE)
    return known


def unreachable(error: Exception) -> StoreUnavailable:
    """What kept a connection from being made."""
    if isinstance(error, ssl.SSLError) or _refuses_tls(error):
        return StoreUnavailable(
            "The connection to the database server cannot be made safe (TLS).", hint=CHECK_URL
        )
    if isinstance(error, TimeoutError):
        return StoreUnavailable("The database does not answer in time.")
    return _known(getattr(error, "sqlstate", None)) or StoreUnavailable(_AWAY)


def _refuses_tls(error: Exception) -> bool:
    """Asyncpg has no class for a server that answers, but not to TLS."""
    return type(error) is ConnectionError and "SSL" in str(error)


def belongs_elsewhere(error: DBAPIError) -> bool:
    """Whether this server has become a copy of another one, which takes the writes now."""
    return getattr(error.orig, "sqlstate", None) == READ_ONLY


def _known(code: str | None) -> StoreUnavailable | None:
    reason = _REASONS.get(str(code)) or _REASONS.get(str(code)[:2])
    return StoreUnavailable(reason[0], hint=reason[1]) if reason else None
