"""The sample connection: a past that the bot's own store reads as if it had been watched."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.status import Status
from bot.domain.uptime import Tally, Uptime
from bot.sandbox import sample
from bot.sandbox.past import LENGTH, TROUBLES
from bot.usecases.ports import Overview
from tests.slack.conftest import Town, town_in


async def test_the_sample_has_weeks_of_uptime_and_incidents_and_is_watched(tmp_path: Path) -> None:
    async with town_in(tmp_path) as town:
        await sample.furnish(town.slack.announcement()["page_url"], tmp_path / "bot.db")

        found = await overview(town)
        assert found.watch.status is Status.ACTIVE
        assert found.connection.connected_by == town.alice.me
        age = datetime.now(UTC) - found.connection.connected_at
        assert abs(age - timedelta(seconds=LENGTH)) < timedelta(minutes=1)
        assert await said_and_gone(town)

        past = await uptime(town, found)
        assert past.day.uptime == 1
        assert past.week.failed == past.week.elapsed - past.week.ok == lasted(within=7)
        assert past.month.degraded == timedelta(minutes=312)
        assert past.month.unknown < timedelta(minutes=1)
        assert {size(past.day), size(past.week), size(past.month)} == {1, 7, 30}

        incidents = await town.bot.ports.history.incidents(
            found.connection.workspace_id,
            found.connection.id,
            since=found.connection.connected_at,
            limit=9,
        )
        assert [each.number for each in incidents] == [4, 3, 2, 1]
        assert [each.cause for each in incidents] == [each.cause for each in TROUBLES[::-1]]
        assert all(each.closed_at and each.status in ("inactive", "degraded") for each in incidents)


async def overview(town: Town) -> Overview:
    workspace = (await town.bot.ports.workspaces.ids())[0]
    return await town.bot.ports.connections.find(workspace, sample.NAME)


async def uptime(town: Town, found: Overview) -> Uptime:
    one, now = found.connection, datetime.now(UTC)
    return (await town.bot.ports.history.uptime(one.workspace_id, [one.id], now=now))[one.id]


async def said_and_gone(town: Town) -> bool:
    """It said hello, and no form is left open."""
    views = (await town.http.get("/page/views", params={"as": town.alice.me})).json()
    hello = (await town.alice.posted())[0]
    return "alerts will appear here" in hello["text"] and not views["stack"]


def lasted(*, within: int) -> timedelta:
    """How long it failed in the last so many days."""
    recent = (each for each in TROUBLES if each.ago < within * 86_400)
    return timedelta(seconds=sum(each.lasted for each in recent if each.status == "inactive"))


def size(tally: Tally) -> int:
    """In days; a window begins with the hour that it begins in."""
    return round(tally.elapsed / timedelta(days=1))
