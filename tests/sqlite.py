"""SQLite files for the tests: the present schema, made once and copied, and nobody who waits."""

import asyncio
import sqlite3
from collections.abc import Callable, Generator
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import aiosqlite
import pytest
from sqlalchemy import event

from bot.store.database import Database
from bot.store.sqlite import Sqlite
from tests.postgresql import apart

T = TypeVar("T")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a file of the present schema with nothing in it."""
    return new_file(tmp_path / "bot.db")


def new_file(path: Path) -> str:
    """The same at `path`; its address. To copy one takes 0.3 ms, to migrate one 50."""
    path.touch(0o600)
    path.write_bytes(_present())
    return f"sqlite:///{path}"


@cache
def _present() -> bytes:
    with TemporaryDirectory(prefix="sqlite-") as directory:
        path = Path(directory) / "bot.db"
        apart(_migrate(path))
        return path.read_bytes()


async def _migrate(path: Path) -> None:
    database = Database.open(f"sqlite:///{path}")
    await database.migrate()
    await database.close()


def hurry(database: Database) -> None:
    """For tests that neither pull the plug nor are about threads: nothing waits for the disk, and a
    statement runs in the loop instead of in aiosqlite's thread, to which there and back takes ten
    times as long. Others have their turn after each, as with the thread.
    """
    if not isinstance(database._backend, Sqlite):
        return
    engine = database._backend._engine.sync_engine

    @event.listens_for(engine, "do_connect")
    def in_the_loop(dialect: Any, record: Any, where: Any, settings: dict[str, Any]) -> None:
        settings["async_creator_fn"] = _InTheLoop

    @event.listens_for(engine, "connect")
    def prepare(dbapi: Any, record: Any) -> None:
        cursor = dbapi.cursor()
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.close()


class _InTheLoop(aiosqlite.Connection):
    """aiosqlite's own, but for the thread, which is never started."""

    def __init__(self, path: str, **settings: Any) -> None:
        super().__init__(partial(sqlite3.connect, path, **settings), iter_chunk_size=64)
        self._tx = _AtOnce()  # type: ignore[assignment]

    def __await__(self) -> Generator[Any, None, aiosqlite.Connection]:
        return self._connect().__await__()

    async def _execute(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """As with the thread, who is cancelled meanwhile does not know whether it was done."""
        if not self._running:
            raise ValueError("Connection closed")
        result = fn(*args, **kwargs)
        await asyncio.sleep(0)
        return result


class _AtOnce:
    """Stands where the queue to the thread was, for what else is put there: to open and close."""

    def put_nowait(self, order: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        future, function = order
        try:
            result = function()
        except Exception as error:  # noqa: BLE001 - whoever waits for it gets it
            if future:
                future.set_exception(error)
        else:
            if future:
                future.set_result(result)
