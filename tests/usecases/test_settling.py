"""Between Slack's answer and our own book-keeping."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.domain.errors import StoreUnavailable
from bot.domain.sending import Later
from bot.store.watches import WatchTable
from bot.usecases import check, sweep
from bot.usecases.ports import Due
from bot.usecases.sweep import check_and_tell
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


class AwayAtOnce(WatchTable):
    """Its database is away for the second batch, which lets Slack answer."""

    def __init__(self, house: House, answer: asyncio.Event) -> None:
        super().__init__(house.database, now=house.clock.seconds)
        self.answer = answer
        self.claims = 0

    async def claim_due(self, limit: int) -> Sequence[Due]:
        self.claims += 1
        if self.claims == 2:
            asyncio.get_running_loop().call_soon(self.answer.set)
            raise StoreUnavailable
        return await super().claim_due(limit)


async def test_a_sweep_that_loses_the_database_lets_what_is_being_told_arrive(
    troubled: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "BATCH", 1)
    monkeypatch.setattr(sweep, "CATCH_UP", 0.05)
    slack = troubled.messenger.slow["C1"] = asyncio.Event()
    troubled.clock.pass_(minutes=5)
    ports = replace(troubled.ports, watches=AwayAtOnce(troubled, slack))

    with pytest.raises(StoreUnavailable):
        await check_and_tell(ports)

    assert len(troubled.messenger.said("C1")) == 1
    assert await troubled.ports.outbox.waiting() == (0, 0.0)
