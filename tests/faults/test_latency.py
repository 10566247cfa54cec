"""People are told soon, and a channel is not asked for more than it takes."""

from pathlib import Path

from tests.faults.latency import backlog, from_change_to_message
from tests.faults.zygote import Parent


async def test_connections_that_fail_together_are_all_told_of_soon(
    tmp_path: Path, parent: Parent
) -> None:
    found = await from_change_to_message(tmp_path, parent, connections=20, channels=20)

    assert found.told == 20
    assert found.p99 < 10


async def test_a_backlog_drains_at_slack_s_pace_without_a_call_that_is_early(
    tmp_path: Path, parent: Parent
) -> None:
    """Here a second lasts a twentieth of one."""
    drained = await backlog(tmp_path, parent, number=16, hurry=0.05)

    assert (drained.told, drained.early) == (16, 0)
    assert drained.seconds > 14 * 0.05
