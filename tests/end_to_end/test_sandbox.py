"""What the sandbox says when its bot does not come up."""

from pathlib import Path

import pytest

from bot.sandbox import play as module
from bot.sandbox.cli import stopped
from bot.sandbox.play import play


async def test_a_bot_that_does_not_connect_is_told_from_one_that_has_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.1)

    code = await play(0, tmp_path / "state", until=stopped)

    assert code == 1
    assert "The bot has not connected within 0.1 s." in capsys.readouterr().err
