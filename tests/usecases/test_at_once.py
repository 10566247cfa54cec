"""Two people act at once: each deed is done, upon what the other one did."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.errors import NoSuchConnection
from bot.domain.status import Status
from bot.usecases.acknowledge import acknowledge, snooze
from bot.usecases.connect import Refused
from bot.usecases.disconnect import disconnect
from bot.usecases.pause import Window, pause, plan_maintenance, resume
from tests.fakes import REFUSED
from tests.usecases.conftest import ALICE, BOB, House


@pytest.fixture
async def broken(house: House) -> House:
    """Connected, refused, and told."""
    await house.connect()
    house.autotask.answer = REFUSED
    await house.live(hours=0.2)
    return house


async def the_id(house: House, name: str = "Autotask") -> str:
    return (await house.overview(name)).connection.id


def soon(house: House) -> Window:
    now = house.clock.now()
    return Window(now, now + timedelta(hours=1))


async def test_two_who_acknowledge_are_told_of_one(broken: House) -> None:
    id_ = await the_id(broken)
    seen = await asyncio.gather(*(acknowledge(broken.ports, who, id_) for who in (BOB, ALICE)))
    await broken.deliver()

    (by,) = {each.incident.acknowledged_by for each in seen if each.incident}
    assert list(broken.messenger.threads.values()) == [[f"Acknowledged by <@{by}>."]]


async def test_different_deeds_are_all_done(broken: House) -> None:
    id_, window = await the_id(broken), soon(broken)
    await asyncio.gather(
        acknowledge(broken.ports, BOB, id_),
        snooze(broken.ports, BOB, id_, "1h"),
        plan_maintenance(broken.ports, ALICE, [id_], window),
    )

    overview = await broken.overview()
    assert overview.incident
    assert overview.incident.acknowledged_by == BOB.id
    assert overview.watch.snoozed_until == overview.watch.maintenance_until == window.end


async def test_pause_and_resume_end_as_one_of_both(broken: House) -> None:
    id_ = await the_id(broken)
    await asyncio.gather(pause(broken.ports, ALICE, id_), resume(broken.ports, ALICE, id_))

    assert (await broken.overview()).watch.status in (Status.PAUSED, Status.PENDING)


async def test_ten_at_once_get_their_turn(broken: House) -> None:
    id_ = await the_id(broken)
    await asyncio.gather(*(pause(broken.ports, ALICE, id_) for _ in range(10)))

    assert (await broken.overview()).watch.status is Status.PAUSED


async def test_of_two_who_sign_in_with_one_username_the_later_is_told_of_the_other(
    house: House,
) -> None:
    seen = await asyncio.gather(house.connect(name="First"), house.connect(name="Second"))

    (refused,) = [each for each in seen if isinstance(each, Refused)]
    assert refused == Refused(
        banner="Another sign-in with this username is under way. Nothing was stored; submit again "
        "in a moment."
    )
    assert len(house.autotask.sign_ins) == 1


async def test_maintenance_goes_on_past_a_connection_that_is_gone(house: House) -> None:
    for name in ("First", "Second", "Third"):
        await house.connect(name=name)
    ids = [await the_id(house, name) for name in ("First", "Second", "Third")]
    await disconnect(house.ports, ALICE, ids[1])

    planned = await plan_maintenance(house.ports, ALICE, [*ids, "f" * 32], soon(house))

    assert [each.connection.name for each in planned.overviews] == ["First", "Third"]
    assert planned.gone == ("Second",)
    assert (await house.overview("Third")).watch.maintenance_until == soon(house).end


async def test_maintenance_of_nothing_that_is_left_is_told_so(house: House) -> None:
    await house.connect()
    id_ = await the_id(house)
    await disconnect(house.ports, ALICE, id_)

    with pytest.raises(NoSuchConnection):
        await plan_maintenance(house.ports, ALICE, [id_], soon(house))
