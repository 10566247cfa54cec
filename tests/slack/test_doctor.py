"""The doctor in chat: to each what is theirs."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import yaml

from bot.domain.finding import Finding
from bot.sandbox.slack import OPTIONAL_SCOPES, SCOPES, SlackWorld
from bot.slack.socket import REQUIRED
from bot.usecases.destinations import lost
from tests.end_to_end.player import Json, Player, words
from tests.slack.conftest import Town, town_in

ITSELF = "The bot itself"


async def examined(town: Town, player: Player, channel: str = "alerts") -> Json:
    """The doctor's answer to this person."""
    await player.say("/autotask doctor", channel=channel)
    await town.desk.drain()
    every = await player.messages(channel)
    return next(each for each in reversed(every) if each["ephemeral"])


async def workspace(town: Town) -> str:
    return (await town.bot.ports.workspaces.ids())[0]


async def test_where_all_is_well_it_says_so_of_each_thing(town: Town) -> None:
    await town.connect()
    bob = await town.player("Bob")

    answer = await examined(town, bob)

    assert "*All is in order.*" in words(answer)
    for line in ("works, workspace", "1 connection, active", "nothing is held back"):
        assert line in words(answer)
        assert line in answer["text"]
    alerts = town.alice.channels["alerts"]
    assert f"<#{alerts}>, as far as alerts have shown" in answer["text"]
    assert ITSELF not in words(answer)


async def test_what_is_wrong_here_is_told_with_its_fix(town: Town) -> None:
    await town.connect()
    ours, ports = await workspace(town), town.bot.ports
    await lost(ports, ours, town.alice.channels["alerts"], "is_archived")
    await ports.installations.suspend(ours, "token_revoked", tries=1, probe_after=9)
    async with town.bot.database.write() as transaction:
        await transaction.exec_driver_sql(DEAD)
    bob = await town.player("Bob")

    answer = words(await examined(town, bob))

    assert "To be mended: Posting, Where alerts go, Alerts." in answer
    assert f"*I cannot post in <#{town.alice.channels['alerts']}>*" in answer
    assert "token_revoked" in answer
    assert "1 reached nobody" in answer
    assert "press Send again" in answer


DEAD = """
    INSERT INTO alerts (id, workspace_id, connection_id, kind, text, version, not_before, state,
        attempts, step, created_at)
    SELECT 'a1', workspace_id, id, 'notice', 'Moved.', 0, 0, 'dead', 3, 2, 0 FROM connections
"""


async def test_a_permission_that_is_missing_is_named(town: Town) -> None:
    await town.connect()
    installation = town.slack._cloud.installation
    installation.scopes = tuple(each for each in installation.scopes if each != "im:write")
    bob = await town.player("Bob")

    answer = words(await examined(town, bob))

    assert "lacks the permission for im:write" in answer
    assert "install it anew" in answer


async def test_a_channel_that_is_closed_to_the_bot_is_named_where_it_may_look(
    tmp_path: Path,
) -> None:
    scopes = (*SCOPES, *OPTIONAL_SCOPES)
    async with town_in(tmp_path, world=SlackWorld(scopes=scopes, events=())) as town:
        await town.connect()
        alerts = town.alice.channels["alerts"]
        bob = await town.player("Bob")
        assert f"<#{alerts}>, open to me" in words(await examined(town, bob, "general"))

        await town.alice._post("workspace", do="archive", channel=alerts)

        answer = words(await examined(town, bob, "general"))
        assert f"I cannot post in <#{alerts}>: it is archived" in answer
        assert "choose another channel with `/autotask alerts`" in answer


async def test_an_admin_of_the_operator_s_workspace_sees_the_bot_itself(town: Town) -> None:
    answer = await examined(town, town.alice)

    assert ITSELF in words(answer)
    for line in ("*Stored credentials*: 0 of 0 open", "*Watching*: never started yet", "Heartbeat"):
        assert line in words(answer)
    assert "xoxb" not in words(answer)


async def test_so_does_the_operator_who_is_no_admin(town: Town) -> None:
    bob = await town.player("Bob")
    town.desk.ports = replace(town.desk.ports, operator=bob.me)

    assert ITSELF in words(await examined(town, bob))


async def test_in_another_workspace_its_admin_does_not(town: Town) -> None:
    """The bot was started with another workspace's token than the one that asks."""

    async def look() -> AsyncIterator[Finding]:
        yield Finding("Database", "a canary")

    town.desk.look = look
    assert "canary" in words(await examined(town, town.alice))

    home = town.slack._cloud.workspace
    real, home.team_id = home.team_id, "T0OPERATOR"
    try:
        answer = await examined(town, town.alice)
    finally:
        home.team_id = real
    assert "canary" not in words(answer)


def test_the_permissions_that_it_looks_for_are_those_of_the_manifest() -> None:
    manifest = yaml.safe_load(Path("manifest.yml").read_text())

    assert set(manifest["oauth_config"]["scopes"]["bot"]) == REQUIRED
