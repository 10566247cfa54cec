"""The night in which clocks change, where the machine's own clock is a local one."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.status import Status
from tests.fakes import REFUSED
from tests.usecases.conftest import House

CHANGES = [datetime(2026, 3, 29, 0, tzinfo=UTC), datetime(2026, 10, 25, 0, tzinfo=UTC)]
"""An hour before one is left out in Berlin, and before one comes twice."""


@pytest.fixture(autouse=True)
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("midnight", CHANGES)
async def test_checks_and_confirmations_keep_their_pace(house: House, midnight: datetime) -> None:
    dawn = midnight + timedelta(hours=2)
    assert (
        time.localtime(midnight.timestamp()).tm_isdst != time.localtime(dawn.timestamp()).tm_isdst
    )
    house.clock.time = midnight
    await house.connect()
    house.autotask.sign_ins.clear()
    per_hour: list[int] = []
    for _ in range(2):
        await house.live(hours=1, step=5)
        per_hour.append(len(house.autotask.sign_ins) - sum(per_hour))
    assert per_hour == [12, 12]

    house.autotask.answer = REFUSED
    await house.live(hours=0.2)
    assert (await house.overview()).watch.status is Status.INACTIVE
