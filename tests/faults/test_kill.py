"""The process dies at the worst moments, and nobody is left untold."""

from pathlib import Path

import pytest

from tests.faults.run import kill_again_and_again


@pytest.mark.parametrize(("database", "kills"), [("sqlite", 40), ("postgresql", 15)])
async def test_no_alert_is_lost_however_often_the_process_is_killed(
    tmp_path: Path, request: pytest.FixtureRequest, database: str, kills: int
) -> None:
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    if database == "postgresql":
        url = request.getfixturevalue("postgresql_url")

    result = await kill_again_and_again(url, tmp_path, kills=kills, seed=1)

    assert (result.lost, result.broken, result.errors) == ([], [], "")
    assert result.told > kills / 2
    assert len(result.deaths) > 5
