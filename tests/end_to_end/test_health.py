"""What /healthz looks at."""

from collections.abc import AsyncIterator
from functools import partial

import pytest
from slack_bolt.async_app import AsyncApp

from bot.domain.gap import bulletin
from bot.domain.secret import Secret
from bot.scheduler import LATE, Scheduler
from bot.slack.client import open_client
from bot.slack.socket import AWAY, Socket
from bot.ticks import STALE, trouble
from bot.usecases.outside import AWAY as OUT_OF_REACH
from bot.usecases.outside import Outside
from bot.usecases.watchdog import Watchdog
from tests.fakes import FakeWitness
from tests.usecases.conftest import House, house

__all__ = ["house"]


@pytest.fixture
def witness(house: House) -> FakeWitness:
    return FakeWitness(house.clock)


@pytest.fixture
async def watchdog(house: House, witness: FakeWitness) -> Watchdog:
    """Started, and everything is in order."""
    outside = Outside(witness, house.clock)
    found = Watchdog(house.ports, "n1", house.clock.now(), lambda: 0.0, outside)
    await found.start()
    return found


@pytest.fixture
async def socket(moment: list[float]) -> AsyncIterator[Socket]:
    """Was reachable at the moment 0."""
    async with open_client(Secret("xoxb-made-up"), api_url="http://127.0.0.1:9/api/") as client:
        app = AsyncApp(client=client, request_verification_enabled=False)
        found = Socket(app, Secret("xapp-made-up"), monotonic=lambda: moment[0])
        yield found
        await found.close()


@pytest.fixture
def moment() -> list[float]:
    return [0.0]


async def test_a_bot_that_slack_has_not_reached_for_two_minutes_is_not_healthy(
    watchdog: Watchdog, socket: Socket, moment: list[float]
) -> None:
    wrong = partial(trouble, watchdog, Scheduler({}))

    assert await wrong(socket) == ""
    moment[0] = AWAY + 1
    assert await wrong(socket) == "slack"
    assert await wrong(None) == ""


async def test_ticks_that_do_not_end_are_not_healthy(watchdog: Watchdog) -> None:
    moment = 0.0

    async def tick() -> None:
        """Never comes to its turn."""

    scheduler = Scheduler({"check": tick}, monotonic=lambda: moment)
    scheduler.start()
    moment = LATE + 1

    assert await trouble(watchdog, scheduler, None) == "ticks"
    await scheduler.stop(1)


async def test_a_sign_of_life_that_is_a_minute_old_is_not_healthy(watchdog: Watchdog) -> None:
    moment = 0.0

    async def beat() -> None:
        """Never comes to its turn again."""

    scheduler = Scheduler({"beat": beat}, late=STALE, monotonic=lambda: moment)
    scheduler.start()
    moment = 59.0
    assert await trouble(watchdog, scheduler, None) == ""
    moment = 60.0
    assert await trouble(watchdog, scheduler, None) == "ticks"
    await scheduler.stop(1)


async def test_a_slack_that_has_been_away_is_not_healthy_over_http_either(
    house: House, watchdog: Watchdog, witness: FakeWitness
) -> None:
    """Nothing is owed, and no line is open that could break."""
    wrong = partial(trouble, watchdog, Scheduler({}), None)
    witness.away = True
    house.clock.pass_(seconds=OUT_OF_REACH)
    await watchdog.outside.look()
    assert await wrong() == ""
    house.clock.pass_(seconds=1)
    assert await wrong() == "slack"

    witness.away = False
    await watchdog.outside.look()
    assert await wrong() == ""


async def test_a_slack_that_refuses_the_bot_is_not_healthy_at_once(
    watchdog: Watchdog, witness: FakeWitness
) -> None:
    wrong = partial(trouble, watchdog, Scheduler({}), None)
    witness.refused = "token_revoked"
    await watchdog.outside.look()
    assert await wrong() == "slack"

    witness.refused = ""
    await watchdog.outside.look()
    assert await wrong() == ""


async def test_a_database_that_can_be_read_but_not_written_is_not_healthy(
    house: House, watchdog: Watchdog
) -> None:
    async with house.database.read() as connection:
        await connection.exec_driver_sql("PRAGMA query_only=ON")
    house.clock.pass_(seconds=6)

    assert await trouble(watchdog, Scheduler({}), None) == "database"


async def test_checks_that_are_never_made_are_not_healthy(house: House, watchdog: Watchdog) -> None:
    await house.connect()
    for _ in range(15):
        house.clock.pass_(minutes=1)
        await watchdog.outside.look()
        await watchdog.beat()
    wrong = partial(trouble, watchdog, Scheduler({}), None)

    assert await wrong() == ""
    house.clock.pass_(minutes=1)
    await house.ports.watches.claim_due(1)  # begun, and never ended
    assert await wrong() == "checks"
    await watchdog.sweep()
    house.clock.pass_(minutes=1)
    await watchdog.sweep()
    assert await wrong() == ""


async def test_an_alert_that_nobody_delivers_is_not_healthy_unless_slack_is_away(
    house: House, watchdog: Watchdog
) -> None:
    await house.connect()
    connection = (await house.overview()).connection
    alert = bulletin(connection, "news", now=house.clock.now(), id="a1")
    async with house.database.write() as transaction:
        from bot.store.gaps import _owe  # noqa: PLC0415 - the least that owes an alert

        await _owe(transaction, [alert])

    async def wrong() -> str:
        await watchdog.outside.look()
        return await trouble(watchdog, Scheduler({}), None)

    house.clock.pass_(minutes=4)
    assert await wrong() == ""
    house.clock.pass_(minutes=2)
    assert await wrong() == "outbox"
    house.messenger.cut_off = True
    assert await wrong() == ""
    house.messenger.cut_off = False
    await house.deliver()
    assert await wrong() == ""
