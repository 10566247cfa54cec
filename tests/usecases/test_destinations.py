"""A channel that takes nothing: somebody else is told, it is left alone, and it heals by itself."""

import asyncio
import logging

import pytest

from bot.domain.errors import NotAllowed
from bot.domain.incident import Kind, Place
from bot.domain.sending import Later, NotInstalled, Undeliverable
from bot.usecases.configure import choose_channel
from bot.usecases.destinations import lost
from bot.usecases.heal import probe_due
from bot.usecases.ports import Owed
from bot.usecases.resend import resend
from tests.fakes import DOWN, FINE
from tests.usecases.conftest import ALICE, BOB, MALLORY, House

ARCHIVED = Undeliverable("is_archived")


@pytest.fixture
async def house(house: House) -> House:
    """Connected, and the hello forgotten."""
    await house.connect()
    house.messenger.texts.clear()
    house.messenger.calls.clear()
    return house


async def fail(house: House) -> None:
    """It stops working, and that is told to whoever can be told."""
    house.autotask.answer = DOWN
    await house.live(hours=0.5, step=5)


async def recover(house: House) -> None:
    house.autotask.answer = FINE
    await house.live(hours=0.5, step=5)


async def test_the_first_time_the_next_in_the_chain_is_told_why_and_what_to_do(
    house: House,
) -> None:
    house.messenger.closed["C1"] = ARCHIVED
    await fail(house)

    alert, why = house.messenger.said("U1")
    assert "is *Inactive*" in alert
    assert why == (
        "I cannot post in <#C1> any more: it is archived. Alerts about Autotask (Lakeside IT) were "
        "to go there, and come to you for now. Unarchive it, or choose another channel with "
        "`/autotask alerts`. I go on by myself once it works again."
    )


async def test_a_known_broken_channel_is_asked_once_an_hour_however_much_is_owed(
    house: House,
) -> None:
    house.messenger.closed["C1"] = ARCHIVED
    for _ in range(2):
        house.autotask.answer = DOWN
        await house.live(hours=1, step=5)
        house.autotask.answer = FINE
        await house.live(hours=1, step=5)

    asked = [channel for _, channel in house.messenger.calls].count("C1")
    assert 3 <= asked <= 5
    assert any("is *Active* again" in text for text in house.messenger.said("U1"))
    whys = [text for text in house.messenger.said("U1") if "I cannot post" in text]
    assert len(whys) == 1


async def test_back_again_the_channel_hears_once_what_it_missed(house: House) -> None:
    house.messenger.closed["C1"] = ARCHIVED
    await fail(house)
    house.messenger.closed.clear()
    await house.live(hours=1.2, step=6)

    summary, incident = house.messenger.said("C1")
    assert summary.startswith("I could not post here from <!date^")
    assert "went elsewhere or nowhere. How it is now:" in summary
    assert "• Autotask (Lakeside IT): Inactive, Autotask does not answer, since <!date^" in summary
    assert "is *Inactive*" in incident
    assert "takes messages again" in house.messenger.said("U1")[-1]

    await recover(house)
    assert "is *Active* again" in house.messenger.said("C1")[1]
    assert len(house.messenger.said("C1")) == 2


async def test_a_message_that_was_left_behind_shows_the_present_again(house: House) -> None:
    await fail(house)
    (before,) = house.messenger.said("C1")
    house.messenger.closed["C1"] = ARCHIVED
    await recover(house)
    assert house.messenger.said("C1") == [before]
    assert "is *Active* again" in house.messenger.said("U1")[0]

    house.messenger.closed.clear()
    await house.live(hours=1.2, step=6)

    edited, summary = house.messenger.said("C1")
    assert "is *Active* again" in edited
    assert "is *Active* again" in house.messenger.said("U1")[0]
    assert "• Autotask (Lakeside IT): Active (" in summary


async def test_a_message_in_a_channel_that_was_chosen_meanwhile_is_left_alone(
    house: House,
) -> None:
    """Away and back again while the first one was broken."""
    connection = (await house.overview()).connection
    house.messenger.closed["C1"] = ARCHIVED
    await lost(house.ports, "T1", "C1", "is_archived")
    await choose_channel(house.ports, ALICE, connection.id, "C2")
    await fail(house)
    house.messenger.closed.clear()
    await choose_channel(house.ports, ALICE, connection.id, "C1")
    await house.live(hours=0.1)
    assert await house.ports.destinations.broken("T1") == {}
    await recover(house)

    assert "is *Active* again" in house.messenger.said("C2")[-1]
    assert not any("is *Active* again" in text for text in house.messenger.said("C1"))


async def test_nothing_missed_is_said_too(house: House) -> None:
    house.messenger.closed["C1"] = ARCHIVED
    await lost(house.ports, "T1", "C1", "is_archived")
    await house.live(hours=0.1)
    house.messenger.closed.clear()
    await house.live(hours=1.2, step=6)

    (summary,) = house.messenger.said("C1")
    assert summary.endswith(": it is archived. Nothing was missed.")


async def test_choosing_the_channel_again_asks_it_at_once(house: House) -> None:
    house.messenger.closed["C1"] = ARCHIVED
    await fail(house)
    house.messenger.closed.clear()
    connection = (await house.overview()).connection
    await choose_channel(house.ports, ALICE, connection.id, "C1")
    await house.deliver()

    assert await house.ports.destinations.broken("T1") == {}
    assert any("I could not post here" in text for text in house.messenger.said("C1"))


async def test_a_summary_whose_answer_was_lost_is_not_posted_twice(house: House) -> None:
    house.messenger.closed["C1"] = ARCHIVED
    await fail(house)
    house.messenger.closed.clear()
    house.messenger.lost_answers = 1
    await house.live(hours=1.5, step=5)

    summaries = [text for text in house.messenger.said("C1") if "I could not post" in text]
    assert len(summaries) == 1
    assert await house.ports.destinations.broken("T1") == {}


async def test_a_channel_that_nobody_uses_any_more_is_left_alone(house: House) -> None:
    house.messenger.closed["C1"] = ARCHIVED
    await fail(house)
    connection = (await house.overview()).connection
    await choose_channel(house.ports, ALICE, connection.id, "C2")
    house.messenger.calls.clear()
    await house.live(hours=3, step=5)

    assert ("post", "C1") not in house.messenger.calls
    assert await house.ports.destinations.broken("T1") == {}


async def test_everybody_who_gets_the_alerts_instead_is_told_once(house: House) -> None:
    await house.connect(name="Second")
    await house.connect(name="Third", channel="C3")
    bob = BOB.__class__("U2", "T1", "Bob", admin=True)
    await house.connect(bob, name="Fourth")
    await lost(house.ports, "T1", "C1", "is_archived")
    await house.live(hours=0.2)

    (alice,), (bobs,) = house.messenger.said("U1"), house.messenger.said("U2")
    assert "Autotask (Lakeside IT)" in alice
    assert "Second (Lakeside IT)" in alice
    assert "Third" not in alice
    assert bobs == alice


async def test_a_name_cannot_mention_anybody(house: House) -> None:
    async with house.database.write() as transaction:
        await transaction.exec_driver_sql(
            "UPDATE connections SET company = char(2) || '@U7' || char(3) || ' <!here>'"
        )
    await lost(house.ports, "T1", "C1", "is_archived")
    await house.live(hours=0.1)

    (told,) = house.messenger.said("U1")
    assert "<@U7>" not in told
    assert "<!here>" not in told


async def test_a_rate_limit_holds_that_channel_alone_and_not_one_call_is_early(
    house: House,
) -> None:
    await house.connect(name="Second", channel="C2")
    house.messenger.calls.clear()
    house.messenger.closed["C1"] = Later("ratelimited", 30)
    house.autotask.answer = DOWN
    await house.live(hours=0.2)
    house.messenger.calls.clear()
    for _ in range(90):
        house.clock.pass_(seconds=1)
        await house.deliver()

    assert house.messenger.calls.count(("post", "C1")) == 3
    assert any("is *Inactive*" in text for text in house.messenger.said("C2"))
    house.clock.pass_(seconds=30)
    (owed,) = await house.ports.outbox.claim(10)
    assert owed.alert.attempts == 1


async def test_a_channel_that_does_not_answer_holds_up_nobody_else(house: House) -> None:
    await house.connect(name="Second", channel="C2")
    house.messenger.texts.clear()
    house.messenger.slow["C1"] = asyncio.Event()
    house.autotask.answer = DOWN
    for _ in range(8):
        house.clock.pass_(minutes=5)
        await house.check()
        house.clock.pass_(seconds=6)  # one waits for the other, who has its username
        await house.check()

    house.clock.pass_(minutes=1)
    delivering = asyncio.create_task(house.deliver())
    async with asyncio.timeout(5):
        while not house.messenger.said("C2"):
            await house.messenger.arrived.wait()
            house.messenger.arrived.clear()
    assert house.messenger.said("C1") == []
    house.messenger.slow["C1"].set()
    await delivering
    assert len(house.messenger.said("C1")) == 1


async def test_a_broken_installation_is_probed_by_one_call_now_and_then(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, logger="bot")
    await house.connect(name="Second", channel="C2")
    house.messenger.texts.clear()
    house.messenger.calls.clear()
    for channel in ("C1", "C2", "U1", "U0"):
        house.messenger.closed[channel] = NotInstalled("token_revoked")
    house.autotask.answer = DOWN
    await house.live(hours=0.5, step=5)
    for _ in range(120):
        house.clock.pass_(seconds=10)
        await house.deliver()

    assert 5 <= len(house.messenger.calls) <= 2 + 5 + 16
    (suspended,) = await house.ports.installations.suspended()
    assert (suspended.workspace_id, suspended.reason) == ("T1", "token_revoked")
    assert [each.message for each in caplog.records] == ["installation_broken"]
    assert await house.ports.outbox.dead() == 0

    house.messenger.closed.clear()
    await house.live(hours=0.2)
    assert await house.ports.installations.suspended() == []
    assert [len(house.messenger.said(each)) for each in ("C1", "C2")] == [1, 1]


async def test_a_token_that_is_away_for_days_loses_nothing(house: House) -> None:
    house.messenger.closed["C1"] = NotInstalled("account_inactive")
    house.autotask.answer = DOWN
    await house.live(hours=40, step=60)
    house.messenger.closed["C1"] = Later("service_unavailable")
    await house.live(hours=1, step=10)
    house.messenger.closed.clear()
    await house.live(hours=1, step=10)

    (alert,) = house.messenger.said("C1")
    assert "is *Inactive*" in alert


async def test_the_dead_are_sent_again_when_a_manager_says_so(house: House) -> None:
    for channel in ("C1", "U1", "U0"):
        house.messenger.closed[channel] = Undeliverable("channel_not_found")
    await fail(house)
    assert await house.ports.outbox.dead()
    house.messenger.closed.clear()
    with pytest.raises(NotAllowed):
        await resend(house.ports, BOB)
    assert await resend(house.ports, MALLORY) == 0

    assert await resend(house.ports, ALICE)
    await house.live(hours=1.2, step=6)

    assert await house.ports.outbox.dead() == 0
    assert any("is *Inactive*" in text for text in house.messenger.said("C1"))


async def test_the_message_of_the_fallback_says_where_it_is_told_from_then_on(
    house: House,
) -> None:
    house.messenger.direct["U1"] = "D1"
    house.messenger.closed["C1"] = ARCHIVED
    await fail(house)
    assert "is *Inactive*" in house.messenger.said("D1")[0]
    house.messenger.closed.clear()
    await house.live(hours=1.2, step=5)
    told = "Autotask (Lakeside IT) is told in <#C1> from here on."
    assert house.messenger.said("D1")[0] == told

    await recover(house)
    assert "is *Active* again" in house.messenger.said("C1")[-1]
    assert house.messenger.said("D1")[0] == told
    assert await house.ports.outbox.waiting() == (0, 0.0)


async def test_it_says_so_though_the_process_is_killed_once_the_channel_is_back(
    house: House,
) -> None:
    house.messenger.closed["C1"] = ARCHIVED
    await fail(house)
    house.messenger.closed.clear()
    house.clock.pass_(hours=1)
    await probe_due(house.ports)
    while claimed := await house.ports.outbox.claim(1):  # and nobody says what came of it
        if claimed[0].alert.kind is Kind.FAREWELL:
            break
        await settle_as_sent(house, claimed[0])
        house.clock.pass_(seconds=5)
    assert claimed
    await house.live(hours=0.2)

    assert "from here on" in house.messenger.said("U1")[0]
    assert await house.ports.outbox.waiting() == (0, 0.0)


async def settle_as_sent(house: House, owed: Owed) -> None:
    place = owed.incident.place if owed.incident else None
    await house.ports.outbox.sent(owed, place or Place(owed.lane, "90.0"))


async def test_where_the_fallback_cannot_be_written_to_any_more_nobody_is_told_anew(
    house: House,
) -> None:
    house.messenger.closed["C1"] = ARCHIVED
    await fail(house)
    house.messenger.closed = {"U1": Undeliverable("user_disabled")}
    await house.live(hours=1.2, step=5)

    assert not any("from here on" in text for text in house.messenger.texts.values())
    assert not any("from here on" in reason for reason, _ in await house.ports.outbox.died_of())


async def test_what_is_still_told_in_the_fallbacks_message_is_told_there_without_the_rest(
    house: House,
) -> None:
    """Two channels were closed, and one of them is back."""
    await house.connect(name="Branch", channel="C2", username="a1b2c3d4e5f6g02@example.com")
    house.messenger.texts.clear()
    house.messenger.closed = {"C1": ARCHIVED, "C2": ARCHIVED}
    await fail(house)
    (together,) = [text for text in house.messenger.said("U1") if "connections*" in text]
    assert "*2 connections* are *Inactive*" in together
    del house.messenger.closed["C1"]
    await house.live(hours=1.2, step=5)

    (left,) = [text for text in house.messenger.said("U1") if "*Inactive*" in text]
    assert "*Branch (Lakeside IT)* is *Inactive*" in left
    assert "*Autotask (Lakeside IT)* is *Inactive*" in house.messenger.said("C1")[-1]
