"""The weekly digest."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import NoSuchConnection, NotAllowed
from bot.domain.gap import bulletin
from bot.domain.people import Person
from bot.usecases.digest import tell_digests, want_digest
from tests.fakes import DOWN, FINE
from tests.usecases.conftest import ALICE, BOB, MALLORY, House

BERLIN = replace(ALICE, tz="Europe/Berlin")
MONDAY = datetime(2026, 1, 5, 8, tzinfo=UTC)
"""09:00 in Berlin; the house begins on the Friday before."""


async def subscribe(house: House, name: str = "Autotask", person: Person = BERLIN) -> str:
    connection_id = (await house.overview(name)).connection.id
    await want_digest(house.ports, person, connection_id, wanted=True)
    return connection_id


async def at(house: House, moment: datetime) -> list[str]:
    """The digests that stand in the channel by then."""
    house.clock.pass_(seconds=(moment - house.clock.now()).total_seconds())
    await tell_digests(house.ports)
    await house.deliver()
    return [each for each in house.messenger.said("C1") if "seven days" in each]


async def test_it_comes_on_monday_at_nine_once(house: House) -> None:
    await house.connect()
    await subscribe(house)

    assert await at(house, MONDAY - timedelta(minutes=1)) == []
    assert len(await at(house, MONDAY)) == 1
    assert len(await at(house, MONDAY + timedelta(minutes=1))) == 1
    assert len(await at(house, MONDAY + timedelta(days=7))) == 2


async def test_whoever_joins_on_monday_morning_from_another_time_zone_brings_no_second_one(
    house: House,
) -> None:
    tokyo, new_york = (replace(ALICE, tz=each) for each in ("Asia/Tokyo", "America/New_York"))
    await house.connect(name="Beta")
    await house.connect(name="Alpha", username="a1b2c3d4e5f6g99@example.com")
    await subscribe(house, "Beta", tokyo)
    assert len(await at(house, MONDAY - timedelta(hours=7))) == 1
    beta = (await house.overview("Beta")).connection.id
    await subscribe(house, "Alpha", new_york)
    assert len(await at(house, MONDAY + timedelta(hours=7))) == 1
    await want_digest(house.ports, tokyo, beta, wanted=False)
    assert len(await at(house, MONDAY + timedelta(hours=8))) == 1

    assert len(await at(house, MONDAY + timedelta(days=7, hours=7))) == 2


async def test_it_says_what_the_week_was_like(house: House) -> None:
    await house.connect()
    await subscribe(house)
    house.autotask.answer = DOWN
    await house.live(hours=1)
    house.autotask.answer = FINE
    await house.live(hours=1)

    (digest,) = await at(house, MONDAY)

    assert "Autotask (Lakeside IT): Active, up" in digest
    assert "1 incident, mended in" in digest
    assert "slowest check 0.2 s" in digest


async def test_a_channel_gets_one_for_all_that_want_it(house: House) -> None:
    for name in ("one", "two", "three"):
        await house.connect(name=name)
    await subscribe(house, "one")
    await subscribe(house, "two")

    (digest,) = await at(house, MONDAY)

    assert "one (Lakeside IT)" in digest
    assert "two (Lakeside IT)" in digest
    assert "three" not in digest


async def test_two_replicas_tell_once(house: House) -> None:
    await house.connect()
    connection_id = await subscribe(house)
    await at(house, MONDAY)
    subscriptions = house.ports.subscriptions
    (told,) = await subscriptions.told(since=MONDAY)
    async with house.database.read() as view:
        alert_ids = {row.id for row in await view.exec_driver_sql("SELECT id FROM alerts")}

    connection = (await house.ports.connections.get("T1", connection_id)).connection
    again = bulletin(connection, "again", now=MONDAY, id="other")
    assert not await subscriptions.owe(("T1", "C1"), told[2], again)
    async with house.database.read() as view:
        rows = await view.exec_driver_sql("SELECT id FROM alerts")
        assert {row.id for row in rows} == alert_ids


async def test_whoever_asks_for_it_on_monday_waits_for_the_next(house: House) -> None:
    await house.connect()
    await at(house, MONDAY + timedelta(hours=1))
    await subscribe(house)

    assert await at(house, MONDAY + timedelta(hours=2)) == []


async def test_a_bot_that_was_away_on_monday_morning_tells_later_that_day_and_not_on_tuesday(
    house: House,
) -> None:
    await house.connect()
    await subscribe(house)

    assert len(await at(house, MONDAY + timedelta(hours=23))) == 1
    assert len(await at(house, MONDAY + timedelta(days=8, hours=1))) == 1


async def test_who_does_not_want_it_any_more_gets_none(house: House) -> None:
    await house.connect()
    connection_id = await subscribe(house)
    assert await house.ports.subscriptions.wanted("T1", connection_id)
    await want_digest(house.ports, BERLIN, connection_id, wanted=False)

    assert not await house.ports.subscriptions.wanted("T1", connection_id)
    assert await at(house, MONDAY) == []


async def test_it_is_for_managers_and_for_their_own_workspace(house: House) -> None:
    await house.connect()
    connection_id = (await house.overview()).connection.id

    with pytest.raises(NotAllowed):
        await want_digest(house.ports, BOB, connection_id, wanted=True)
    with pytest.raises(NoSuchConnection):
        await want_digest(house.ports, MALLORY, connection_id, wanted=True)
