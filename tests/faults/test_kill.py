"""The process dies at the worst moments, or stands still, and nobody is left untold, nor told twice
more often than it died. `make faults` does the same at full size."""

from pathlib import Path

import pytest

from tests.faults import faults
from tests.faults.house import Plan
from tests.faults.orders import ORDERS
from tests.faults.zygote import Parent


@pytest.fixture
def sqlite(tmp_path: Path) -> Plan:
    return Plan(f"sqlite:///{tmp_path / 'bot.db'}", seed=1)


@pytest.fixture
def server(postgresql_url: str) -> Plan:
    return Plan(postgresql_url, seed=1)


async def test_no_alert_is_lost_however_often_the_process_is_killed(
    sqlite: Plan, parent: Parent
) -> None:
    result = await faults.run(faults.kill, sqlite, parent, times=10)

    assert result.held, result
    assert not result.errors
    assert result.told > 0
    assert len(result.deaths) > 2


async def test_nor_repeated_where_the_bot_may_look_before_it_resends(
    server: Plan, parent: Parent
) -> None:
    result = await faults.run(faults.kill, server, parent, times=8, history=True)

    assert result.held, result
    assert result.told


async def test_nor_repeated_where_the_only_process_stands_still(
    sqlite: Plan, parent: Parent
) -> None:
    result = await faults.run(faults.pause_the_only_one, sqlite, parent, times=1)

    assert result.held, result
    assert result.told


async def test_nor_where_one_of_two_replicas_stands_still_past_its_leases(
    server: Plan, parent: Parent
) -> None:
    result = await faults.run(faults.pause, server, parent, times=1)

    assert result.held, result
    assert result.told


async def test_nor_where_the_server_hangs_up(server: Plan, parent: Parent) -> None:
    result = await faults.run(faults.terminate_backends, server, parent, times=3)

    assert result.held, result
    assert result.told


@pytest.mark.parametrize("order", ORDERS)
async def test_naive_orders_are_caught(sqlite: Plan, parent: Parent, order: str) -> None:
    result = await faults.run(faults.kill, sqlite, parent, times=10, order=order)

    assert result.lost
    assert result.told
