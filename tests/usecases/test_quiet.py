"""Acknowledge, snooze, pause, resume, maintenance, reminders: from the deed to the channel."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.credentials import Typed
from bot.domain.errors import BadInput, NoSuchConnection, NotAllowed
from bot.domain.people import Person
from bot.domain.policy import Care
from bot.domain.status import Status
from bot.usecases.acknowledge import acknowledge, snooze
from bot.usecases.attend import attend_due
from bot.usecases.configure import look_after
from bot.usecases.connect import Attempt, connect
from bot.usecases.pause import Window, pause, plan_maintenance, resume
from tests.fakes import DOWN, FINE, FORBIDDEN, REFUSED
from tests.usecases.conftest import ALICE, BOB, MALLORY, VALUES, House


@pytest.fixture
async def broken(house: House) -> House:
    """Connected, refused, and told."""
    await house.connect()
    house.messenger.texts.clear()
    house.autotask.answer = REFUSED
    await house.live(hours=0.2)
    return house


async def the_id(house: House) -> str:
    return (await house.overview()).connection.id


async def test_acknowledging_is_shown_on_the_message_and_ends_the_reminders(broken: House) -> None:
    await acknowledge(broken.ports, BOB, await the_id(broken))
    await broken.live(hours=30, step=15)

    (alert,) = broken.messenger.said("C1")
    assert "*Acknowledged* by <@U2>" in alert
    assert list(broken.messenger.threads.values()) == [["Acknowledged by <@U2>."]]


async def test_acknowledging_twice_says_it_once(broken: House) -> None:
    for person in (BOB, ALICE):
        await acknowledge(broken.ports, person, await the_id(broken))
    await broken.deliver()

    assert len(next(iter(broken.messenger.threads.values()))) == 1


async def test_reminders_come_in_the_thread_and_say_how_long_it_has_lasted(broken: House) -> None:
    await broken.live(hours=30, step=15)

    lines = next(iter(broken.messenger.threads.values()))
    assert [line.partition(", for ")[0] for line in lines] == [
        "Still inactive, credentials refused"
    ] * 3
    assert len(broken.messenger.said("C1")) == 1


async def test_a_snooze_is_silent_and_reminds_at_its_end(broken: House) -> None:
    await snooze(broken.ports, BOB, await the_id(broken), "4h")
    await broken.live(hours=3.9, step=6)
    (alert,) = broken.messenger.said("C1")
    assert "*Snoozed* until <!date^" in alert
    assert len(next(iter(broken.messenger.threads.values()))) == 1

    await broken.live(hours=0.2)

    (alert,) = broken.messenger.said("C1")
    assert "Snoozed" not in alert
    assert "Still inactive" in next(iter(broken.messenger.threads.values()))[-1]


async def test_a_snooze_that_somebody_ends_is_shown_no_more(broken: House) -> None:
    await snooze(broken.ports, BOB, await the_id(broken), "4h")
    await broken.live(hours=0.1, step=2)
    await resume(broken.ports, ALICE, await the_id(broken))
    await broken.live(hours=0.1, step=2)

    (alert,) = broken.messenger.said("C1")
    assert alert.startswith(":red_circle:")
    assert "Snoozed" not in alert
    (lines,) = broken.messenger.threads.values()
    assert lines[1] == "Resumed by <@U1>."


async def test_a_snooze_of_what_is_acknowledged_too_is_shown_until_it_ends(broken: House) -> None:
    """Nobody needs a reminder then."""
    await snooze(broken.ports, BOB, await the_id(broken), "4h")
    await acknowledge(broken.ports, BOB, await the_id(broken))
    await broken.live(hours=3.9, step=6)
    assert "*Snoozed* until" in broken.messenger.said("C1")[0]
    await broken.live(hours=0.2)

    (alert,) = broken.messenger.said("C1")
    assert "Snoozed" not in alert
    assert "*Acknowledged* by <@U2>" in alert
    (lines,) = broken.messenger.threads.values()
    assert lines[-1] == "Acknowledged by <@U2>."


async def test_a_snooze_that_new_credentials_end_is_shown_no_more(broken: House) -> None:
    await snooze(broken.ports, BOB, await the_id(broken), "4h")
    await broken.deliver()
    broken.autotask.answer = FORBIDDEN
    attempt = Attempt(Typed.of(VALUES), "Autotask", replaces=await the_id(broken))
    await connect(broken.ports, ALICE, attempt)
    await broken.live(hours=0.1)

    (alert,) = broken.messenger.said("C1")
    assert "*Degraded*" in alert
    assert "Snoozed" not in alert


@pytest.mark.parametrize(
    ("zone", "hours"),
    [("UTC", 21), ("America/New_York", 2), ("Europe/Berlin", 20), ("made up", 21)],
)
async def test_until_nine_means_nine_where_the_person_lives(
    broken: House, zone: str, hours: float
) -> None:
    """It is about noon in UTC."""
    broken.clock.time = broken.clock.time.replace(hour=12, minute=0)
    person = replace(BOB, tz=zone)

    overview = await snooze(broken.ports, person, await the_id(broken), "morning")

    assert overview.watch.snoozed_until == broken.clock.time + timedelta(hours=hours)


async def test_nine_stays_nine_when_the_clocks_change(broken: House) -> None:
    """In the night to 2026-03-29 Berlin loses an hour."""
    broken.clock.time = broken.clock.time.replace(month=3, day=28, hour=20, minute=0)
    person = Person("U2", "T1", tz="Europe/Berlin")

    overview = await snooze(broken.ports, person, await the_id(broken), "morning")

    assert overview.watch.snoozed_until == broken.clock.time.replace(day=29, hour=7)


async def test_what_is_over_cannot_be_acknowledged(house: House) -> None:
    await house.connect()

    with pytest.raises(BadInput, match="over"):
        await acknowledge(house.ports, BOB, await the_id(house))
    with pytest.raises(NoSuchConnection):
        await acknowledge(house.ports, MALLORY, await the_id(house))


async def test_a_pause_checks_nothing_ends_the_incident_and_lasts_until_resumed(
    broken: House,
) -> None:
    await pause(broken.ports, ALICE, await the_id(broken))
    spent = len(broken.autotask.sign_ins)
    await broken.live(hours=48, step=30)

    (alert,) = broken.messenger.said("C1")
    assert "was paused by <@U1>. It had been inactive" in alert
    assert len(broken.autotask.sign_ins) == spent

    broken.autotask.answer = FINE
    assert (await resume(broken.ports, ALICE, await the_id(broken))).watch.status is Status.PENDING
    await broken.live(hours=0.1)
    assert (await broken.overview()).watch.status is Status.ACTIVE


async def test_a_result_that_was_under_way_when_it_was_paused_is_thrown_away(
    house: House,
) -> None:
    await house.connect()
    connection_id = await the_id(house)
    claimed = await house.ports.watches.claim_one("T1", connection_id)

    await pause(house.ports, ALICE, connection_id)

    assert claimed.lease < (await house.ports.watches.claim_one("T1", connection_id)).lease
    assert (await house.overview()).watch.status is Status.PAUSED


async def test_maintenance_keeps_alerts_back_and_sums_them_up(house: House) -> None:
    await house.connect()
    house.messenger.texts.clear()
    start = house.clock.time + timedelta(hours=1)
    window = Window(start, start + timedelta(hours=2))
    await plan_maintenance(house.ports, ALICE, [await the_id(house)], window)
    await house.live(hours=1.1)
    house.autotask.answer = DOWN
    await house.live(hours=1)
    house.autotask.answer = FINE
    await house.live(hours=0.5)
    assert house.messenger.said("C1") == []

    await house.live(hours=1)

    (summary,) = house.messenger.said("C1")
    assert "Maintenance is over. Kept back meanwhile: inactive, Autotask does not answer" in summary
    assert summary.endswith("Now it is active.")


async def test_what_is_still_broken_after_maintenance_is_an_alert(house: House) -> None:
    await house.connect()
    house.messenger.texts.clear()
    window = Window(house.clock.time, house.clock.time + timedelta(hours=2))
    await plan_maintenance(house.ports, ALICE, [await the_id(house)], window)
    house.autotask.answer = DOWN
    await house.live(hours=1.9)
    assert house.messenger.said("C1") == []

    await house.live(hours=0.3)

    (alert,) = house.messenger.said("C1")
    assert "is *Inactive*: Autotask does not answer" in alert


async def test_maintenance_that_makes_no_sense_is_refused_on_its_field(house: House) -> None:
    await house.connect()
    now = house.clock.time

    for window in (
        Window(now + timedelta(hours=2), now + timedelta(hours=1)),
        Window(now - timedelta(hours=2), now - timedelta(hours=1)),
        Window(now, now + timedelta(days=31)),
    ):
        with pytest.raises(BadInput) as refused:
            await plan_maintenance(house.ports, ALICE, [await the_id(house)], window)
        assert refused.value.field == "end"


async def test_resume_ends_maintenance_early(house: House) -> None:
    await house.connect()
    house.messenger.texts.clear()
    window = Window(house.clock.time, house.clock.time + timedelta(hours=8))
    await plan_maintenance(house.ports, ALICE, [await the_id(house)], window)
    house.autotask.answer = REFUSED
    await house.live(hours=0.2)

    await resume(house.ports, ALICE, await the_id(house))
    await attend_due(house.ports)
    await house.deliver()

    assert "is *Inactive*" in house.messenger.said("C1")[0]


async def test_only_managers_pause_and_plan(house: House) -> None:
    await house.connect()
    connection_id = await the_id(house)
    window = Window(house.clock.time, house.clock.time + timedelta(hours=1))

    for deed in (
        pause(house.ports, BOB, connection_id),
        resume(house.ports, BOB, connection_id),
        plan_maintenance(house.ports, BOB, [connection_id], window),
        look_after(house.ports, BOB, connection_id, Care()),
    ):
        with pytest.raises(NotAllowed):
            await deed


async def test_a_connection_has_an_interval_and_a_patience_of_its_own(house: House) -> None:
    await house.connect()
    house.messenger.texts.clear()
    care = Care(check_interval=3_600, outage_failures=5)
    await look_after(house.ports, ALICE, await the_id(house), care)
    await house.live(hours=0.2)
    checked = len(house.autotask.sign_ins)
    await house.live(hours=10, step=5)
    assert len(house.autotask.sign_ins) == checked + 10

    house.autotask.answer = DOWN
    await house.live(hours=1.2, step=0.5)
    spent = len(house.autotask.sign_ins)
    incident = (await house.overview()).incident
    assert incident
    assert incident.opened_at < house.clock.time - timedelta(minutes=3.5)
    assert spent == checked + 10 + 5


async def test_a_named_person_is_mentioned_where_nobody_acknowledges(house: House) -> None:
    await house.connect()
    care = Care(escalate_to="U7", escalate_after=1_800)
    await look_after(house.ports, ALICE, await the_id(house), care)
    house.autotask.answer = REFUSED
    await house.live(hours=0.9)

    lines = next(iter(house.messenger.threads.values()))
    assert lines == ["<@U7> Nobody has acknowledged this yet. It is inactive, credentials refused."]


async def test_care_out_of_bounds_is_refused_on_its_field(house: House) -> None:
    await house.connect()

    for care in (Care(check_interval=5), Care(outage_failures=1), Care(escalate_after=10**6)):
        with pytest.raises(BadInput) as refused:
            await look_after(house.ports, ALICE, await the_id(house), care)
        assert refused.value.field
