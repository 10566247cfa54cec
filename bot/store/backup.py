"""A copy of the database while the bot goes on."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from bot.domain.errors import BadInput, ConfigurationError, StoreUnavailable
from bot.store.database import Address, sqlite_path


def back_up(url: Address, copy: Path) -> None:
    """Copy the SQLite database at `url`, as it is at one moment, to a new file for its owner's eyes
    only, and prove the copy whole. Writers are not held up.

    Raises BadInput for PostgreSQL, with the command that does it there; ConfigurationError where
    there is such a file already, no database, or none can be written; StoreUnavailable.
    """
    path = sqlite_path(url)
    if path is None:
        raise BadInput(
            "PostgreSQL makes its own backups.",
            hint=f'Type: pg_dump --format=custom --file={copy} "$DATABASE_URL"',
        )
    if not path.is_file():
        raise ConfigurationError(f"There is no database at {path}.", hint="Check DATABASE_URL.")
    _create(copy)
    try:
        _copy(path, copy)
    except sqlite3.Error as error:
        with suppress(OSError):
            copy.unlink()
        raise StoreUnavailable(f"No backup was made: {error}.") from error


def _create(copy: Path) -> None:
    try:
        os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise ConfigurationError(
            f"{copy} is there already and is left alone.", hint="Name another file."
        ) from None
    except OSError as error:
        raise ConfigurationError(
            f"{copy} cannot be written: {error.strerror}.", hint="Name another place."
        ) from None


def _copy(path: Path, copy: Path) -> None:
    """In one step: in smaller ones it would begin anew with each write of the bot's."""
    with (
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as database,
        closing(sqlite3.connect(copy)) as target,
    ):
        database.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, and none beside it
        (found,) = target.execute("PRAGMA integrity_check").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(f"the copy is damaged: {found}")
