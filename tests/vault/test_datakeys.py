"""Data keys: minted for sealing only, kept opened for a short time."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.domain.errors import Tampered, UnknownKey
from bot.vault.cache import SIZE, TTL, KeyCache
from bot.vault.datakeys import DataKeys
from bot.vault.ring import KeyRing
from bot.vault.seal import Key
from bot.vault.sources import Bound, KeySources
from tests.vault.cast import Rows, Watch, file_key, loaded, master

OLD, NEW = master(1), master(2)


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def keys(rows: Rows, watch: Watch) -> DataKeys:
    return DataKeys(loaded(OLD), rows, monotonic=watch)


async def test_sealing_mints_one_key_for_a_workspace_and_uses_it_again(
    keys: DataKeys, rows: Rows
) -> None:
    first, second = await keys.for_sealing("T1"), await keys.for_sealing("T1")
    other = await keys.for_sealing("T2")

    assert first.id == second.id != other.id
    assert [owner for owner, _ in rows.rows] == ["T1", "T2"]
    assert {row.master for _, row in rows.rows} == {file_key(OLD)}
    assert {len(row.blob) for _, row in rows.rows} == {77}


async def test_where_two_mint_at_once_both_use_the_stored_one(keys: DataKeys, rows: Rows) -> None:
    minted = await asyncio.gather(*(keys.for_sealing("T1") for _ in range(5)))

    assert {key.id for key in minted} == {rows.rows[0][1].id}


async def test_opening_never_mints(keys: DataKeys, rows: Rows) -> None:
    with pytest.raises(Tampered):
        await keys.for_opening("T1", NEW.id)

    assert rows.rows == []


async def test_a_row_moved_to_another_workspace_does_not_open(keys: DataKeys, rows: Rows) -> None:
    key = await keys.for_sealing("T1")
    rows.rows.append(("T2", rows.rows[0][1]))

    with pytest.raises(Tampered):
        await keys.for_opening("T2", key.id)


async def test_a_row_that_goes_by_another_id_does_not_open(keys: DataKeys, rows: Rows) -> None:
    await keys.for_sealing("T1")
    rows.rows.append(("T1", replace(rows.rows[0][1], id=NEW.id)))

    with pytest.raises(Tampered):
        await keys.for_opening("T1", NEW.id)


async def test_a_key_that_does_not_open_is_not_replaced_by_a_new_one(
    keys: DataKeys, rows: Rows
) -> None:
    await keys.for_sealing("T1")

    with pytest.raises(UnknownKey):
        await DataKeys(loaded(NEW), rows).for_sealing("T1")

    assert len(rows.rows) == 1


async def test_the_newest_master_key_wraps_and_the_older_one_still_opens(
    keys: DataKeys, rows: Rows
) -> None:
    old = await keys.for_sealing("T1")
    both = DataKeys(loaded(NEW, OLD), rows)

    await both.for_sealing("T2")

    assert [row.master for _, row in rows.rows] == [file_key(OLD), file_key(NEW)]
    assert (await both.for_opening("T1", old.id)).id == old.id


class Slow(KeyRing):
    """A source that answers once it is told to."""

    asked = 0

    def __init__(self, *keys: Key) -> None:
        super().__init__(keys)
        self.answers = asyncio.Event()

    async def unwrap(self, ref: str, blob: bytes, bound: Bound) -> bytes:
        self.asked += 1
        await self.answers.wait()
        return await super().unwrap(ref, blob, bound)


async def test_a_source_is_asked_once_however_many_wait_and_whoever_gives_up(
    keys: DataKeys, rows: Rows
) -> None:
    key_id = (await keys.for_sealing("T1")).id
    slow = Slow(OLD)
    waiting = DataKeys(KeySources(slow), rows)
    first, *others = (asyncio.create_task(waiting.for_opening("T1", key_id)) for _ in range(5))
    await until(lambda: slow.asked)

    first.cancel()
    slow.answers.set()

    assert {key.id for key in await asyncio.gather(*others)} == {key_id}
    assert first.cancelled()
    assert slow.asked == 1
    await waiting.for_opening("T1", key_id)
    assert slow.asked == 1


async def test_who_waits_hears_what_went_wrong_and_the_next_one_asks_anew(
    keys: DataKeys, rows: Rows
) -> None:
    key_id = (await keys.for_sealing("T1")).id
    good = rows.rows[0]
    rows.rows[0] = ("T1", replace(good[1], blob=bytes(77)))
    slow = Slow(OLD)
    waiting = DataKeys(KeySources(slow), rows)
    tasks = [asyncio.create_task(waiting.for_opening("T1", key_id)) for _ in range(3)]
    await until(lambda: slow.asked)
    slow.answers.set()

    heard = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(each) for each in heard] == [Tampered] * 3
    rows.rows[0] = good
    assert (await waiting.for_opening("T1", key_id)).id == key_id


@pytest.mark.parametrize("planted", [bytes(32), b"", b"too short", bytes(33)])
async def test_a_key_that_somebody_else_has_wrapped_is_no_data_key(
    keys: DataKeys, rows: Rows, planted: bytes
) -> None:
    """Whoever can wrap can plant; the id beside it is that of another key."""
    key_id = (await keys.for_sealing("T1")).id
    bound = {"workspace": "T1", "dek": key_id}
    _, blob = await KeyRing([OLD]).wrap(planted, bound)
    rows.rows[0] = ("T1", replace(rows.rows[0][1], blob=blob))

    with pytest.raises(Tampered):
        await DataKeys(loaded(OLD), rows).for_opening("T1", key_id)


async def until(true: Callable[[], object]) -> None:
    """Let others have their turns."""
    for _ in range(100):
        if true():
            return
        await asyncio.sleep(0)
    raise AssertionError


async def test_an_opened_key_is_kept_for_a_quarter_of_an_hour(
    keys: DataKeys, rows: Rows, watch: Watch
) -> None:
    key_id = (await keys.for_sealing("T1")).id

    assert TTL == 900
    watch.seconds = TTL - 1
    await keys.for_opening("T1", key_id)
    assert rows.reads == 0

    watch.seconds = TTL
    await keys.for_opening("T1", key_id)
    assert rows.reads == 1


async def test_a_forgotten_workspace_needs_its_row_again(keys: DataKeys, rows: Rows) -> None:
    gone, stays = await keys.for_sealing("T1"), await keys.for_sealing("T2")
    rows.rows.clear()

    keys.forget("T1")

    assert (await keys.for_opening("T2", stays.id)).id == stays.id
    with pytest.raises(Tampered):
        await keys.for_opening("T1", gone.id)


def test_no_more_than_a_thousand_keys_are_kept_and_the_oldest_goes_first() -> None:
    watch, key = Watch(), master(1)
    cache = KeyCache(watch)

    for number in range(SIZE):
        cache.put(f"T{number}", key)
    cache.put("T0", key)  # anew: now T1 is the oldest
    cache.put(f"T{SIZE}", key)

    assert len(cache) == SIZE == 1000
    assert cache.get("T0", key.id) is key
    assert cache.get("T1", key.id) is None
    assert cache.get(f"T{SIZE}", key.id) is key
    watch.seconds = TTL
    assert len(cache) == 0


async def test_verifying_counts_what_each_master_key_wrapped(keys: DataKeys, rows: Rows) -> None:
    await keys.for_sealing("T1")
    both = DataKeys(loaded(NEW, OLD), rows)
    await both.for_sealing("T2")

    report = await both.verify()

    assert report.loaded == (file_key(NEW), file_key(OLD))
    assert report.wrapped == {file_key(OLD): 1, file_key(NEW): 1}


async def test_verifying_with_the_wrong_key_names_all_that_are_wanted_and_the_loaded(
    keys: DataKeys, rows: Rows
) -> None:
    await keys.for_sealing("T1")
    await DataKeys(loaded(master(3)), rows).for_sealing("T2")
    wanted = ", ".join(sorted((OLD.id[:8], master(3).id[:8])))

    with pytest.raises(UnknownKey) as refused:
        await DataKeys(loaded(NEW), rows).verify()

    assert refused.value.message == f"Master key wanted: {wanted}; loaded: {NEW.id[:8]}."
    assert "autotask-bot doctor" in refused.value.hint


async def test_whoever_looks_for_a_key_is_told_of_all_that_are_loaded(rows: Rows) -> None:
    await DataKeys(loaded(master(3)), rows).for_sealing("T1")
    several = KeySources(KeyRing([NEW, OLD]), KeyRing([master(4)]))

    with pytest.raises(UnknownKey) as refused:
        await DataKeys(several, rows).verify()

    names = [each.id[:8] for each in (NEW, OLD, master(4))]
    assert refused.value.message.endswith(f"; loaded: {', '.join(names)}.")


async def test_one_damaged_row_does_not_keep_the_others_from_starting(
    keys: DataKeys, rows: Rows
) -> None:
    await keys.for_sealing("T1")
    rows.rows[0] = ("T1", replace(rows.rows[0][1], blob=bytes(77)))
    with pytest.raises(Tampered, match=OLD.id[:8]):
        await keys.verify()

    await keys.for_sealing("T2")

    assert (await keys.verify()).wrapped == {file_key(OLD): 2}
