"""The process dies at the worst moments, and nobody is left untold. `make faults` does the same at
full size."""

from pathlib import Path

import pytest

from tests.faults import faults
from tests.faults.house import Plan
from tests.faults.orders import ORDERS


@pytest.fixture
def sqlite(tmp_path: Path) -> Plan:
    return Plan(f"sqlite:///{tmp_path / 'bot.db'}", seed=1)


@pytest.fixture
def server(postgresql_url: str) -> Plan:
    return Plan(postgresql_url, seed=1)


async def test_no_alert_is_lost_however_often_the_process_is_killed(
    sqlite: Plan, tmp_path: Path
) -> None:
    result = await faults.kill(sqlite, tmp_path, times=16)

    assert (result.lost, result.broken, result.errors) == ([], [], "")
    assert result.told > 3
    assert len(result.deaths) > 5


async def test_nor_repeated_where_the_bot_may_look_before_it_resends(
    server: Plan, tmp_path: Path
) -> None:
    result = await faults.kill(server, tmp_path, times=10, history=True)

    assert (result.lost, result.broken, result.errors) == ([], [], "")
    assert result.repeated == 0
    assert result.told


async def test_nor_where_one_of_two_replicas_stands_still_past_its_leases(
    server: Plan, tmp_path: Path
) -> None:
    result = await faults.pause(server, tmp_path, times=2)

    assert (result.lost, result.broken) == ([], [])
    assert result.told > 3


async def test_nor_where_the_server_hangs_up(server: Plan, tmp_path: Path) -> None:
    result = await faults.terminate_backends(server, tmp_path, times=6)

    assert (result.lost, result.broken) == ([], [])
    assert result.told > 3


@pytest.mark.parametrize("order", ORDERS)
async def test_naive_orders_are_caught(sqlite: Plan, tmp_path: Path, order: str) -> None:
    result = await faults.kill(sqlite, tmp_path, times=15, order=order)

    assert result.lost
    assert result.told
