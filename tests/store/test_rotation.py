"""The queries of a rotation, on every kind of database."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import LargeBinary

from bot.store.metadata import metadata
from bot.store.rotation import GRACE
from bot.usecases.data_keys import Rewrap
from bot.usecases.ports import Sealed
from tests.vault.cast import file_key, loaded, master
from tests.vault.estate import Estate, estate

OLD, NEW = master(1), master(2)


@pytest.fixture
async def there(url: str) -> AsyncIterator[Estate]:
    """Three workspaces, sealed under the old master key, and a new one on top of it."""
    async with estate(url, loaded(OLD)) as before:
        await before.furnish(3)
        yield before.held_by(loaded(NEW, OLD))


async def test_both_keys_change_and_everything_opens(there: Estate) -> None:
    there.seconds += 1

    assert (await there.rotation.rewrap()).done == 3
    assert (await there.rotation.renew()).done == 3

    assert await there.counts() == {file_key(NEW): 6}
    assert await there.held_by(loaded(NEW)).opened() == 3
    there.seconds += GRACE.total_seconds() + 1
    assert await there.table.forget_retired(keeping=()) == 3
    assert await there.held_by(loaded(NEW)).opened() == 3


async def test_what_has_changed_meanwhile_is_left_as_it_is(there: Estate) -> None:
    [(owner, wrapped), *_] = await there.table.not_under(file_key(NEW), after="", limit=1)
    other = replace(wrapped, blob=b"made up")
    at, *_ = await there.table.sealed(after="", limit=1)
    await there.put(at.connection_id, b"newer")

    assert await there.table.rewrap([Rewrap(owner, other, wrapped)]) == 0
    await there.table.rewrap([Rewrap("T-other", wrapped, other)])
    assert await there.table.reseal([(at, Sealed(b"older", at.sealed.origin))]) == 0
    [(_, still), *_] = await there.table.not_under(file_key(NEW), after="", limit=1)
    assert still == wrapped


async def test_a_data_key_is_replaced_once(there: Estate) -> None:
    there.seconds += 1
    row, *_ = await there.table.older(await there.table.begun(), after="", limit=1)
    twice = [await there.rotation._renewed(row) for _ in range(2)]

    assert [await there.table.renew([each]) for each in twice] == [1, 0]
    assert (await there.vault.keys.for_sealing(row[0])).id == twice[0].minted.id


async def test_pages_follow_each_other(there: Estate) -> None:
    seen, after = [], ""
    while page := await there.table.sealed(after=after, limit=2):
        seen += [at.workspace_id for at in page]
        after = page[-1].connection_id

    assert seen == ["T00000", "T00001", "T00002"]


def test_a_rotation_knows_every_column_that_is_sealed() -> None:
    """Whatever else is sealed some day has to be sealed anew as well."""
    sealed = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }

    assert sealed == {"connections.sealed", "data_keys.blob"}
