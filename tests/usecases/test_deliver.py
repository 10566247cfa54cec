"""Never lose an alert, and never tell it twice where that can be known."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from sqlalchemy import String, literal, update

from bot.domain.errors import StoreUnavailable
from bot.domain.incident import Place, Telling, notice
from bot.domain.sending import Later, Sent
from bot.store.database import Database
from bot.store.outbox import OutboxTable
from bot.store.rows import Now
from bot.store.schema import alerts
from bot.usecases.deliver import deliver_due
from bot.usecases.ports import Decision, Owed
from tests.fakes import DOWN, FINE, FakeMessenger
from tests.usecases.conftest import House


@pytest.fixture
async def troubled(house: House) -> House:
    """Connected, away and confirmed: one alert is owed, and nothing was delivered."""
    await house.connect()
    house.messenger.texts.clear()
    house.messenger.calls.clear()
    house.autotask.answer = DOWN
    for _ in range(4):
        house.clock.pass_(minutes=5)
        await house.check()
    return house


def posts(house: House, channel: str = "C1") -> int:
    return house.messenger.calls.count(("post", channel))


async def test_an_answer_that_was_lost_is_looked_up_and_the_alert_stands_once(
    troubled: House,
) -> None:
    troubled.messenger.lost_answers = 1
    await troubled.deliver()
    troubled.clock.pass_(minutes=2)
    await troubled.deliver()

    (alert,) = troubled.messenger.said("C1")
    incident = (await troubled.overview()).incident
    assert incident
    assert incident.place == Place("C1", "2.0")
    assert await troubled.ports.outbox.waiting() == (0, 0.0)
    assert "repeat" not in alert


async def test_nobody_looks_before_slack_can_have_made_up_its_mind(troubled: House) -> None:
    troubled.messenger.lost_answers = 1
    await troubled.deliver()
    for _ in range(59):
        troubled.clock.pass_(seconds=1)
        await troubled.deliver()
    assert troubled.messenger.calls == [("post", "C1")]

    troubled.clock.pass_(seconds=1)
    await troubled.deliver()
    assert troubled.messenger.calls == [("post", "C1"), ("find", "C1")]


async def test_what_did_not_arrive_is_sent_again_unmarked(troubled: House) -> None:
    troubled.messenger.outcomes = [Later("TimeoutError", unclear=True)]
    await troubled.deliver()
    troubled.clock.pass_(minutes=2)
    await troubled.deliver()

    (alert,) = troubled.messenger.said("C1")
    assert "repeat" not in alert


async def test_a_process_that_died_in_the_call_leaves_no_second_message(troubled: House) -> None:
    """The claim is committed, Slack has it, and nobody settles."""
    (owed,) = await troubled.ports.outbox.claim(1)
    await troubled.messenger.post(owed, "C1")
    troubled.clock.pass_(minutes=2)
    await troubled.deliver()

    assert len(troubled.messenger.said("C1")) == 1
    assert await troubled.ports.outbox.waiting() == (0, 0.0)


async def test_a_message_that_is_found_shows_what_was_known_when_it_was_sent(
    troubled: House,
) -> None:
    """The incident is over by the time it is found, so it still has to be edited."""
    (owed,) = await troubled.ports.outbox.claim(1)
    await troubled.messenger.post(owed, "C1")
    (alert,) = troubled.messenger.said("C1")
    await _change(troubled)
    for _ in range(3):
        await troubled.deliver()
        troubled.clock.pass_(minutes=2)

    (edited,) = troubled.messenger.said("C1")
    assert "Active" in edited
    assert edited != alert
    ((line,),) = troubled.messenger.threads.values()
    assert "Active again" in line


async def test_a_database_that_is_away_for_a_moment_cuts_no_call_off(troubled: House) -> None:
    """The second claim fails, while the first call is in flight."""
    outbox = Interrupted(troubled.database, now=troubled.clock.seconds)
    slow = Slow(outbox.interrupted)

    await deliver_due(replace(troubled.ports, outbox=outbox, messenger=slow))

    assert len(slow.said("C1")) == 1
    assert await troubled.ports.outbox.waiting() == (0, 0.0)


async def test_where_nobody_can_look_the_second_one_says_that_it_may_be_a_repeat(
    troubled: House,
) -> None:
    troubled.messenger.lost_answers = 1
    troubled.messenger.blind = True
    await troubled.deliver()
    troubled.clock.pass_(minutes=2)
    await troubled.deliver()

    first, second = troubled.messenger.said("C1")
    assert "repeat" not in first
    assert "_Possibly a repeat: Slack did not say whether it took the first one._" in second


async def test_where_nobody_can_look_copies_are_few_and_far_between(troubled: House) -> None:
    troubled.messenger.lost_answers = 100
    troubled.messenger.blind = True
    start, at = troubled.clock.now(), list[float]()
    for _ in range(3 * 60):
        before = posts(troubled)
        await troubled.deliver()
        if posts(troubled) > before:
            at.append((troubled.clock.now() - start).total_seconds())
        troubled.clock.pass_(minutes=1)

    assert [round(later - earlier) for earlier, later in pairwise(at)] == [60, 240, 960, 3840, 3840]


async def test_an_edit_is_made_again_without_looking_and_without_a_mark(troubled: House) -> None:
    await troubled.deliver()
    place = Place("C1", "2.0")
    (alert,) = troubled.messenger.said("C1")
    await _change(troubled)
    (owed,) = await troubled.ports.outbox.claim(1)
    assert owed.incident
    assert owed.incident.place == place
    troubled.clock.pass_(minutes=2)
    await troubled.deliver()

    assert ("find", "C1") not in troubled.messenger.calls
    (edited,) = troubled.messenger.said("C1")
    assert edited != alert
    assert "repeat" not in edited


async def test_pauses_grow_from_a_second_to_a_quarter_of_an_hour(troubled: House) -> None:
    troubled.messenger.closed["C1"] = Later("service_unavailable")
    gaps = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900)
    await troubled.deliver()
    for number, gap in enumerate(gaps, start=1):
        troubled.clock.pass_(seconds=gap - 0.1)
        await troubled.deliver()
        assert posts(troubled) == number
        troubled.clock.pass_(seconds=0.1)
        await troubled.deliver()
        assert posts(troubled) == number + 1


async def test_after_a_day_without_slack_an_alert_is_given_up_and_says_why(
    troubled: House,
) -> None:
    troubled.messenger.closed["C1"] = Later("service_unavailable")
    for _ in range(4 * 24):
        await troubled.deliver()
        troubled.clock.pass_(minutes=15)
    assert await troubled.ports.outbox.dead() == 0
    await troubled.deliver()

    assert await troubled.ports.outbox.died_of() == [("a day has passed (service_unavailable)", 1)]


class Interrupted(OutboxTable):
    """Its database is away at the second claim."""

    def __init__(self, database: Database, *, now: Now) -> None:
        super().__init__(database, now=now)
        self.claims = 0
        self.interrupted = asyncio.Event()

    async def claim(self, limit: int) -> Sequence[Owed]:
        self.claims += 1
        if self.claims == 2:
            self.interrupted.set()
            raise StoreUnavailable
        return await super().claim(limit)


class Slow(FakeMessenger):
    """Takes a message once something else has happened."""

    def __init__(self, after: asyncio.Event) -> None:
        super().__init__()
        self.after = after

    async def post(self, owed: Owed, destination: str) -> Sent:
        await self.after.wait()
        return await super().post(owed, destination)


async def _change(house: House) -> None:
    """Mended: the incident's message has to be drawn anew."""
    house.autotask.answer = FINE
    for _ in range(4):
        house.clock.pass_(minutes=5)
        await house.check()


async def test_an_alert_that_nobody_can_read_holds_up_no_other(house: House) -> None:
    """Such as one that a newer version of the bot has written."""
    for name in ("one", "two"):
        user = f"a1b2c3d4e5{name:0>5}@example.com"
        await house.connect(name=name, channel=f"C-{name}", username=user)
    await _owe(house, "one", "two")
    async with house.database.write() as transaction:
        of_one = alerts.c.connection_id == (await house.overview("one")).connection.id
        strange = update(alerts).where(of_one).values(kind=literal("hologram", String()))
        await transaction.execute(strange)
    await house.deliver()

    assert len(house.messenger.said("C-two")) == 2
    assert (await house.ports.outbox.waiting())[0] == 1


async def test_a_fault_of_ours_over_one_alert_holds_up_no_other_and_is_tried_again_later(
    house: House,
) -> None:
    for name in ("one", "two"):
        user = f"a1b2c3d4e5{name:0>5}@example.com"
        await house.connect(name=name, channel=f"C-{name}", username=user)
    await _owe(house, "one", "two")
    stumbling = Stumbling()
    ports = replace(house.ports, messenger=stumbling)
    for _ in range(3):
        await deliver_due(ports)
        house.clock.pass_(minutes=2)
    assert (stumbling.stumbles, len(stumbling.said("C-two"))) == (1, 1)

    house.clock.pass_(hours=1)
    await house.deliver()
    assert await house.ports.outbox.waiting() == (0, 0.0)


class Stumbling(FakeMessenger):
    """Has a fault over one channel."""

    stumbles = 0

    async def post(self, owed: Owed, destination: str) -> Sent:
        if destination == "C-one":
            self.stumbles += 1
            raise ZeroDivisionError
        return await super().post(owed, destination)


async def _owe(house: House, *names: str) -> None:
    """One notice about each of these."""
    for name in names:
        due = await house.ports.watches.claim_one("T1", (await house.overview(name)).connection.id)
        told = notice(
            due.connection, "Hello.", now=house.clock.now(), id=house.ports.clock.new_id()
        )
        decision = Decision(due.watch, FINE, Telling(None, (told,)))
        assert await house.ports.watches.apply(due, decision)
