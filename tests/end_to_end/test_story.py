"""The running sandbox, through its public doors alone."""

import pytest

from tests.end_to_end.player import Player, words

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_whoever_sits_at_the_page_is_told_the_first_steps(player: Player) -> None:
    (hello,) = await player.direct_messages()

    assert "Three steps, and you are set up" in hello["text"]


async def test_the_sandbox_starts_with_weeks_to_look_at(player: Player) -> None:
    assert "alerts will appear here" in (await player.posted())[0]["text"]

    await player.say("/autotask status")

    shown = words(await player.said_to_me("Sample"))
    assert "100 % in 24 h" in shown
    assert "99.86 % in 30 d" in shown
