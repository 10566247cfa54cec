"""One bad row, or a fault of ours over one connection: it is put aside, and nobody else notices."""

import logging
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import BigInteger, ColumnElement, literal_column, select, type_coerce, update

from bot.domain import announce
from bot.domain.announce import Told
from bot.domain.credentials import Credentials
from bot.domain.observation import Observation
from bot.domain.policy import Policy
from bot.domain.sending import Undeliverable
from bot.domain.status import Status, Watch
from bot.store.schema import connections, watches
from bot.usecases import attend
from bot.usecases.attend import attend_due
from bot.usecases.blindness import look_for_blindness
from bot.usecases.connect import Connected
from tests.fakes import FINE, REFUSED, FakeAutotask
from tests.usecases.conftest import House

MADE_UP: ColumnElement[Any] = literal_column("'made_up'")
BAD = "a1b2c3d4e5f0bad@example.com"


@pytest.fixture
async def house(house: House) -> House:
    """Two connections, of which one will be bad."""
    await house.connect(name="good", channel="C1")
    connected = await house.connect(name="bad", channel="C2", username=BAD)
    assert isinstance(connected, Connected)
    house.messenger.texts.clear()
    return house


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged as one."""
    return [each.message for each in caplog.records if each.levelno >= logging.ERROR]


class Stumbling(FakeAutotask):
    """Makes our own code fall over one user."""

    async def check(self, credentials: Credentials, **asked: Any) -> Observation:
        seen = await super().check(credentials, **asked)
        if credentials.username.reveal() == BAD:
            raise ZeroDivisionError
        return seen


async def put(house: House, **values: ColumnElement[Any] | None) -> None:
    """Write this into the bad one's row, past all that guards it."""
    bad = select(connections.c.id).where(connections.c.name == "bad").scalar_subquery()
    async with house.database.write() as transaction:
        await transaction.execute(
            update(watches).where(watches.c.connection_id == bad).values(values)
        )


async def test_a_row_that_cannot_be_read_stops_no_check_and_is_logged_once_an_hour(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Such as one that a newer version has written."""
    await put(house, cause=MADE_UP)
    house.autotask.answer = REFUSED
    await house.live(hours=1, step=2.5)

    assert errors(caplog) == ["row_unreadable"]
    assert (await house.overview("good")).watch.status is Status.INACTIVE
    assert "Inactive" in house.messenger.said("C1")[0]


async def test_nor_an_alert_on_its_way_past_a_closed_channel(house: House) -> None:
    await put(house, cause=MADE_UP)
    house.autotask.answer = REFUSED
    house.messenger.closed["C1"] = Undeliverable("is_archived")
    await house.live(hours=0.2)

    alert, why = house.messenger.said("U1")
    assert "Inactive" in alert
    assert "I cannot post in" in why


async def test_people_are_told_that_nobody_watches_it_and_it_goes_on_once_it_can_be_read(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await put(house, cause=MADE_UP)
    for _ in range(5):
        await house.live(hours=0.25, step=5)
        await look_for_blindness(house.ports)
    await house.deliver()
    assert errors(caplog) == ["row_unreadable", "row_unreadable"]
    (said,) = house.messenger.said("C2")
    assert "Nobody has been watching Autotask since" in said
    assert house.messenger.said("C1") == []

    await put(house, cause=None)
    house.autotask.sign_ins.clear()
    await house.live(hours=1, step=2.5)
    assert BAD in {each.username.reveal() for each in house.autotask.sign_ins}


async def test_a_fault_of_ours_over_one_connection_is_tried_again_after_an_hour(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.autotask = Stumbling()
    house.ports = replace(house.ports, autotask=house.autotask)
    await house.live(hours=1, step=2.5)

    assert errors(caplog) == ["check_failed"]
    asked = [each.username.reveal() for each in house.autotask.sign_ins]
    assert asked.count(BAD) == 1
    assert len(asked) - 1 == 12
    house.autotask.sign_ins.clear()
    house.ports = replace(house.ports, autotask=FakeAutotask(answer=FINE))
    await house.live(hours=0.2)
    assert (await house.overview("bad")).watch.status is Status.ACTIVE


async def test_a_fault_of_ours_over_one_reminder_keeps_back_no_other(
    house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.autotask.answer = REFUSED
    await house.live(hours=0.2)
    await put(house, remind_at=type_coerce(watches.c.remind_at, BigInteger) - 1)
    bad = (await house.overview("bad")).watch

    def stumble(watch: Watch, *, now: datetime, policy: Policy) -> Told:
        if watch.remind_at == bad.remind_at:
            raise ZeroDivisionError
        return announce.attend(watch, now=now, policy=policy)

    monkeypatch.setattr(attend, "attend", stumble)
    for _ in range(70):
        house.clock.pass_(minutes=1)
        await attend_due(house.ports)
        await house.deliver()

    assert errors(caplog) == ["attend_failed"]
    (reminder,) = [each for lines in house.messenger.threads.values() for each in lines]
    assert "still" in reminder.lower()
