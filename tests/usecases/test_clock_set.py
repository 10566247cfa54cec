"""A time of day that somebody sets, while the bot runs and while it does not."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.domain.sending import Later
from bot.domain.status import Status
from bot.store.schema import failed_logins
from bot.usecases.acknowledge import acknowledge, snooze
from bot.usecases.attend import attend_due
from bot.usecases.watchdog import Watchdog
from tests.fakes import FINE, REFUSED
from tests.usecases.conftest import BOB, House
from tests.usecases.test_watchdog import restart, watchdog

AWAY = Later("service_unavailable")
BUSY = Later("ratelimited", after=30.0)


@pytest.fixture
async def dog(house: House) -> Watchdog:
    """A process that serves, with one connection, refused and told of."""
    found = watchdog(house)
    await found.start()
    await house.connect()
    house.autotask.answer = REFUSED
    await serve(house, found, minutes=8)
    assert "Inactive" in house.messenger.said("C1")[-1]
    return found


async def serve(house: House, dog: Watchdog, *, minutes: int, step: int = 1) -> None:
    """Every tick, each minute or `step`."""
    for _ in range(minutes // step):
        house.clock.pass_(minutes=step)
        await dog.beat()
        await dog.sweep()
        await attend_due(house.ports)
        await house.deliver()


async def set_back(house: House, dog: Watchdog, *, running: bool) -> Watchdog:
    """By a day; `running`: under the eyes of the process, else between it and the next one."""
    house.clock.set_by(days=-1)
    if running:
        await dog.beat()
        return dog
    return await restart(house, after=timedelta(minutes=1))


@pytest.mark.parametrize("running", [True, False])
async def test_no_channel_falls_silent_though_it_was_just_written_to(
    house: House, dog: Watchdog, *, running: bool
) -> None:
    connection_id = (await house.overview()).connection.id
    await acknowledge(house.ports, BOB, connection_id)
    await house.deliver()
    again = await set_back(house, dog, running=running)
    await snooze(house.ports, BOB, connection_id, "4h")
    await serve(house, again, minutes=1)

    (lines,) = house.messenger.threads.values()
    assert any("Snoozed" in each for each in lines)
    assert await house.ports.outbox.waiting() == (0, 0.0)


@pytest.mark.parametrize("running", [True, False])
async def test_a_channel_that_slack_has_held_up_is_held_up_no_longer_than_it_said(
    house: House, dog: Watchdog, *, running: bool
) -> None:
    house.messenger.closed["C1"] = BUSY
    await acknowledge(house.ports, BOB, (await house.overview()).connection.id)
    await house.deliver()
    house.messenger.closed.clear()
    again = await set_back(house, dog, running=running)
    await serve(house, again, minutes=1)

    assert await house.ports.outbox.waiting() == (0, 0.0)


@pytest.mark.parametrize("running", [True, False])
async def test_a_refused_connection_is_looked_at_in_its_turn_and_nothing_is_forgotten(
    house: House, dog: Watchdog, *, running: bool
) -> None:
    async with house.database.read() as view:
        before = await view.scalar(select(failed_logins.c.in_a_row))
    again = await set_back(house, dog, running=running)
    async with house.database.read() as view:
        book = (await view.execute(select(failed_logins))).one()
    assert (book.in_a_row, book.last_at <= house.clock.now()) == (before, True)

    house.autotask.answer = FINE
    await serve(house, again, minutes=30)

    assert (await house.overview()).watch.status is Status.ACTIVE
    assert "*Active* again" in house.messenger.said("C1")[1]


@pytest.mark.parametrize("running", [True, False])
async def test_a_clock_set_back_again_and_again_brings_no_sign_in_beyond_the_budget(
    house: House, dog: Watchdog, *, running: bool
) -> None:
    for _ in range(3):
        dog = await set_back(house, dog, running=running)
        await serve(house, dog, minutes=8 * 60, step=20)

    assert len(house.autotask.sign_ins) == 1 + 4  # what was accepted, and the budget


@pytest.mark.parametrize("running", [True, False])
async def test_reminders_and_the_end_of_a_snooze_come_as_soon_as_was_meant(
    house: House, dog: Watchdog, *, running: bool
) -> None:
    again = await set_back(house, dog, running=running)
    await serve(house, again, minutes=65)
    (lines,) = house.messenger.threads.values()
    assert [each for each in lines if each.startswith("Still inactive")]

    await snooze(house.ports, BOB, (await house.overview()).connection.id, "1h")
    again = await set_back(house, again, running=running)
    await serve(house, again, minutes=65)

    assert (await house.overview()).watch.snoozed_until is None


async def test_the_health_check_tells_of_an_alert_that_lies_though_the_clock_was_set_back(
    house: House, dog: Watchdog
) -> None:
    await acknowledge(house.ports, BOB, (await house.overview()).connection.id)
    house.clock.set_by(days=-1)
    for _ in range(6):
        await dog.beat()
        house.clock.pass_(minutes=1)

    assert await dog.trouble() == "outbox"


async def test_the_health_check_does_not_blame_the_bot_for_a_channel_that_slack_holds_up(
    house: House, dog: Watchdog
) -> None:
    house.messenger.closed["C1"] = Later("ratelimited", after=900.0)
    await acknowledge(house.ports, BOB, (await house.overview()).connection.id)
    for _ in range(20):
        await serve(house, dog, minutes=2)
        assert await dog.trouble() == ""


async def test_a_day_that_the_clock_skips_is_no_day_of_tries(house: House, dog: Watchdog) -> None:
    house.messenger.closed["C1"] = AWAY
    await acknowledge(house.ports, BOB, (await house.overview()).connection.id)
    await house.deliver()
    house.clock.set_by(days=1)
    await serve(house, dog, minutes=30)
    assert await house.ports.outbox.dead() == 0

    house.messenger.closed.clear()
    await serve(house, dog, minutes=20)

    assert await house.ports.outbox.waiting() == (0, 0.0)
    assert await house.ports.outbox.dead() == 0


async def test_a_day_without_the_bot_is_no_day_of_tries(house: House, dog: Watchdog) -> None:
    house.messenger.closed["C1"] = AWAY
    await acknowledge(house.ports, BOB, (await house.overview()).connection.id)
    await house.deliver()
    again = await restart(house, after=timedelta(hours=25))
    await house.deliver()
    house.messenger.closed.clear()
    await serve(house, again, minutes=20)

    assert await house.ports.outbox.waiting() == (0, 0.0)
    assert await house.ports.outbox.dead() == 0


async def test_an_edit_that_was_given_up_is_made_as_soon_as_the_channel_takes_something(
    house: House, dog: Watchdog
) -> None:
    house.autotask.answer = FINE
    house.messenger.closed["C1"] = AWAY
    await serve(house, dog, minutes=27 * 60, step=5)
    assert await house.ports.outbox.dead() >= 1
    assert "Inactive" in house.messenger.said("C1")[1]
    house.messenger.closed.clear()
    await serve(house, dog, minutes=20)

    assert "*Active* again" in house.messenger.said("C1")[1]
    assert await house.ports.outbox.dead() == 0
