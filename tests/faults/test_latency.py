"""People are told soon, and a channel is not asked for more than it takes."""

from pathlib import Path

from tests.faults.latency import backlog, from_change_to_message


async def test_connections_that_fail_together_are_all_told_of_soon(tmp_path: Path) -> None:
    found = await from_change_to_message(tmp_path, connections=40, channels=40)

    assert found.told == 40
    assert found.p99 < 10


async def test_a_backlog_drains_at_slack_s_pace_without_a_call_that_is_early(
    tmp_path: Path,
) -> None:
    """Here a second lasts a twentieth of one."""
    drained = await backlog(tmp_path, number=30, hurry=0.05)

    assert (drained.told, drained.early) == (30, 0)
    assert drained.seconds > 28 * 0.05
