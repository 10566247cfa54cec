"""An outage of many connections: one message, which tells of all until the last one is back."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.domain.policy import Care
from bot.domain.sending import Later, Undeliverable
from bot.store.schema import incidents
from bot.usecases.acknowledge import acknowledge, snooze
from bot.usecases.attend import attend_due
from bot.usecases.configure import choose_channel, look_after
from bot.usecases.connect import Connected
from bot.usecases.pause import Window, plan_maintenance
from bot.usecases.ports import Zone
from tests.fakes import DOWN, FINE, REFUSED, ZONE_4
from tests.usecases.conftest import ALICE, BOB, House

NAMES = tuple(f"MSP {number:02}" for number in range(1, 7))


def user(name: str) -> str:
    return f"a1b2c3d4e5f6g{name[-2:]}@example.com"


async def connect_all(house: House, names: tuple[str, ...] = NAMES, channel: str = "C1") -> None:
    for name in names:
        done = await house.connect(name=name, channel=channel, username=user(name))
        assert isinstance(done, Connected)
    house.messenger.texts.clear()
    house.messenger.calls.clear()


async def fail(house: House) -> None:
    """Away, confirmed, and GROUP_WAIT over."""
    house.autotask.answer = DOWN
    await house.live(hours=0.2)


@pytest.fixture
async def away(house: House) -> House:
    """Six connections of one zone, which does not answer; people were told."""
    await connect_all(house)
    await fail(house)
    return house


def lines(house: House) -> list[str]:
    return [line for thread in house.messenger.threads.values() for line in thread]


def posts(house: House) -> int:
    return sum(what == "post" for what, _ in house.messenger.calls)


async def test_all_connections_of_a_zone_are_one_message(away: House) -> None:
    (text,) = away.messenger.said("C1")

    assert "*Autotask zone America East*: Autotask does not answer" in text
    assert "*6 connections* are *Inactive*; your credentials are not the cause." in text
    assert posts(away) == 1
    assert lines(away) == []
    assert await away.ports.outbox.waiting() == (0, 0.0)


async def test_each_connection_keeps_an_incident_of_its_own_and_they_share_the_place(
    away: House,
) -> None:
    incidents = [(await away.overview(name)).incident for name in NAMES]

    assert sorted(each.number for each in incidents if each) == list(range(1, 7))
    (place,) = {each.place for each in incidents if each}
    assert place in away.messenger.texts


async def test_when_all_are_back_the_message_says_so_and_the_last_one_in_its_thread(
    away: House,
) -> None:
    away.autotask.answer = FINE
    await away.live(hours=0.5)

    (text,) = away.messenger.said("C1")
    assert "*6 connections* are *Active* again." in text
    (line,) = lines(away)
    assert re.fullmatch(
        r"It is over for all 6 connections\. The last was \*MSP .*\*: Active again after .*\.",
        line,
    )
    assert await away.ports.outbox.waiting() == (0, 0.0)


async def test_while_some_are_back_the_message_counts_the_others(away: House) -> None:
    for name in NAMES[:4]:
        away.autotask.answers[user(name)] = FINE
    await away.live(hours=0.5)

    (text,) = away.messenger.said("C1")
    assert "*2 of 6 connections* are *Inactive*" in text
    assert lines(away) == []


async def test_of_a_reminder_there_is_one_and_from_the_eldest_that_is_still_away(
    away: House,
) -> None:
    away.autotask.answers[user(NAMES[0])] = FINE
    await away.live(hours=1.5, step=5)

    (line,) = lines(away)
    assert line.startswith("Still inactive, Autotask does not answer, for 1 h")


async def test_what_fails_soon_after_joins_the_message_without_a_second_one(house: House) -> None:
    await connect_all(house)
    house.autotask.answers = {user(name): FINE for name in NAMES[:2]}
    house.autotask.answer = DOWN
    await house.live(hours=0.14)
    house.autotask.answers.clear()
    await house.live(hours=0.2)

    (text,) = house.messenger.said("C1")
    assert "*6 connections* are *Inactive*" in text
    assert posts(house) == 1


async def test_what_fails_much_later_is_news_of_its_own(house: House) -> None:
    await connect_all(house)
    house.autotask.answers[user(NAMES[3])] = FINE
    await fail(house)
    await house.live(hours=2, step=10)
    house.autotask.answers.clear()
    await house.live(hours=0.2)

    together, alone = house.messenger.said("C1")
    assert "*5 connections* are *Inactive*" in together
    assert f"*{NAMES[3]} (Lakeside IT)* is *Inactive*" in alone


async def test_one_that_is_refused_meanwhile_gets_a_message_of_its_own(away: House) -> None:
    away.autotask.answers[user(NAMES[4])] = REFUSED
    await away.live(hours=0.5)

    together, alone = away.messenger.said("C1")
    assert "*5 connections* are *Inactive*" in together
    assert f"*{NAMES[4]} (Lakeside IT)* is *Inactive*: credentials refused" in alone
    away.autotask.answer, away.autotask.answers = FINE, {}
    await away.live(hours=8, step=15)
    together, alone = away.messenger.said("C1")
    assert "*5 connections* are *Active* again" in together
    assert "is *Active* again" in alone


async def test_all_that_are_refused_at_once_get_messages_of_their_own(away: House) -> None:
    """None of them is an outage any more when the first of them is told."""
    away.autotask.answer = REFUSED
    await away.live(hours=0.5)

    said = away.messenger.said("C1")
    for name in NAMES:
        (own,) = [each for each in said if f"*{name} (Lakeside IT)*" in each]
        assert "is *Inactive*: credentials refused" in own
    assert len(said) == len(NAMES)


async def test_other_zones_and_other_channels_have_messages_of_their_own(house: House) -> None:
    await connect_all(house, NAMES[:2])
    await connect_all(house, NAMES[2:4], channel="C2")
    house.autotask.zone = Zone(ZONE_4, "Pacific")
    house.autotask.answer = replace(FINE, origin=ZONE_4)
    await connect_all(house, NAMES[4:6])
    await fail(house)

    assert sorted(
        re.findall(r"zone (.*)\*: .*?\*(\d+) ", "\n".join(house.messenger.said("C1")))
    ) == [
        ("America East", "2"),
        ("Pacific", "2"),
    ]
    (text,) = house.messenger.said("C2")
    assert "*2 connections*" in text


async def test_acknowledging_the_message_acknowledges_all_that_it_tells_of(away: House) -> None:
    eldest = (await away.overview(NAMES[0])).connection.id
    await acknowledge(away.ports, BOB, eldest)
    await away.live(hours=6, step=15)

    (text,) = away.messenger.said("C1")
    assert "*Acknowledged* by <@U2>" in text
    assert lines(away) == ["Acknowledged by <@U2>."]
    for name in NAMES:
        incident = (await away.overview(name)).incident
        assert incident
        assert incident.acknowledged_by == "U2"


async def test_its_buttons_work_though_the_one_they_were_drawn_for_is_back(away: House) -> None:
    eldest = (await away.overview(NAMES[0])).connection.id
    away.autotask.answers[user(NAMES[0])] = FINE
    await away.live(hours=0.5)
    await snooze(away.ports, BOB, eldest, "4h")
    await away.live(hours=0.1)

    (text,) = away.messenger.said("C1")
    assert "*Snoozed* until" in text
    (line,) = lines(away)
    assert line.startswith("Snoozed until")


async def test_a_person_whom_many_name_is_called_once_and_others_too(house: House) -> None:
    await connect_all(house)
    for name in NAMES:
        whom = "U8" if name == NAMES[-1] else "U7"
        care = Care(escalate_to=whom, escalate_after=1800)
        await look_after(house.ports, ALICE, (await house.overview(name)).connection.id, care)
    await fail(house)
    await house.live(hours=0.7)

    assert sorted(line[:5] for line in lines(house)) == ["<@U7>", "<@U8>"]


async def test_a_crash_in_the_call_leaves_one_message_and_owes_nothing(house: House) -> None:
    """All that went along with the first one shares its fate."""
    await connect_all(house)
    house.autotask.answer = DOWN
    for _ in range(4):
        house.clock.pass_(minutes=5)
        await house.check()
    (owed,) = await house.ports.outbox.claim(5)
    assert len(owed.others) == 5
    await house.messenger.post(owed, "C1")
    assert await house.ports.outbox.claim(5) == []
    await house.live(hours=0.2)

    (text,) = house.messenger.said("C1")
    assert "*6 connections* are *Inactive*" in text
    assert "repeat" not in text
    assert await house.ports.outbox.waiting() == (0, 0.0)


async def test_what_ended_before_the_crash_was_noticed_is_drawn_as_over(house: House) -> None:
    await connect_all(house)
    house.autotask.answer = DOWN
    for _ in range(4):
        house.clock.pass_(minutes=5)
        await house.check()
    (owed,) = await house.ports.outbox.claim(5)
    await house.messenger.post(owed, "C1")
    house.autotask.answers[user(NAMES[5])] = FINE
    await house.live(hours=0.5)

    (text,) = house.messenger.said("C1")
    assert "*5 of 6 connections* are *Inactive*" in text


async def test_where_nobody_can_look_the_repeat_is_one_for_all(house: House) -> None:
    await connect_all(house)
    house.messenger.blind = True
    house.messenger.lost_answers = 1
    await fail(house)
    await house.live(hours=0.3)

    first, second = house.messenger.said("C1")
    assert "*6 connections*" in first
    assert "*6 connections*" in second
    assert "Possibly a repeat" in second


async def test_where_the_channel_is_closed_everybody_is_told_elsewhere(house: House) -> None:
    await connect_all(house)
    house.messenger.closed["C1"] = Undeliverable("is_archived")
    await fail(house)
    await house.live(hours=0.2)

    said = "\n".join(house.messenger.said("U1"))
    assert all(f"{name} (Lakeside IT)" in said or "connections*" in said for name in NAMES)
    told = [int(found) for found in re.findall(r"\*(\d+) connections\* are", said)]
    alone = said.count("(Lakeside IT)* is *Inactive*")
    assert sum(told) + alone == 6
    assert await house.ports.outbox.waiting() == (0, 0.0)


async def test_what_is_told_together_costs_the_channel_one_turn(away: House) -> None:
    """Another channel-mate's news need not wait for five alerts that are told already."""
    away.autotask.answer = FINE
    for _ in range(4):
        away.clock.pass_(minutes=5)
        await away.check()
    away.messenger.calls.clear()
    await away.deliver()
    away.clock.pass_(seconds=1)
    await away.deliver()
    away.clock.pass_(seconds=1)
    await away.deliver()

    assert away.messenger.calls == [("edit", "C1"), ("reply", "C1")]
    assert await away.ports.outbox.waiting() == (0, 0.0)


async def test_time_alone_says_nothing_more(away: House) -> None:
    before = away.messenger.said("C1")
    await attend_due(away.ports)
    await away.deliver()

    assert away.messenger.said("C1") == before


async def test_what_maintenance_has_kept_back_is_news_of_its_own(house: House) -> None:
    await connect_all(house, NAMES[:3])
    third = (await house.overview(NAMES[2])).connection.id
    now = house.clock.now()
    window = Window(now, now + timedelta(hours=2))
    await plan_maintenance(house.ports, ALICE, [third], window)
    await fail(house)
    await house.live(hours=2.5, step=5)

    together, alone = house.messenger.said("C1")[:2]
    assert "*2 connections* are *Inactive*" in together
    assert NAMES[2] in alone


async def test_one_that_is_to_go_elsewhere_does_not_wait_for_the_others(house: House) -> None:
    """Slack takes nothing in the old channel, so nothing has been told there."""
    await connect_all(house, NAMES[:3])
    house.messenger.closed["C1"] = Later("service_unavailable")
    await fail(house)
    for name in NAMES[1:3]:
        await choose_channel(house.ports, ALICE, (await house.overview(name)).connection.id, "C2")
    await house.live(hours=0.2)

    said = "\n".join(house.messenger.said("C2"))
    assert "*2 connections* are *Inactive*" in said


async def test_an_edit_that_is_late_takes_no_message_away_from_one_that_left(away: House) -> None:
    await acknowledge(away.ports, BOB, (await away.overview(NAMES[0])).connection.id)
    (edit,) = await away.ports.outbox.claim(1)
    leaver = edit.others[-1].incident
    own = {"place_ts": "99.0", "shown_version": 7}
    async with away.database.write() as transaction:
        await transaction.execute(update(incidents).where(incidents.c.id == leaver.id).values(own))
    assert edit.incident
    await away.ports.outbox.sent(edit, edit.incident.place)

    async with away.database.read() as view:
        query = select(incidents.c.place_ts, incidents.c.shown_version)
        stands = (await view.execute(query.where(incidents.c.id == leaver.id))).one()
    assert tuple(stands) == ("99.0", 7)
