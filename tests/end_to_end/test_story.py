"""The running sandbox, through its public doors alone."""

import pytest

from tests.end_to_end.player import Player, words

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_sandbox_starts_with_weeks_to_look_at(player: Player) -> None:
    assert "alerts will appear here" in (await player.posted())[0]["text"]

    await player.say("/autotask status")

    shown = words(await player.said_to_me("Sample"))
    assert "100 % in 24 h" in shown
    assert "99.86 % in 30 d" in shown
