"""Who did what, in chat."""

from dataclasses import replace

from bot.usecases.pause import pause, resume
from tests.end_to_end.player import words
from tests.slack.conftest import Town
from tests.usecases.conftest import ALICE


async def test_a_manager_reads_who_did_what_a_page_at_a_time(town: Town) -> None:
    await town.connect()
    ports = town.bot.ports
    (workspace_id,) = await ports.workspaces.ids()
    (known,) = await ports.connections.all(workspace_id)
    admin = replace(ALICE, workspace_id=workspace_id)
    for _ in range(11):
        await pause(ports, admin, known.connection.id)
        await resume(ports, admin, known.connection.id)
    await town.alice.say("/autotask audit")

    newest = await town.alice.said_to_me("Who did what")
    assert "#23 <!date^" in words(newest)
    assert ": resume, Autotask: done" in words(newest)
    assert "#3 <" not in words(newest)
    await town.alice.press(newest, "audit.older")
    oldest = await town.alice.said_to_me("Older entries")
    assert oldest["ts"] == newest["ts"]
    assert "#1 <!date^" in words(oldest)
    assert ": connect (<#" in words(oldest)
    await town.alice.press(oldest, "audit.newest")
    await town.alice.said_to_me("Who did what")


async def test_others_do_not_and_that_is_noted(town: Town) -> None:
    await town.connect()
    bob = await town.player("Bob")
    await bob.say("/autotask audit")
    await bob.said_to_me("Only workspace admins and the people they have named can do this.")

    await town.alice.say("/autotask audit")

    assert ": read the audit: not allowed" in words(await town.alice.said_to_me("Who did what"))
