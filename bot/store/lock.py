"""One serving process for each SQLite database."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.domain.errors import ConfigurationError
from bot.store.database import Address, sqlite_path


@contextmanager
def single_process_lock(url: Address) -> Iterator[None]:
    """Hold the lock file beside the database; the system frees it when the process ends, however.

    PostgreSQL may serve several processes: nothing is locked there. Raises ConfigurationError where
    somebody else holds the lock.
    """
    path = sqlite_path(url)
    if path is None:
        yield
        return
    file = _open(path.with_name(f"{path.name}.lock"))
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise ConfigurationError(
            "Another bot is serving this database already.",
            hint="Stop it first: a SQLite database has one serving process.",
        ) from None
    try:
        yield
    finally:
        os.close(file)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise ConfigurationError(
            f"The lock file {path} cannot be opened: {error.strerror}.",
            hint="Its directory has to exist and to be writable.",
        ) from error
