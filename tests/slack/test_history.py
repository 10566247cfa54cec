"""Looking back in chat."""

from tests.end_to_end.player import words
from tests.slack.conftest import Town


async def break_user(town: Town) -> None:
    """Its connection is Inactive, and told so."""
    user = await town.alice.api_user()
    await town.alice.panel("deactivate", username=user["username"])
    for _ in range(2):
        await town.alice.say("/autotask test")
        await town.desk.drain()
    await town.tick()


async def repeat(town: Town, count: int) -> None:
    """As if it had happened so many times more."""
    async with town.bot.database.write() as transaction:
        table = await transaction.exec_driver_sql("PRAGMA table_info(incidents)")
        changed = ("id", "number", "closed_at")
        kept = ", ".join(each for each in table.scalars("name") if each not in changed)
        for number in range(2, count + 2):
            await transaction.exec_driver_sql(
                f"INSERT INTO incidents (id, number, closed_at, {kept}) "  # noqa: S608
                f"SELECT 'x{number}', {number}, opened_at + 60000000, {kept} "
                "FROM incidents WHERE number = 1"
            )


async def test_where_nothing_went_wrong_history_says_so(town: Town) -> None:
    await town.alice.say("/autotask history")

    await town.alice.said_to_me("No incident so far")


async def test_every_member_may_look_back_a_page_at_a_time(town: Town) -> None:
    await town.connect()
    await break_user(town)
    await repeat(town, 11)
    bob = await town.player("Bob")
    await bob.say("/autotask history autotask")

    newest = await bob.said_to_me("The newest incidents")
    assert "*#12 Autotask (Brightwater IT)* Inactive: credentials refused" in newest["text"]
    assert "for 1 min. Recovered by itself." in newest["text"]
    assert "#2 " not in newest["text"]
    await bob.press(newest, "history.older")
    oldest = await bob.said_to_me("Older incidents")
    assert oldest["ts"] == newest["ts"]
    assert ":red_circle: *#1 Autotask (Brightwater IT)*" in words(oldest)
    assert "Open since <!date^" in words(oldest)
    await bob.press(oldest, "history.newest")
    await bob.said_to_me("The newest incidents")


async def test_of_a_name_that_is_not_connected_nothing_is_told(town: Town) -> None:
    await town.alice.say("/autotask history Atlantis")

    await town.alice.said_to_me("There is no such connection")


async def test_what_was_disconnected_is_still_found_by_its_name(town: Town) -> None:
    await town.connect("Lakeside")
    await break_user(town)
    await town.alice.say("/autotask disconnect")
    question = await town.alice.said_to_me("Disconnect *")
    await town.alice.press(question, "connection.disconnect")
    await town.alice.said_to_me("are erased from the database")

    await town.alice.say("/autotask history lakeside")

    past = await town.alice.said_to_me("All incidents")
    assert "*#1 Lakeside (Brightwater IT)* Inactive: credentials refused" in past["text"]
    await town.alice.say("/autotask status lakeside")
    await town.alice.said_to_me("There is no such connection")


async def test_a_name_that_is_connected_again_is_the_one_that_is_connected(town: Town) -> None:
    await town.connect()
    await break_user(town)
    await town.alice.say("/autotask disconnect")
    question = await town.alice.said_to_me("Disconnect *")
    await town.alice.press(question, "connection.disconnect")
    await town.alice.said_to_me("are erased from the database")
    user = await town.alice.api_user()
    await town.alice.panel("activate", username=user["username"])
    await town.connect()

    await town.alice.say("/autotask history autotask")
    await town.alice.said_to_me("No incident so far")
