"""A loop that is held up is noticed, while it is and afterwards."""

import asyncio
import threading

import pytest

from bot.lag import LagProbe


def hold_up(seconds: float) -> None:
    """What a coroutine must not do."""
    threading.Event().wait(seconds)


async def test_a_hold_up_is_measured_and_logged_with_what_the_loop_was_doing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    probe = LagProbe(period=0.02, alarm=0.1)
    probe.start()
    await asyncio.sleep(0.05)
    hold_up(0.4)
    await asyncio.sleep(0.05)
    await probe.stop()

    (told,) = [each for each in caplog.records if each.message == "loop_held_up"]
    assert "in hold_up" in vars(told)["stack"]
    assert "loop_was_held_up" in caplog.text
    assert probe.figures.worst >= 0.3
    assert probe.figures.stalls == 1
    assert probe.take() >= 0.3
    assert probe.take() == 0
