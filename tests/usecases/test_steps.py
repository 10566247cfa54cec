"""The last step of a test: whether alerts would be taken where they go first."""

from bot.domain.progress import Outcome, Step, Ticked
from bot.domain.sending import Sent, Undeliverable
from bot.domain.stamps import mention
from bot.usecases.check import test as check_now
from bot.usecases.destinations import broke
from tests.usecases.conftest import ALICE, House


async def steps(house: House) -> list[Ticked]:
    told: list[Ticked] = []
    connection = (await house.overview()).connection
    await check_now(house.ports, ALICE, connection.id, may_lock=False, tell=told.append)
    return told


async def test_a_press_is_one_sign_in_and_the_channel_is_looked_at_last(house: House) -> None:
    await house.connect()
    before = len(house.autotask.sign_ins)

    told = await steps(house)

    assert [each.step for each in told] == list(Step)
    assert told[-1] == Ticked(Step.CHANNEL, Outcome.DONE, 0.0, mention("C1"))
    assert (len(house.autotask.sign_ins) - before, house.autotask.allowed[-1]) == (1, 1)
    assert house.messenger.calls == [("look", "C1"), ("post", "C1"), ("look", "C1")]


async def test_what_slack_refuses_now_is_named(house: House) -> None:
    await house.connect()
    closed: Sent = Undeliverable("is_archived")
    house.messenger.closed["C1"] = closed

    assert (await steps(house))[-1].note == "it is archived"


async def test_where_slack_shows_nothing_what_it_last_refused_counts(house: House) -> None:
    await house.connect()
    house.messenger.blind = True
    unknown = (await steps(house))[-1]
    await broke(house.ports, "T1", "C1", "is_archived")

    assert unknown.outcome is Outcome.UNKNOWN
    assert (await steps(house))[-1] == Ticked(Step.CHANNEL, Outcome.FAILED, None, "it is archived")
