"""People are told soon, and a channel is not asked for more than it takes."""

from pathlib import Path

from tests.faults.latency import from_change_to_message


async def test_a_hundred_connections_that_fail_together_are_all_told_of(tmp_path: Path) -> None:
    found = await from_change_to_message(tmp_path, connections=100, channels=20)

    assert found.told == 100
    assert found.p99 < 10
