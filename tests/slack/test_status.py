"""How the connections are, in chat."""

from tests.end_to_end.player import words
from tests.slack.conftest import Town


async def test_status_says_how_it_is_since_when_and_where_alerts_go(town: Town) -> None:
    await town.connect()
    await town.alice.say("/autotask status")

    answer = await town.alice.said_to_me("*Active*")
    assert "Autotask (Brightwater IT)" in answer["text"]
    assert f"Alerts to <#{town.alice.channels['alerts']}>" in words(answer)
    assert "of the hourly budget used" in words(answer).lower()
    assert "Uptime 100 % in 24 h, 100 % in 7 d, 100 % in 30 d" in words(answer)


async def test_status_before_anything_is_connected_says_how_to_begin(town: Town) -> None:
    await town.alice.say("/autotask status")

    assert "`/autotask connect` begins" in words(await town.alice.said_to_me("Nothing is"))


async def test_status_of_very_many_connections_fits_a_message(town: Town) -> None:
    for number in range(23):
        await town.connect(f"N{number:02}")
    await town.alice.say("/autotask status")

    answer = await town.alice.said_to_me("and 3 more")
    assert "N22" in answer["text"]
    assert len(answer["blocks"]) <= 50


async def test_a_company_called_like_a_broadcast_reaches_nobody(town: Town) -> None:
    await town.connect("everyone")
    async with town.bot.database.write() as transaction:
        await transaction.exec_driver_sql("UPDATE connections SET company = '<!channel> & <b>'")
    await town.alice.say("/autotask status")

    answer = await town.alice.said_to_me("everyone")
    assert "&lt;!channel&gt; &amp; &lt;b&gt;" in words(answer)
    assert "<!channel>" not in words(answer)
