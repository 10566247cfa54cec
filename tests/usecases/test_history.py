"""What is kept of the checks, and what it says later."""

from datetime import timedelta

from bot.domain.uptime import Uptime
from bot.store.history import HistoryTable
from bot.usecases.report import report, uptimes
from bot.usecases.tidy import tidy
from tests.fakes import DOWN, FINE, OURS
from tests.usecases.conftest import ALICE, MALLORY, House

HOUR = timedelta(hours=1)


async def uptime(house: House) -> Uptime:
    overviews = await report(house.ports, ALICE)
    return (await uptimes(house.ports, overviews))[overviews[0].connection.id]


async def count(house: House, table: str) -> int:
    async with house.database.read() as view:
        found = await view.exec_driver_sql(f"SELECT count(*) FROM {table}")  # noqa: S608
        return int(found.scalar_one())


async def test_a_connection_that_always_worked_was_up_all_the_time(house: House) -> None:
    await house.connect()
    await house.live(hours=2, step=5)

    found = await uptime(house)

    assert found.day.uptime == found.month.uptime == 1
    assert found.day.ok == found.month.elapsed == 2 * HOUR


async def test_an_outage_counts_and_our_own_does_not(house: House) -> None:
    await house.connect()
    await house.live(hours=1, step=5)
    house.autotask.answer = DOWN
    await house.live(hours=1)
    house.autotask.answer = FINE
    await house.live(hours=1)
    house.autotask.answer = OURS
    await house.live(hours=1)

    found = (await uptime(house)).day

    assert timedelta(minutes=50) < found.failed < timedelta(minutes=65)
    assert timedelta(minutes=45) < found.unknown < HOUR
    assert found.elapsed == 4 * HOUR


async def test_rolling_up_changes_nothing_that_is_said(house: House) -> None:
    await house.connect()
    await house.live(hours=3, step=5)
    house.autotask.answer = DOWN
    await house.live(hours=3, step=5)
    before = await uptime(house)

    assert await tidy(house.ports) > 0

    assert await uptime(house) == before
    assert await count(house, "rollups WHERE size = 'hour'") >= 4


async def test_a_step_that_was_cut_off_is_done_again_by_anybody(house: House) -> None:
    for number in range(50):
        await house.connect(name=f"N{number}")
    await house.live(hours=3, step=60)
    before = await uptime(house)
    other = HistoryTable(house.database)
    while await other.tidy(now=house.clock.now()):
        if not await house.ports.history.tidy(now=house.clock.now()):
            break

    assert await uptime(house) == before
    assert not await tidy(house.ports)
    assert await count(house, "rollups WHERE size = 'hour'") == 50 * 2


async def test_single_checks_are_forgotten_after_three_days_and_what_they_said_is_not(
    house: House,
) -> None:
    await house.connect()
    for _ in range(5):
        await house.live(hours=24, step=90)
        await tidy(house.ports)
    for _ in range(3):
        await tidy(house.ports)

    assert await count(house, "checks") < 4 * 16 + 10
    assert await count(house, "rollups WHERE size = 'day'") == 5
    found = await uptime(house)
    assert found.week.elapsed == 120 * HOUR
    assert found.day.elapsed == 24 * HOUR


async def test_hours_are_kept_for_35_days(house: House) -> None:
    await house.connect()
    await house.live(hours=3, step=60)
    await tidy(house.ports)
    async with house.database.write() as transaction:
        days = 36 * 86_400 * 1_000_000
        await transaction.exec_driver_sql(f"UPDATE rollups SET start = start - {days}")  # noqa: S608
    kept = await count(house, "rollups WHERE size = 'hour'")
    await house.live(hours=1, step=60)
    await tidy(house.ports)

    assert (kept, await count(house, "rollups WHERE size = 'hour'")) == (2, 1)


async def test_hour_by_hour_there_is_what_each_check_took(house: House) -> None:
    await house.connect()
    await house.live(hours=4, step=5)
    await tidy(house.ports)
    now = house.clock.now()

    one = (await house.overview()).connection.id
    since = now - timedelta(hours=6)

    hours = (await house.ports.history.hours("T1", [one], since=since, until=now))[one]

    assert [each.hour for each, _ in hours] == [12, 13, 14, 15]
    assert {tally.latency for _, tally in hours} == {timedelta(milliseconds=200)}
    assert await house.ports.history.hours("T2", [one], since=since, until=now) == {}


async def test_incidents_come_newest_first_and_only_to_their_workspace(house: House) -> None:
    await house.connect()
    for _ in range(3):
        house.autotask.answer = DOWN
        await house.live(hours=0.5)
        house.autotask.answer = FINE
        await house.live(hours=0.5)
    history, one = house.ports.history, (await house.overview()).connection.id
    since = house.clock.now() - 2 * HOUR

    found = await history.incidents("T1", one, since=since, limit=9)

    assert [each.number for each in found] == [3, 2]
    assert [each.number for each in await history.incidents("T1", one, since=since, limit=1)] == [3]
    assert await history.incidents(MALLORY.workspace_id, one, since=since, limit=9) == []
    assert await history.uptime(MALLORY.workspace_id, [one], now=house.clock.now()) == {}
