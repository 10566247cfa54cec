import asyncio
from dataclasses import replace

from bot.usecases.data_keys import MasterKey, WrappedKey
from tests.store.cast import NOW, Store

KEY = WrappedKey("00ff", MasterKey("file", "made-up"), b"wrapped")


async def test_a_workspace_is_remembered_once(store: Store) -> None:
    assert await store.workspaces.remember("T3", "T3")
    assert not await store.workspaces.remember("T3", "Example")
    assert not await store.workspaces.remember("T3", "T3")

    assert await store.workspaces.ids() == ["T1", "T2", "T3"]
    async with store.database.read() as view:
        names = await view.exec_driver_sql("SELECT name FROM workspaces WHERE id = 'T3'")
        assert names.scalars().all() == ["Example"]


async def test_of_many_who_are_the_first_to_see_a_workspace_one_is(store: Store) -> None:
    told = await asyncio.gather(*(store.workspaces.remember("T4", "Example") for _ in range(4)))

    assert sorted(told) == [False, False, False, True]


async def test_people_are_named_and_dropped_and_the_others_stay(store: Store) -> None:
    workspaces = store.workspaces
    await workspaces.name_managers("T1", ["U1", "U2", "U2"], by="UA", at=NOW)
    await workspaces.name_managers("T9", ["U2", "U9"], by="UA", at=NOW)

    named = await workspaces.name_managers("T1", ["U1", "U3"], dropped=["U2"], by="UB", at=NOW)

    assert named == await workspaces.managers("T1") == {"U1", "U3"}
    assert await workspaces.managers("T9") == {"U2", "U9"}
    async with store.database.read() as view:
        rows = await view.exec_driver_sql("SELECT user_id, named_by FROM managers ORDER BY user_id")
        by = [tuple(each) for each in rows]
    assert by == [
        ("U1", "UA"),
        ("U2", "UA"),
        ("U3", "UB"),
        ("U9", "UA"),
    ]


async def test_two_who_mint_a_key_at_once_use_the_same(store: Store) -> None:
    minted = [replace(KEY, id=f"0{number}") for number in range(4)]

    in_use = await asyncio.gather(*(store.data_keys.add("T1", key) for key in minted))

    assert len({key.id for key in in_use}) == 1
    assert await store.data_keys.current("T1") == in_use[0]
    assert await store.data_keys.all() == [("T1", in_use[0])]


async def test_a_key_belongs_to_its_workspace_or_the_installation(store: Store) -> None:
    own = await store.data_keys.add("", replace(KEY, id="aa"))
    await store.data_keys.add("T1", KEY)

    assert await store.data_keys.current("") == own
    assert await store.data_keys.get("T1", KEY.id) == KEY
    assert await store.data_keys.get("T2", KEY.id) is None
    assert await store.data_keys.current("T2") is None


async def test_a_retired_key_still_opens(store: Store) -> None:
    await store.data_keys.add("T1", KEY)
    async with store.database.write() as transaction:
        await transaction.exec_driver_sql("UPDATE data_keys SET retired_at = 1")

    newer = await store.data_keys.add("T1", replace(KEY, id="bb"))

    assert await store.data_keys.current("T1") == newer
    assert await store.data_keys.get("T1", KEY.id) == KEY
