"""What somebody who looks is told of a workspace."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import NotAllowed
from bot.domain.people import CLI, Person
from bot.domain.sending import NotInstalled, Undeliverable
from bot.usecases.blindness import look_for_blindness
from bot.usecases.check import test as check_now
from bot.usecases.configure import name_managers
from bot.usecases.destinations import lost
from bot.usecases.pause import pause
from bot.usecases.resend import resend
from bot.usecases.survey import survey
from bot.usecases.watching import Node
from tests.fakes import DOWN, FORBIDDEN, OURS, REFUSED
from tests.usecases.conftest import ALICE, BOB, MALLORY, House

GAIL = replace(BOB, id="U3", name="Gail", guest=True)
STAN = replace(BOB, id="U4", name="Stan", stranger=True)
ARCHIVED = Undeliverable("is_archived")


async def test_the_most_troubled_come_first_and_the_paused_last(house: House) -> None:
    for number, name in enumerate("abcd"):
        if name == "d":
            house.autotask.answer = FORBIDDEN
        await house.connect(name=name, username=f"a1b2c3d4e5f6g7{number}@example.com")
    await pause(house.ports, ALICE, (await house.overview("a")).connection.id)
    house.autotask.answer = REFUSED
    for _ in range(2):
        connection = (await house.overview("c")).connection
        await check_now(house.ports, ALICE, connection.id, may_lock=False)

    found = await survey(house.ports, ALICE)

    assert [each.connection.name for each in found.overviews] == ["c", "d", "b", "a"]


@pytest.mark.parametrize("person", [GAIL, STAN, replace(BOB, gone=True)])
async def test_nobody_but_full_members_is_told_anything(house: House, person: Person) -> None:
    await house.connect()

    with pytest.raises(NotAllowed):
        await survey(house.ports, person)


async def test_who_may_manage_is_known_and_another_workspace_sees_nothing(house: House) -> None:
    await house.connect()
    assert (await survey(house.ports, ALICE)).manages
    assert not (await survey(house.ports, BOB)).manages

    await name_managers(house.ports, ALICE, [BOB])

    assert (await survey(house.ports, BOB)).manages
    assert (await survey(house.ports, MALLORY)).overviews == []


async def test_alerts_that_reached_nobody_are_counted_until_they_are_sent_again(
    house: House,
) -> None:
    await house.connect()
    house.messenger.closed |= dict.fromkeys(("C1", "U1", "U0"), ARCHIVED)
    house.autotask.answer = REFUSED
    await house.live(hours=0.5, step=5)

    found = await survey(house.ports, BOB)
    assert sum(count for _, count in found.died) == await house.ports.outbox.dead() > 0
    assert (await survey(house.ports, MALLORY)).died == []
    assert [each.name for each in found.unheard] == ["Autotask"]

    house.messenger.closed.clear()
    await resend(house.ports, ALICE)
    await house.live(hours=0.1)
    found = await survey(house.ports, BOB)
    assert (found.died, found.unheard, found.detours) == ([], [], [])


async def test_a_broken_channel_is_told_with_those_who_pass_it_by_and_where_they_go(
    house: House,
) -> None:
    await house.connect(name="a")
    await house.connect(name="b", channel="C2", username="b1b2c3d4e5f6g7h@example.com")
    await lost(house.ports, "T1", "C1", "is_archived")

    (detour,) = (await survey(house.ports, BOB)).detours

    assert (detour.channel, detour.reason, detour.since) == (
        "C1",
        "is_archived",
        house.clock.now(),
    )
    assert [each.name for each in detour.connections] == ["a"]
    assert detour.instead == ["U1"]


async def test_a_broken_fallback_that_nothing_passes_by_yet_is_told_too(house: House) -> None:
    await house.connect()
    await lost(house.ports, "T1", "U0", "user_disabled")

    found = await survey(house.ports, BOB)

    assert [(each.channel, each.connections) for each in found.detours] == [("U0", [])]
    assert found.unheard == []


async def test_a_connection_without_any_place_for_its_alerts_is_named(house: House) -> None:
    """As from the command line, without a channel and without OPERATOR_USER."""
    house.ports = replace(house.ports, operator=None)
    await house.connect(person=replace(ALICE, id=CLI))
    connection = (await house.overview()).connection
    await house.ports.connections.choose_channel("T1", connection.id, None)

    assert [each.name for each in (await survey(house.ports, BOB)).unheard] == ["Autotask"]


async def test_a_suspended_installation_is_told_in_its_own_workspace(house: House) -> None:
    await house.connect()
    house.messenger.closed["C1"] = NotInstalled("missing_scope: chat:write")
    house.autotask.answer = DOWN
    await house.live(hours=0.2)

    suspended = (await survey(house.ports, BOB)).suspended
    assert suspended
    assert suspended.reason == "missing_scope: chat:write"
    assert (await survey(house.ports, MALLORY)).suspended is None


async def test_nobody_watches_once_every_process_has_been_silent_for_long(house: House) -> None:
    node = Node("n1", house.clock.now(), house.clock.now(), 0.0)
    await house.ports.nodes.beat(node, gap_after=None, gap_id="")
    house.clock.pass_(minutes=10)
    assert (await survey(house.ports, BOB)).unwatched_since is None

    house.clock.pass_(seconds=1)

    assert (await survey(house.ports, BOB)).unwatched_since == node.seen_at


async def test_a_connection_that_nobody_can_tell_of_is_told_to_its_own_workspace(
    house: House,
) -> None:
    await house.connect()
    began = house.clock.now()
    house.autotask.answer = OURS
    house.messenger.cut_off = True
    for _ in range(8):
        house.clock.pass_(minutes=5)
        await house.check()
    await look_for_blindness(house.ports)

    since = (await survey(house.ports, BOB)).unwatched_since

    assert since
    assert since - began < timedelta(minutes=1)
    assert (await survey(house.ports, MALLORY)).unwatched_since is None
