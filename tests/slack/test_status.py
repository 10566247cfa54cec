"""How the connections are, in chat."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot.domain.sparkline import SHOWN
from bot.sandbox.slack import OPTIONAL_SCOPES, SCOPES, SlackWorld
from bot.slack import status
from bot.slack.message import CHART, HISTORY, TEST
from bot.store.backend import Backend
from tests.end_to_end.player import Json, blocks, elements, words
from tests.slack.conftest import Town, town_in


def entry(message: Json, deed: str) -> Json:
    """The state of a menu in which this was chosen."""
    menus = [each for block in blocks(message) for each in elements(block)]
    option = next(o for o in menus[0]["options"] if o["value"].startswith(f"{deed}:"))
    return {"type": "overflow", "selected_option": option}


@pytest.fixture
async def sending(tmp_path: Path) -> AsyncIterator[Town]:
    """A town in whose Slack the app may do all that it can ask for."""
    world = SlackWorld(scopes=(*SCOPES, *OPTIONAL_SCOPES))
    async with town_in(tmp_path, world=world) as each:
        yield each


async def multiply(town: Town, numbers: range) -> None:
    """More connections like the first one, named N001 and so on."""
    async with town.bot.database.write() as transaction:
        for table, own in (("connections", "id, name, name_key"), ("watches", "connection_id")):
            found = await transaction.exec_driver_sql(f"PRAGMA table_info({table})")
            kept = ", ".join(each for each in found.scalars("name") if each not in own.split(", "))
            for number in numbers:
                name = f"N{number:03}"
                new = (
                    f"'{name}', '{name}', '{name.lower()}'"
                    if table == "connections"
                    else f"'{name}'"
                )
                await transaction.exec_driver_sql(
                    f"INSERT INTO {table} ({own}, {kept}) "  # noqa: S608
                    f"SELECT {new}, {kept} FROM {table} WHERE {own.split(', ')[0]} NOT LIKE 'N%'"
                )


@contextmanager
def counted(backend: Backend) -> Iterator[list[str]]:
    """The statements that go to the database meanwhile."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    engine = backend._engine.sync_engine  # type: ignore[attr-defined]
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def pressable(message: Json) -> list[str]:
    """The deeds that are offered, by buttons or by entries of menus."""
    found = [each for block in blocks(message) for each in elements(block)]
    buttons = [each["action_id"] for each in found if each.get("type") == "button"]
    entries = [option["value"].partition(":")[0] for e in found for option in e.get("options", ())]
    return buttons or entries


async def test_status_says_how_it_is_since_when_and_where_alerts_go(town: Town) -> None:
    await town.connect()
    await town.alice.say("/autotask status")

    answer = await town.alice.said_to_me("*Active*")
    assert "Autotask (Brightwater IT)" in answer["text"]
    assert f"Alerts to <#{town.alice.channels['alerts']}>" in words(answer)
    assert "of the hourly budget used" in words(answer).lower()
    assert "Uptime 100 % since it was connected, just now" in words(answer)
    assert ": credentials " in words(answer)
    assert pressable(answer) == [TEST, CHART, HISTORY]


async def test_the_last_hours_are_a_line_of_signs_and_the_text_alone_tells_them_in_words(
    town: Town,
) -> None:
    """Screen readers and push previews have nothing but the text."""
    await town.connect()
    await town.alice.say("/autotask status")

    answer = await town.alice.said_to_me("*Active*")
    signs, _, rest = blocks(answer)[0]["text"]["text"].splitlines()[-1][1:].partition("`")
    assert len(signs) == SHOWN
    assert set(signs[:-1]) == {"·"}
    assert "answers in" in rest
    assert "· not watched" in rest
    assert "Last 24 hours: answers in" in answer["text"]
    for part in (
        "Checked <!date^",
        "Next <!date^",
        "Alerts to <#",
        "Connected by <@",
        "Uptime 100",
    ):
        assert part in answer["text"]
    assert signs not in answer["text"]


async def test_a_hundred_connections_are_told_by_as_many_queries_as_two(town: Town) -> None:
    await town.connect()
    queries = []
    for numbers in (range(1, 2), range(2, 100)):
        await multiply(town, numbers)
        with counted(town.bot.database._backend) as seen:
            await town.alice.say("/autotask status")
            answer = await town.alice.said_to_me(f"{numbers[-1] + 1} connections")
        queries.append(len(seen))

    assert queries[0] == queries[1] <= 12
    assert len(answer["blocks"]) <= 50
    for told in (words({"blocks": answer["blocks"]}), answer["text"]):
        assert "100 connections: 100 active" in told
        assert "… and 80 more (80 active). `/autotask status NAME`" in told
    assert answer["text"].count("*Active* since") == 20
    assert "Uptime 100 % since it was connected" in answer["text"]


async def test_where_there_are_several_each_has_its_menu(town: Town) -> None:
    await town.connect()
    await multiply(town, range(1, 2))
    await town.alice.say("/autotask status")

    answer = await town.alice.said_to_me("N001")
    assert pressable(answer) == [TEST, CHART, HISTORY] * 2
    await town.alice.press(answer, "status.more", entry(answer, HISTORY))
    await town.alice.said_to_me("No incident so far")


async def test_the_shortcut_shows_the_status_in_a_modal_that_a_press_tests_in(town: Town) -> None:
    await town.connect()
    await town.alice.take_shortcut(status.CHECK)
    shown = await town.alice.view("*Active*")

    await town.alice.press(shown, TEST)

    assert (await town.alice.view("works: Autotask answered"))["id"] == shown["id"]


async def test_the_shortcut_of_who_may_not_look_says_so(town: Town) -> None:
    gail = await town.player("Gail")
    await gail.take_shortcut(status.CHECK)

    await gail.view("full members")


async def test_a_chart_is_offered_where_it_can_be_drawn(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town.connect()
    monkeypatch.setattr(status, "can_draw", lambda: False)
    await town.alice.say("/autotask status")

    assert pressable(await town.alice.said_to_me("*Active*")) == [TEST, HISTORY]


async def test_members_may_look_at_everything_and_are_not_offered_a_test(town: Town) -> None:
    await town.connect()
    bob = await town.player("Bob")
    await bob.say("/autotask status")

    assert pressable(await bob.said_to_me("*Active*")) == [CHART, HISTORY]


async def test_a_chart_is_a_picture_for_the_eyes_of_who_asked_with_words_for_the_ears(
    sending: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sending.connect()
    bob = await sending.player("Bob")
    await bob.say("/autotask status")
    status = await bob.said_to_me("*Active*")
    await bob.press(status, CHART)

    await bob.said_to_me("The picture is in your direct messages with me.")
    (message,) = await bob.direct_messages()
    (file,) = message["files"]
    assert "*Autotask (Brightwater IT)*, the last 7 days" in message["text"]
    assert file["alt_txt"].endswith("No incident.")
    assert "answers in" in file["alt_txt"]
    picture = await sending.http.get(file["url_private"])
    assert picture.content.startswith(b"\x89PNG")
    assert not [each for each in await sending.alice.posted() if each["files"]]

    monkeypatch.setitem(sys.modules, "PIL", None)  # without the library, a sentence
    await bob.press(status, CHART)
    await bob.said_to_me("`make charts`")
    assert len(await bob.direct_messages()) == 1


async def test_without_the_permission_a_sentence_says_what_is_missing(town: Town) -> None:
    await town.connect()
    await town.alice.say("/autotask status")
    await town.alice.press(await town.alice.said_to_me("*Active*"), CHART)

    answer = await town.alice.said_to_me("`files:write`")
    assert "the last 7 days: answers in" in answer["text"]


async def test_status_before_anything_is_connected_says_how_to_begin(town: Town) -> None:
    await town.alice.say("/autotask status")

    assert "`/autotask connect` begins" in words(await town.alice.said_to_me("Nothing is"))


async def test_a_company_called_like_a_broadcast_reaches_nobody(town: Town) -> None:
    await town.connect("everyone")
    async with town.bot.database.write() as transaction:
        await transaction.exec_driver_sql("UPDATE connections SET company = '<!channel> & <b>'")
    await town.alice.say("/autotask status")

    answer = await town.alice.said_to_me("everyone")
    assert "&lt;!channel&gt; &amp; &lt;b&gt;" in words(answer)
    assert "<!channel>" not in words(answer)
