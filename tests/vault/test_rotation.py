"""Other keys take over: nothing is lost on the way, whatever cuts it off or runs beside it."""

import asyncio
import random
import shutil
import signal
import sys
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from math import ceil
from pathlib import Path

import pytest

from bot.domain.errors import KeyUnavailable, Tampered, UnknownKey
from bot.store.rotation import GRACE
from bot.usecases.data_keys import Rewrap
from bot.vault.ring import KeyRing
from bot.vault.rotation import Rotated
from bot.vault.sources import Bound, KeySources
from tests.sqlite import new_file
from tests.vault.cast import CREDENTIALS, file_key, loaded, master
from tests.vault.estate import Estate, estate, transactions

OLD, NEW = master(1), master(2)
HOUR = GRACE.total_seconds()


@pytest.fixture
async def before(sqlite_url: str) -> AsyncIterator[Estate]:
    """Twelve workspaces, under the old master key."""
    async with estate(sqlite_url, loaded(OLD)) as there:
        await there.furnish(12)
        await there.vault.username_digest(CREDENTIALS.username)
        yield there


@pytest.fixture
def there(before: Estate) -> Estate:
    """The same, with a new master key on top."""
    return before.held_by(loaded(NEW, OLD))


async def test_a_new_master_key_takes_over_and_the_old_one_may_go(there: Estate) -> None:
    assert await there.rotation.rewrap() == Rotated(13)

    assert await there.counts() == {file_key(NEW): 13}
    assert await there.held_by(loaded(NEW)).opened() == 12
    assert await there.rotation.rewrap() == Rotated(0)


async def test_the_status_says_what_each_master_key_is_still_needed_for(there: Estate) -> None:
    oldest = master(3)
    asked = there.held_by(loaded(NEW, OLD, oldest)).rotation

    newest, needed, spare = await asked.status()
    assert (newest.master, newest.data_keys, newest.newest) == (file_key(NEW), 0, True)
    assert (needed.master, needed.data_keys, needed.newest) == (file_key(OLD), 13, False)
    assert (spare.master, spare.data_keys, spare.loaded) == (file_key(oldest), 0, True)

    (only, missing) = await there.held_by(loaded(NEW)).rotation.status()
    assert only.loaded
    assert (missing.master, missing.loaded) == (file_key(OLD), False)


async def test_without_the_old_master_key_nothing_is_changed(there: Estate) -> None:
    without = there.held_by(loaded(NEW, master(3))).rotation
    for run in (without.rewrap, without.renew):
        with pytest.raises(UnknownKey, match=OLD.id[:8]):
            await run()

    assert await there.counts() == {file_key(OLD): 13}


async def test_nor_where_one_of_two_old_ones_is_missing(there: Estate) -> None:
    await there.held_by(loaded(master(3))).vault.seal("T-last", "c", CREDENTIALS)
    without = there.held_by(loaded(NEW, OLD)).rotation

    with pytest.raises(UnknownKey, match=master(3).id[:8]):
        await without.rewrap()

    assert await there.counts() == {file_key(OLD): 13, file_key(master(3)): 1}


async def test_new_data_keys_seal_everything_anew(before: Estate, there: Estate) -> None:
    sealed = {connection_id: value for _, connection_id, value in await there.sealed()}
    there.seconds += 1

    assert await there.rotation.renew() == Rotated(12)

    now = {connection_id: value for _, connection_id, value in await there.sealed()}
    assert not [each for each in now if now[each].blob[:17] == sealed[each].blob[:17]]
    assert await there.opened() == 12
    assert await before.held_by(loaded(OLD, NEW)).opened() == 12


async def test_usernames_keep_their_digests_so_that_refused_sign_ins_still_count(
    there: Estate,
) -> None:
    digest = await there.vault.username_digest(CREDENTIALS.username)
    there.seconds += 1
    await there.rotation.rewrap()
    await there.rotation.renew()

    restarted = there.held_by(loaded(NEW)).vault
    assert await restarted.username_digest(CREDENTIALS.username) == digest


async def test_a_retired_data_key_stays_for_an_hour_for_what_was_being_sealed(
    there: Estate,
) -> None:
    """A bot that runs beside has sealed by it, and stores that only now."""
    [(workspace_id, connection_id, late), *_] = await there.sealed()
    there.seconds += 1
    await there.rotation.renew()
    await there.put(connection_id, late.blob)
    assert await there.opened() == 12

    there.seconds += HOUR + 1
    later = there.held_by(loaded(NEW, OLD))
    await later.rotation.renew()
    assert await later.opened() == 12
    assert {
        each.blob[1:17] for owner, _, each in await later.sealed() if owner == workspace_id
    } != {late.blob[1:17]}
    assert await later.retired() == 12  # those of the second run


async def test_what_is_cut_off_is_gone_on_with_and_not_begun_anew(there: Estate) -> None:
    rows = await there.table.older(await there.table.begun(), after="", limit=5)
    assert rows == []  # nothing is older than now, which stands still
    there.seconds += 1
    began = await there.table.begun()
    some = await there.table.older(began, after="", limit=5)
    await there.table.renew([await there.rotation._renewed(row) for row in some])

    there.seconds += 60
    assert await there.table.begun() == began
    assert await there.rotation.renew() == Rotated(7)
    there.seconds += 60
    assert await there.rotation.renew() == Rotated(12)


async def test_what_is_damaged_is_left_as_it_is_and_counted(there: Estate) -> None:
    [(_, first, _), (_, second, value), *_] = await there.sealed()
    blob = value.blob[:-1] + bytes([value.blob[-1] ^ 1])
    await there.put(first, b"\1 is no sealed value")
    await there.put(second, blob)
    there.seconds += 1

    assert await there.rotation.rewrap() == Rotated(13)
    assert await there.rotation.renew() == Rotated(12, damaged=2)

    there.seconds += HOUR + 1
    again = there.held_by(loaded(NEW))
    await again.rotation.renew()
    stored = {connection_id: sealed.blob for _, connection_id, sealed in await again.sealed()}
    assert (stored[first], stored[second]) == (b"\1 is no sealed value", blob)
    await again.put(second, value.blob)  # mended: its data key is still there
    mended = there.held_by(loaded(NEW)).vault
    assert await mended.open("T00001", second, value) == CREDENTIALS


async def test_a_data_key_that_does_not_open_is_left_as_it_is_and_counted(there: Estate) -> None:
    rows = await there.table.not_under(file_key(NEW), after="", limit=1)
    owner, wrapped = rows[0]
    broken = replace(wrapped, blob=bytes(77))
    await there.table.rewrap([Rewrap(owner, wrapped, broken)])

    assert await there.rotation.rewrap() == Rotated(12, damaged=1)
    assert await there.counts() == {file_key(NEW): 12, file_key(OLD): 1}
    assert await there.rotation.rewrap() == Rotated(0, damaged=1)


async def test_two_who_rotate_at_once_lose_nothing(there: Estate) -> None:
    other = there.held_by(loaded(NEW, OLD))
    there.seconds += 1
    other.seconds += 1

    done = await asyncio.gather(there.rotation.rewrap(), other.rotation.rewrap())
    renewed = await asyncio.gather(there.rotation.renew(), other.rotation.renew())

    assert sum(each.done for each in done) == 13
    assert sum(each.done for each in renewed) == 12
    assert await there.held_by(loaded(NEW)).opened() == 12


async def test_a_workspace_that_arrives_meanwhile_is_not_missed(there: Estate) -> None:
    """The bot beside holds the old master key alone, and mints under it."""
    await there.rotation.rewrap()
    await there.held_by(loaded(OLD)).vault.seal("T-new", "c", CREDENTIALS)

    assert [each.data_keys for each in await there.rotation.status()] == [13, 1]
    assert await there.rotation.rewrap() == Rotated(1)


async def test_a_source_that_goes_away_on_the_way_is_said_and_the_next_run_goes_on(
    there: Estate,
) -> None:
    class Leaving(KeyRing):
        wraps = 5

        async def wrap(self, material: bytes, bound: Bound) -> tuple[str, bytes]:
            self.wraps -= 1
            if self.wraps < 0:
                raise KeyUnavailable
            return await super().wrap(material, bound)

    leaving = there.held_by(KeySources(Leaving([NEW]), KeyRing([OLD]))).rotation
    there.seconds += 1
    with pytest.raises(KeyUnavailable):
        await leaving.rewrap()

    assert await there.opened() == 12
    assert await there.rotation.rewrap() == Rotated(13)


async def test_a_source_is_asked_for_four_data_keys_at_the_same_time(there: Estate) -> None:
    class Counting(KeyRing):
        asked = most = 0

        async def unwrap(self, ref: str, blob: bytes, bound: Bound) -> bytes:
            self.asked += 1
            self.most = max(self.most, self.asked)
            await asyncio.sleep(0)
            self.asked -= 1
            return await super().unwrap(ref, blob, bound)

    old = Counting([OLD])
    await there.held_by(KeySources(KeyRing([NEW]), old)).rotation.rewrap()

    assert old.most == 4


async def test_the_first_trouble_is_told_and_whoever_still_waits_is_not_waited_for(
    there: Estate,
) -> None:
    class Trouble(KeyRing):
        asked = 0

        async def unwrap(self, ref: str, blob: bytes, bound: Bound) -> bytes:
            self.asked += 1
            if self.asked == 2:
                raise KeyUnavailable("made up")
            await asyncio.Event().wait()
            return b""

    troubled = there.held_by(KeySources(KeyRing([NEW]), Trouble([OLD]))).rotation

    with pytest.raises(KeyUnavailable, match="made up"):
        await troubled.rewrap()


async def test_a_hundred_rows_go_in_a_transaction_however_many_there_are(
    request: pytest.FixtureRequest, sqlite_url: str
) -> None:
    number = 10_000 if request.config.getoption("--long") else 1_000
    async with estate(sqlite_url, loaded(OLD)) as before:
        await before.furnish(number)
        there = before.held_by(loaded(NEW, OLD))
        sizes = transactions(there.database)

        assert await there.rotation.rewrap() == Rotated(number)
        assert sizes == [100] * ceil(number / 100)


async def test_killed_wherever_it_stands_it_leaves_everything_readable(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    kills = 50 if request.config.getoption("--long") else 5
    keys = tmp_path / "bot.key"
    keys.write_bytes(b"".join(b64encode(bytes([each]) * 32) + b"\n" for each in (2, 1)))
    keys.chmod(0o600)
    url = new_file(tmp_path / "before.db")
    async with estate(url, loaded(OLD)) as before:
        await before.furnish(130)
    shutil.copy(tmp_path / "before.db", tmp_path / "all.db")
    moments = int((await _rotating(f"sqlite:///{tmp_path}/all.db", keys))[1])

    for nth in random.Random(7).sample(range(1, moments + 1), kills):  # noqa: S311 - dice, not keys
        path = tmp_path / f"{nth}.db"
        shutil.copy(tmp_path / "before.db", path)
        status, _ = await _rotating(f"sqlite:///{path}", keys, nth)

        assert status == -signal.SIGKILL
        async with estate(f"sqlite:///{path}", loaded(NEW, OLD)) as there:
            assert await there.opened() == 130
            await there.rotation.rewrap()
            await there.rotation.renew()
            assert (await there.counts()).keys() == {file_key(NEW)}
            assert await there.held_by(loaded(NEW)).opened() == 130


async def test_a_key_file_that_changed_is_noticed_where_it_matters() -> None:
    """So a new key on top wraps at once, and one that was added late is found."""
    file = [OLD]
    ring = KeyRing(file, again=lambda: file)
    sources = KeySources(ring)
    file[:] = [NEW, OLD]

    assert ring.known == (OLD.id,)
    assert ring.holds(NEW.id)
    file[:] = [master(3), NEW, OLD]
    wrapped = await sources.wrap("T1", "00", b"made up")
    assert wrapped.master == file_key(master(3))
    file[:] = [master(3)]
    assert await sources.unwrap("T1", wrapped) == b"made up"
    with pytest.raises(Tampered):
        await sources.unwrap("T2", wrapped)


async def _rotating(url: str, keys: Path, *nth: int) -> tuple[int, bytes]:
    """How such a process ended, and what it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.vault.rotating", url, str(keys), *map(str, nth)),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said
