"""A database that any earlier version has left opens with this one, and says the same."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.status import Status
from bot.store.database import Database
from bot.usecases.read_audit import verify
from bot.vault.credentials import CredentialVault
from tests.store.golden.make import HERE, NAMES, revisions, values
from tests.usecases.conftest import built

AUDIT_SINCE = "0008"


def test_every_revision_of_the_schema_has_a_golden_database() -> None:
    """Make the missing one with `make golden`, and commit it with the migration."""
    assert {path.stem for path in HERE.glob("*.sql")} == set(revisions())


@pytest.fixture
async def url(tmp_path: Path, revision: str) -> str:
    """The golden database of that revision, brought up to date."""
    path = tmp_path / "golden.db"
    path.touch(0o600)
    with closing(sqlite3.connect(path)) as database:
        database.executescript((HERE / f"{revision}.sql").read_text())
    database_ = Database.open(f"sqlite:///{path}")
    await database_.migrate()
    await database_.close()
    return f"sqlite:///{path}"


@pytest.mark.parametrize("revision", revisions())
async def test_everything_sealed_opens_and_says_what_it_said(url: str) -> None:
    async with built(url) as house:
        found = {}
        for each in await house.ports.connections.all("T1"):
            sealed = await house.ports.connections.sealed("T1", each.connection.id)
            opened = await house.ports.vault.open("T1", each.connection.id, sealed)
            found[each.connection.name] = {
                "integration_code": opened.integration_code.reveal(),
                "secret": opened.secret.reveal(),
                "username": opened.username.reveal(),
            }
            assert await house.ports.vault.username_digest(opened.username)
        vault = house.ports.vault
        assert isinstance(vault, CredentialVault)
        report = await vault.verify()

    assert found == {name: values(name) for name in NAMES if name != "Disconnected"}
    assert sum(report.wrapped.values()) == 2


@pytest.mark.parametrize("revision", revisions())
async def test_what_is_known_is_known_still_and_the_watch_goes_on(url: str, revision: str) -> None:
    async with built(url) as house:
        statuses = {
            each.connection.name: (each.watch.status, each.incident is not None)
            for each in await house.ports.connections.all("T1")
        }
        past = await house.ports.history.past("T1", None, before=None, limit=10)
        chain = await verify(house.ports, "T1")
        house.clock.pass_(days=1)
        checked = await house.check()

    assert statuses == {
        "Active": (Status.ACTIVE, False),
        "Inactive": (Status.INACTIVE, True),
        "Paused": (Status.PAUSED, False),
    }
    assert [connection.name for connection, _ in past] == ["Inactive"]
    assert chain.flaw == ""
    assert (chain.newest is not None) is (revision >= AUDIT_SINCE)
    assert checked == 2
