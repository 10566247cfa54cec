"""A rotation in a process of its own, which is killed on its way: `python -m tests.vault.rotating
URL KEY_FILE [NTH]`. Without NTH it lives, and prints at how many moments it could have died."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any, cast

from sqlalchemy import event

from bot.store.database import Database
from bot.store.sqlite import Sqlite
from bot.vault.keyfile import load_keyring
from bot.vault.sources import KeySources
from tests.vault.estate import estate


async def run(url: str, key_file: str, nth: int) -> int:
    """New master key, new data keys; SIGKILL at the nth moment."""
    sources = KeySources(load_keyring(Path(key_file), None))
    async with estate(url, sources, hurried=False) as there:
        moments = _await_doom(there.database, nth)
        await there.rotation.rewrap()
        await there.rotation.renew()
    return len(moments)


def _await_doom(database: Database, nth: int) -> list[str]:
    """The moments that come: before and after each statement, before and after each commit."""
    engine = cast(Sqlite, database._backend)._engine.sync_engine
    moments: list[str] = []

    def comes(moment: str) -> None:
        moments.append(moment)
        if len(moments) == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    for moment in ("before_cursor_execute", "after_cursor_execute", "commit", "checkin"):

        @event.listens_for(engine, moment)
        def here(*_: Any, moment: str = moment) -> None:
            comes(moment)

    return moments


if __name__ == "__main__":
    url, key_file, *nth = sys.argv[1:]
    print(asyncio.run(run(url, key_file, int(nth[0]) if nth else 0)))  # noqa: T201 - the answer
