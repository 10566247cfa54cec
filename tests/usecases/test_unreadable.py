"""Stored credentials that were altered, or swapped by somebody who can write the database."""

import logging

import pytest
from sqlalchemy import select, update

from bot.domain.status import Status
from bot.store.schema import connections
from tests.usecases.conftest import VALUES, House

NAMES = ("one", "two", "three")


@pytest.fixture
async def house(house: House) -> House:
    """Three connections, each with a channel of its own."""
    for name in NAMES:
        user = f"a1b2c3d4e5{name:0>5}@example.com"
        await house.connect(name=name, channel=f"C-{name}", username=user)
    house.messenger.texts.clear()
    house.autotask.sign_ins.clear()
    return house


async def blobs(house: House) -> dict[str, bytes]:
    async with house.database.read() as view:
        rows = await view.execute(select(connections.c.name, connections.c.sealed))
        return {row.name: row.sealed for row in rows}


async def put(house: House, name: str, blob: bytes) -> None:
    async with house.database.write() as transaction:
        this = update(connections).where(connections.c.name == name)
        await transaction.execute(this.values(sealed=blob))


async def test_one_that_was_altered_is_told_once_and_the_others_go_on(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    blob = (await blobs(house))["one"]
    await put(house, "one", blob[:-1] + bytes([blob[-1] ^ 1]))
    await house.live(hours=0.5, step=5)

    (told,) = house.messenger.said("C-one")
    assert "stored credentials unreadable" in told
    assert "Press Update credentials" in told
    assert house.messenger.said("C-two") == house.messenger.said("C-three") == []
    assert {each.username.reveal()[10:15] for each in house.autotask.sign_ins} == {"00two", "three"}
    assert not [each for each in VALUES.values() if each in caplog.text]
    assert blob.hex() not in caplog.text


async def test_two_that_were_swapped_are_both_told_and_neither_is_sent(house: House) -> None:
    stored = await blobs(house)
    await put(house, "one", stored["two"])
    await put(house, "two", stored["one"])
    await house.live(hours=0.5, step=5)

    assert [len(house.messenger.said(f"C-{name}")) for name in NAMES] == [1, 1, 0]
    assert {each.username.reveal()[10:15] for each in house.autotask.sign_ins} == {"three"}


async def test_put_back_as_it_was_it_works_again(house: House) -> None:
    blob = (await blobs(house))["one"]
    await put(house, "one", b"")
    await house.live(hours=0.5, step=5)
    assert (await house.overview("one")).watch.status is Status.INACTIVE

    await put(house, "one", blob)
    await house.live(hours=0.5, step=5)
    assert (await house.overview("one")).watch.status is Status.ACTIVE
