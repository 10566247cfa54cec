"""The process dies at the worst moments, and nobody is left untold."""

from pathlib import Path

from tests.faults.run import kill_again_and_again


async def test_no_alert_is_lost_however_often_the_process_is_killed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.db'}"

    result = await kill_again_and_again(url, tmp_path, kills=40, seed=1)

    assert (result.lost, result.broken, result.errors) == ([], [], "")
    assert result.told > 20
    assert len(result.deaths) > 10
