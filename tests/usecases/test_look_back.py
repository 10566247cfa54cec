"""Looking back at incidents: whose, in which order, a page at a time, and in which words."""

import re

from bot.domain.chronicle import course, headline
from bot.domain.credentials import Typed
from bot.domain.stamps import spelled
from bot.usecases.acknowledge import acknowledge
from bot.usecases.connect import Attempt, connect
from bot.usecases.disconnect import disconnect
from bot.usecases.look_back import Past, id_of, look_back
from tests.fakes import DOWN, FINE, REFUSED
from tests.usecases.conftest import ALICE, BOB, MALLORY, VALUES, House


async def break_and_mend(house: House, *, hours: float = 0.5) -> None:
    house.autotask.answer = DOWN
    await house.live(hours=hours)
    house.autotask.answer = FINE
    await house.live(hours=0.2)


def numbers(past: Past) -> list[int]:
    return [incident.number for _, incident in past.incidents]


def told(house: House, past: Past) -> list[str]:
    texts = [
        f"{headline(incident)}. {course(incident, now=house.clock.now())}"
        for _, incident in past.incidents
    ]
    return [spelled(re.sub("\x02t\\d+\x03", "AT", each), time=str) for each in texts]


async def test_every_incident_is_found_page_by_page_the_newest_first(house: House) -> None:
    await house.connect()
    for _ in range(3):
        await break_and_mend(house)

    newest = await look_back(house.ports, BOB, limit=2)
    oldest = await look_back(house.ports, BOB, before=newest.older_than, limit=2)

    assert (numbers(newest), newest.older_than) == ([3, 2], 2)
    assert (numbers(oldest), oldest.older_than) == ([1], None)
    assert numbers(await look_back(house.ports, BOB, limit=3)) == [3, 2, 1]


async def test_an_incident_that_cannot_be_read_hides_no_other(house: House) -> None:
    await house.connect()
    for _ in range(3):
        await break_and_mend(house)
    async with house.database.write() as transaction:
        await transaction.exec_driver_sql("UPDATE incidents SET cause = 'x' WHERE number = 2")

    newest = await look_back(house.ports, BOB, limit=1)

    assert (numbers(newest), newest.older_than) == ([3], 3)
    assert numbers(await look_back(house.ports, BOB, before=3)) == [1]


async def test_of_one_connection_only_and_only_within_the_workspace(house: House) -> None:
    await house.connect()
    await break_and_mend(house)
    await house.connect(name="Other")
    one = await id_of(house.ports, ALICE, "other")

    assert numbers(await look_back(house.ports, ALICE, one)) == []
    assert numbers(await look_back(house.ports, ALICE)) == [1]
    assert numbers(await look_back(house.ports, MALLORY)) == []
    assert numbers(await look_back(house.ports, MALLORY, one)) == []


async def test_what_was_disconnected_since_is_still_told_of(house: House) -> None:
    await house.connect()
    await break_and_mend(house)
    await disconnect(house.ports, ALICE, (await house.overview()).connection.id)

    ((connection, _),) = (await look_back(house.ports, ALICE)).incidents

    assert connection.title == "Autotask (Lakeside IT)"


async def test_the_words_say_how_long_who_took_it_on_and_how_it_ended(house: House) -> None:
    await house.connect()
    await break_and_mend(house)
    house.autotask.answer = REFUSED
    await house.live(hours=0.5)
    await acknowledge(house.ports, BOB, (await house.overview()).connection.id)
    (still_open,) = told(house, await look_back(house.ports, ALICE, limit=1))
    house.autotask.answer = FINE
    replaced = (await house.overview()).connection.id
    await connect(house.ports, ALICE, Attempt(Typed.of(VALUES), "Autotask", replaces=replaced))
    mended, recovered = told(house, await look_back(house.ports, ALICE))

    assert still_open == (
        "Inactive: credentials refused. Open since AT, for 29 min by now. Acknowledged by <@U2> AT."
    )
    assert mended.endswith("Acknowledged by <@U2> AT. Mended by <@U1> with new credentials.")
    assert recovered == ("Inactive: Autotask does not answer. AT, for 27 min. Recovered by itself.")
