"""Below the message of an outage: who speaks for all, who is called, who says that it is over."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.domain.incident import Kind
from bot.domain.observation import Cause, Seen, Tenant
from bot.domain.policy import Care
from bot.domain.sending import Later, Undeliverable
from bot.store.schema import incidents
from bot.usecases.attend import attend_due
from bot.usecases.configure import look_after
from bot.usecases.pause import Window, pause, plan_maintenance
from bot.usecases.ports import Owed
from tests.fakes import DOWN, FINE, OURS, REFUSED, ZONE_4
from tests.usecases.conftest import ALICE, House
from tests.usecases.test_outage import NAMES, connect_all, fail, lines, posts, user


async def connection_id(house: House, name: str) -> str:
    return (await house.overview(name)).connection.id


async def care_for_all(house: House, names: tuple[str, ...]) -> None:
    """Whoever does not acknowledge within half an hour has U7 called."""
    care = Care(escalate_to="U7", escalate_after=1800)
    for name in names:
        await look_after(house.ports, ALICE, await connection_id(house, name), care)


async def maintain(house: House, name: str) -> None:
    """From when people were told of the outage until long after."""
    now = house.clock.now()
    window = Window(now + timedelta(minutes=25), now + timedelta(hours=5))
    await plan_maintenance(house.ports, ALICE, [await connection_id(house, name)], window)


async def test_a_person_is_called_though_the_eldest_is_under_maintenance(house: House) -> None:
    await connect_all(house, NAMES[:3])
    await care_for_all(house, NAMES[:3])
    await maintain(house, NAMES[0])
    await fail(house)
    await house.live(hours=0.7)

    (line,) = lines(house)
    assert line.startswith("<@U7>")


async def test_a_person_is_called_though_the_first_call_is_put_off(house: House) -> None:
    await connect_all(house, NAMES[:3])
    await care_for_all(house, NAMES[:3])
    await fail(house)
    owed = await first_call(house)
    await house.ports.outbox.put_aside(owed, after=3600, error="RuntimeError")
    await house.live(hours=0.2)
    assert [line[:5] for line in lines(house)] == ["<@U7>"]

    await house.live(hours=1.2, step=5)
    assert [line[:5] for line in lines(house)].count("<@U7>") == 1


async def test_two_calls_of_one_person_are_not_under_way_at_a_time(house: House) -> None:
    """Until it is known whether the first was heard, nobody knows about the second."""
    await connect_all(house, NAMES[:3])
    await care_for_all(house, NAMES[:3])
    await fail(house)
    first = await first_call(house)
    house.clock.pass_(seconds=2)
    assert await house.ports.outbox.claim(5) == []

    assert first.incident
    await house.ports.outbox.sent(first, first.incident.place)
    await house.deliver()
    assert lines(house) == []


async def first_call(house: House) -> Owed:
    """Of those that are due half an hour later, claimed; all before it is told."""
    for _ in range(35):
        house.clock.pass_(minutes=1)
        await house.check()
        await attend_due(house.ports)
    for _ in range(20):
        house.clock.pass_(seconds=2)
        for owed in await house.ports.outbox.claim(1):
            if owed.alert.kind is Kind.MENTION:
                return owed
            assert owed.incident
            await house.ports.outbox.sent(owed, owed.incident.place)
    raise AssertionError("nobody is called")


async def test_the_reminders_come_though_the_eldest_is_under_maintenance(house: House) -> None:
    await connect_all(house, NAMES[:3])
    await maintain(house, NAMES[0])
    await fail(house)
    await house.live(hours=1.5, step=5)

    (line,) = lines(house)
    assert line.startswith("Still inactive, Autotask does not answer, for 1 h")


async def test_it_is_said_to_be_over_though_the_last_one_known_to_be_back_was_not_the_last(
    house: House,
) -> None:
    """Our own network is away for a moment before its end is confirmed."""
    await connect_all(house, NAMES[:2])
    await fail(house)
    house.autotask.answers[user(NAMES[0])] = FINE
    for _ in range(10):
        if (await house.overview(NAMES[0])).watch.seen is Seen.OK:
            break
        await house.live(hours=1 / 60)
    house.autotask.answers[user(NAMES[0])] = OURS
    house.autotask.answer = FINE
    await house.live(hours=0.15)
    assert lines(house) == []
    house.autotask.answers.clear()
    await house.live(hours=0.2)

    slow, quick = [await over_at(house, name) for name in NAMES[:2]]
    assert slow < quick
    (line,) = lines(house)
    assert line.startswith("It is over for all 2 connections.")


async def over_at(house: House, name: str) -> datetime:
    """When its last incident was over."""
    query = select(incidents.c.closed_at).where(
        incidents.c.connection_id == await connection_id(house, name)
    )
    async with house.database.read() as view:
        closed: datetime = (await view.scalars(query)).one()
    return closed


async def test_it_is_said_to_be_over_when_the_last_one_leaves(house: House) -> None:
    await connect_all(house, NAMES[:3])
    await fail(house)
    for name in NAMES[:2]:
        house.autotask.answers[user(name)] = FINE
    await house.live(hours=0.3)
    assert lines(house) == []
    house.autotask.answers[user(NAMES[2])] = REFUSED
    await house.live(hours=0.5)

    (line,) = lines(house)
    assert re.fullmatch(r"It is over for all 2 connections\. The last was .*", line)


async def test_while_others_are_still_away_nobody_says_that_it_is_over_when_one_leaves(
    house: House,
) -> None:
    await connect_all(house, NAMES[:3])
    await fail(house)
    house.autotask.answers[user(NAMES[0])] = FINE
    house.autotask.answers[user(NAMES[1])] = REFUSED
    await house.live(hours=0.5)
    assert lines(house) == []

    house.autotask.answers[user(NAMES[2])] = FINE
    await house.live(hours=0.3)
    (line,) = lines(house)
    assert line.startswith("It is over for all 2 connections.")


async def test_the_zone_is_the_one_that_failed_though_a_database_has_moved_since(
    house: House,
) -> None:
    await connect_all(house, NAMES[:3])
    await fail(house)
    moved = replace(FINE, seen=Seen.MOVED_OK, tenant=Tenant(zone="Pacific"), origin=ZONE_4)
    house.autotask.answers[user(NAMES[0])] = moved
    await house.live(hours=0.1)
    house.autotask.answers[user(NAMES[0])] = replace(FINE, origin=ZONE_4)
    await house.live(hours=0.3)
    assert (await house.overview(NAMES[0])).connection.zone == "Pacific"
    house.autotask.answer = FINE
    await house.live(hours=0.3)

    (text,) = [text for text in house.messenger.said("C1") if "connections*" in text]
    assert "*Autotask zone America East*" in text


async def test_those_who_are_told_in_person_are_told_together_too(house: House) -> None:
    house.messenger.direct["U1"] = "D1"
    await connect_all(house)
    for name in NAMES:
        await house.ports.connections.choose_channel("T1", await connection_id(house, name), None)
    house.autotask.answers = {user(name): FINE for name in NAMES[:2]}
    house.autotask.answer = DOWN
    await house.live(hours=0.14)
    house.autotask.answers.clear()
    await house.live(hours=0.2)

    (text,) = house.messenger.said("D1")
    assert "*6 connections* are *Inactive*" in text
    assert posts(house) == 1
    house.autotask.answers[user(NAMES[4])] = REFUSED
    await house.live(hours=0.5)
    together, alone = house.messenger.said("D1")
    assert "*5 connections* are *Inactive*" in together
    assert f"*{NAMES[4]} (Lakeside IT)* is *Inactive*: credentials refused" in alone
    house.autotask.answers = {user(NAMES[4]): REFUSED}
    house.autotask.answer = FINE
    await house.live(hours=0.5)
    together, _ = house.messenger.said("D1")
    assert "*5 connections* are *Active* again" in together


async def test_what_is_to_be_told_together_is_given_up_together(house: House) -> None:
    """Nobody waits another day for each of them."""
    await connect_all(house, NAMES[:3])
    house.messenger.closed["C1"] = Later("service_unavailable")
    await fail(house)
    await house.live(hours=25, step=15)

    assert await house.ports.outbox.dead() >= 3


async def test_a_call_is_made_though_its_incident_has_no_message_any_more(house: House) -> None:
    """The channel is back, and the message that was told elsewhere is to be told there anew."""
    await connect_all(house, NAMES[:1])
    await care_for_all(house, NAMES[:1])
    house.messenger.closed["C1"] = Undeliverable("is_archived")
    await fail(house)
    assert "is *Inactive*" in house.messenger.said("U1")[0]
    call = await first_call(house)
    await house.ports.outbox.retry(call, after=3000, error="service_unavailable")
    house.messenger.closed.clear()
    await house.live(hours=1.5)

    said = house.messenger.said("C1") + lines(house)
    assert sum("<@U7>" in each for each in said) == 1
    assert sum("*MSP 01 (Lakeside IT)* is *Inactive*" in each for each in said) == 1


async def test_one_that_is_refused_while_its_message_is_in_doubt_takes_nobody_along(
    house: House,
) -> None:
    await connect_all(house, NAMES[:3])
    house.autotask.answer = DOWN
    for _ in range(4):
        house.clock.pass_(minutes=5)
        await house.check()
    (owed,) = await house.ports.outbox.claim(5)
    assert len(owed.others) == 2
    await house.messenger.post(owed, "C1")
    head = owed.connection.name
    house.autotask.answers[user(head)] = REFUSED
    for _ in range(15):
        house.clock.pass_(minutes=1)
        await house.check()
    assert (await house.overview(head)).watch.cause is Cause.CREDENTIALS_REFUSED
    await house.live(hours=0.5)

    assert posts(house) == 2
    together, alone = house.messenger.said("C1")
    assert "*2 connections* are *Inactive*" in together
    assert f"*{head} (Lakeside IT)* is *Inactive*: credentials refused" in alone


async def test_a_reminder_that_is_late_does_not_say_that_it_is_over(house: House) -> None:
    """Slack takes it only once both are back."""
    await connect_all(house, NAMES[:2])
    await fail(house)
    house.messenger.closed["C1"] = Later("service_unavailable")
    await house.live(hours=1.2, step=4)
    house.autotask.answer = FINE
    await house.live(hours=0.4, step=4)
    house.messenger.closed.clear()
    await house.live(hours=1, step=2)

    (line,) = lines(house)
    assert re.fullmatch(
        r"It is over for all 2 connections\. The last was .*: Active again .*", line
    )


async def test_one_that_nobody_watches_any_more_does_not_end_an_outage(house: House) -> None:
    await connect_all(house, NAMES[:2])
    await fail(house)
    house.autotask.answers[user(NAMES[0])] = FINE
    await house.live(hours=0.2, step=2)
    await pause(house.ports, ALICE, await connection_id(house, NAMES[1]))
    await house.live(hours=0.1, step=2)

    (line,) = lines(house)
    assert re.fullmatch(
        r"Nobody watches the last one any more\. It was \*MSP 02.*\*: Paused after .*\.", line
    )
    (text,) = house.messenger.said("C1")
    assert text.startswith(":white_circle:")
    assert "*Active* again. Nobody watches the last one any more. It had lasted *" in text


async def test_a_person_is_called_once_though_the_one_it_was_about_is_back_by_the_next_call(
    house: House,
) -> None:
    await two_calls(house, second_after=2400)

    assert [line[:5] for line in lines(house)].count("<@U7>") == 1


async def test_a_person_is_called_again_long_after_the_one_it_was_about_is_back(
    house: House,
) -> None:
    await two_calls(house, second_after=9000)

    assert [line[:5] for line in lines(house)].count("<@U7>") == 2


async def two_calls(house: House, *, second_after: int) -> None:
    """U7 is to be called for the first after half an hour, by when it is nearly back."""
    await connect_all(house, NAMES[:2])
    for name, seconds in zip(NAMES, (1800, second_after), strict=False):
        care = Care(escalate_to="U7", escalate_after=seconds)
        await look_after(house.ports, ALICE, await connection_id(house, name), care)
    await fail(house)
    await house.live(hours=0.4)
    house.autotask.answers[user(NAMES[0])] = FINE
    await house.live(hours=3, step=5)
