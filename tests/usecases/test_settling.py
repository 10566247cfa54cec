"""Between Slack's answer and our own book-keeping."""

import pytest

from bot.domain.errors import StoreUnavailable
from bot.domain.sending import Later
from tests.fakes import DOWN
from tests.usecases.conftest import House


@pytest.fixture
async def troubled(house: House) -> House:
    """Away and confirmed: one alert is owed, and nothing was delivered."""
    await house.connect()
    await house.deliver()
    house.messenger.texts.clear()
    house.messenger.calls.clear()
    house.autotask.answer = DOWN
    for _ in range(4):
        house.clock.pass_(minutes=5)
        await house.check()
    return house


async def test_an_alert_that_slack_has_taken_while_the_database_was_locked_stands_once(
    troubled: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def locked(*_: object, **__: object) -> None:
        raise StoreUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(troubled.ports.outbox, "sent", locked)
        await troubled.deliver()
    assert (await troubled.ports.outbox.waiting())[0] == 1
    troubled.clock.pass_(minutes=2)
    await troubled.deliver()

    assert len(troubled.messenger.said("C1")) == 1
    assert await troubled.ports.outbox.waiting() == (0, 0.0)


@pytest.mark.parametrize(("jitter", "pause"), [(1.0, 1.2), (-1.0, 0.8)])
async def test_pauses_are_spread_by_a_fifth_so_that_not_all_come_back_at_once(
    troubled: House, monkeypatch: pytest.MonkeyPatch, jitter: float, pause: float
) -> None:
    monkeypatch.setattr(troubled.clock, "jitter", lambda: jitter)
    troubled.messenger.closed["C1"] = Later("service_unavailable")
    await troubled.deliver()
    troubled.clock.pass_(seconds=pause - 0.05)
    await troubled.deliver()
    assert len(troubled.messenger.calls) == 1

    troubled.clock.pass_(seconds=0.05)
    await troubled.deliver()
    assert len(troubled.messenger.calls) == 2
