"""The app is removed from the workspace: everything of it goes, once, and nothing else."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.domain.errors import NoSuchConnection, StoreUnavailable, Tampered
from bot.slack import leaving
from bot.slack.channels import Heard
from bot.store.workspaces import WorkspaceTable
from bot.usecases.audit_ports import Vouched
from bot.usecases.deliver import _deliver_safely
from bot.usecases.destinations import lost
from tests.end_to_end.player import eventually
from tests.slack.conftest import Town
from tests.store.test_erasure import rows


async def team(town: Town) -> str:
    (workspace_id,) = await town.bot.ports.workspaces.ids()
    return workspace_id


async def switch(town: Town, do: str) -> None:
    await town.alice._post("workspace", do=do)


async def gone(town: Town) -> None:
    """Wait until no workspace is known any more, and all is done that follows from it."""

    async def look() -> bool:
        return not await town.bot.ports.workspaces.ids()

    await eventually(look)
    await town.desk.drain()
    assert {each["error"] for each in town.slack.refusals} == {"token_revoked"}
    town.slack.refusals.clear()


def told(caplog: pytest.LogCaptureFixture, event: str) -> list[Mapping[str, Any]]:
    return [vars(each) for each in caplog.records if each.message == event]


def heard(workspace_id: str, **body: Any) -> Heard:
    return Heard(workspace_id, "", {"team_id": workspace_id, **body})


async def test_a_workspace_that_removes_the_app_takes_everything_along(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    await town.connect()
    await town.alice.open_home("Autotask")
    await town.alice.panel("regenerate_secret", username=(await town.alice.api_user())["username"])
    workspace_id = await team(town)

    await switch(town, "uninstall")
    await gone(town)

    left = await rows(town.bot.database, workspace_id)
    assert set(map(len, left.values())) == {0}
    (line,) = told(caplog, "uninstalled")
    assert (line["workspace"], line["levelname"]) == (workspace_id, "WARNING")
    assert (line["erased"]["connections"], line["erased"]["data_keys"]) == (1, 1)
    assert "Autotask" not in str(line["erased"])
    assert len(told(caplog, "tokens_revoked")) == 1
    assert not town.desk.homes._lookers
    assert not town.desk.people._known


async def test_an_alert_that_was_owed_ends_quietly(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    await town.connect()
    ports, alerts = town.bot.ports, town.alice.channels["alerts"]
    await lost(ports, await team(town), alerts, "is_archived")
    (owed,) = await ports.outbox.claim(1)
    await switch(town, "uninstall")
    await gone(town)
    caplog.clear()

    await _deliver_safely(ports, owed)
    await town.tick()
    await town.desk.homes.refresh()
    town.slack.refusals.clear()

    assert [each.message for each in caplog.records if each.levelname != "DEBUG"] == []
    assert await ports.outbox.waiting() == (0, 0.0)
    assert await ports.installations.suspended() == []


async def test_a_revoked_token_alone_erases_nothing(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    await town.connect()
    workspace_id = await team(town)
    before = await rows(town.bot.database, workspace_id)
    await switch(town, "revoke_token")

    async def look() -> bool:
        return bool(told(caplog, "tokens_revoked"))

    await eventually(look)
    await town.desk.drain()
    assert await rows(town.bot.database, workspace_id) == before


async def test_an_old_event_does_no_harm_to_an_app_that_is_installed_anew(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    await town.connect()
    workspace_id = await team(town)

    await leaving.uninstalled(town.desk, heard(workspace_id))

    assert len(await town.bot.ports.connections.all(workspace_id)) == 1
    assert len(told(caplog, "not_uninstalled")) == 1


async def test_it_is_told_once_however_often_slack_says_it(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    workspace_id = await team(town)
    await switch(town, "uninstall")
    await gone(town)

    await leaving.uninstalled(town.desk, heard(workspace_id))

    town.slack.refusals.clear()
    assert len(told(caplog, "uninstalled")) == 1


async def test_another_workspace_s_event_touches_only_its_own(town: Town) -> None:
    """Another one's event, one that names two, and one that names none."""
    await town.connect()
    workspace_id = await team(town)
    await town.bot.ports.workspaces.remember("T9", "Another one")
    before = await rows(town.bot.database, workspace_id)

    await leaving.uninstalled(town.desk, heard("T9", team_id=workspace_id))
    await leaving.uninstalled(town.desk, heard(workspace_id, team_id="T9"))
    await leaving.uninstalled(town.desk, heard("", team_id=None))
    assert await town.bot.ports.workspaces.ids() == sorted([workspace_id, "T9"])

    await leaving.uninstalled(town.desk, heard("T9"))
    assert await town.bot.ports.workspaces.ids() == [workspace_id]
    assert await rows(town.bot.database, workspace_id) == before


async def test_the_opened_keys_are_forgotten(town: Town) -> None:
    await town.connect()
    workspace_id = await team(town)
    ports = town.bot.ports
    overview = await ports.connections.find(workspace_id, "Autotask")
    sealed = await ports.connections.sealed(workspace_id, overview.connection.id)
    await ports.vault.open(workspace_id, overview.connection.id, sealed)
    await switch(town, "uninstall")
    await gone(town)

    with pytest.raises(NoSuchConnection):
        await ports.connections.sealed(workspace_id, overview.connection.id)
    with pytest.raises(Tampered, match="not what was sealed"):
        await ports.vault.open(workspace_id, overview.connection.id, sealed)


@pytest.mark.parametrize("failures", [1, 3])
async def test_a_database_that_is_away_is_tried_again(
    town: Town, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    real, left = WorkspaceTable.forget, list(range(failures))

    async def forget(
        self: WorkspaceTable, workspace_id: str, *, deed: Vouched | None = None
    ) -> Mapping[str, int]:
        if left:
            left.pop()
            raise StoreUnavailable
        return await real(self, workspace_id, deed=deed)

    monkeypatch.setattr(WorkspaceTable, "forget", forget)
    monkeypatch.setattr(leaving, "PAUSES", (0.0, 0.0, 0.0))
    await switch(town, "uninstall")
    await gone(town)

    assert left == []
