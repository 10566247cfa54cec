"""Ticks: they go on after a fault, do not overlap, and finish before the end."""

import asyncio

import pytest

from bot import scheduler as module
from bot.scheduler import LATE, Scheduler


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty ticks a second."""
    monkeypatch.setattr(module, "EVERY", 0.05)


async def test_a_tick_that_fails_is_logged_and_runs_again(caplog: pytest.LogCaptureFixture) -> None:
    runs = asyncio.Queue[int]()

    async def tick() -> None:
        runs.put_nowait(1)
        raise ValueError

    scheduler = Scheduler({"check": tick})
    scheduler.start()
    for _ in range(3):
        await asyncio.wait_for(runs.get(), 5)
    await scheduler.stop(drain=1)

    assert "tick_failed" in caplog.text


async def test_the_same_trouble_twice_a_second_is_one_line_and_so_is_its_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A full disk is not filled up with the news of it."""
    troubles = [ValueError("full"), ValueError("full"), None, ValueError("full"), OSError("full")]
    runs, all_over = iter(troubles), asyncio.Event()

    async def tick() -> None:
        trouble = next(runs, None)
        if trouble is troubles[-1]:
            all_over.set()
        if trouble:
            raise trouble

    scheduler = Scheduler({"check": tick})
    scheduler.start()
    await asyncio.wait_for(all_over.wait(), 5)
    await scheduler.stop(drain=1)

    told = [each.message for each in caplog.records if each.name == "bot.scheduler"]
    assert told == ["tick_failed", "tick_works_again", "tick_failed", "tick_failed"]


async def test_a_tick_under_way_at_the_end_is_finished_and_not_cancelled() -> None:
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def tick() -> None:
        begun.set()
        await may_end.wait()
        ended.set()

    scheduler = Scheduler({"check": tick})
    scheduler.start()
    await asyncio.wait_for(begun.wait(), 5)
    stopping = asyncio.create_task(scheduler.stop(drain=5))
    await asyncio.sleep(0)
    may_end.set()
    await stopping

    assert ended.is_set()


async def test_a_tick_that_is_cut_off_at_the_end_is_no_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    begun, never = asyncio.Event(), asyncio.Event()

    async def tick() -> None:
        begun.set()
        await never.wait()

    scheduler = Scheduler({"check": tick})
    scheduler.start()
    await asyncio.wait_for(begun.wait(), 5)
    await scheduler.stop(drain=0)

    assert "tick_cut_off" in caplog.text
    assert [each for each in caplog.records if each.levelname == "ERROR"] == []


async def test_a_slow_tick_is_not_started_a_second_time() -> None:
    at_once, other = 0, asyncio.Queue[int]()
    never = asyncio.Event()

    async def slow() -> None:
        nonlocal at_once
        at_once += 1
        await never.wait()

    async def quick_one() -> None:
        other.put_nowait(1)

    scheduler = Scheduler({"slow": slow, "quick": quick_one})
    scheduler.start()
    for _ in range(4):
        await asyncio.wait_for(other.get(), 5)
    await scheduler.stop(drain=0)

    assert at_once == 1
    never.set()


async def test_a_tick_with_a_pace_of_its_own_runs_at_the_start_and_is_late_by_that_pace() -> None:
    moment, runs = 0.0, asyncio.Queue[int]()

    async def hourly() -> None:
        runs.put_nowait(1)

    scheduler = Scheduler({"tidy": hourly}, every={"tidy": 3600}, monotonic=lambda: moment)
    scheduler.start()
    await asyncio.wait_for(runs.get(), 5)
    moment = LATE + 3599
    assert scheduler.on_time()
    moment = LATE + 3601
    assert not scheduler.on_time()
    await scheduler.stop(drain=1)

    assert runs.empty()


async def test_ticks_that_do_not_finish_are_late() -> None:
    moment = 0.0
    never = asyncio.Event()
    scheduler = Scheduler({"check": never.wait}, monotonic=lambda: moment)
    scheduler.start()

    assert scheduler.on_time()
    moment = LATE + 1
    assert not scheduler.on_time()
    never.set()
    await scheduler.stop(drain=1)
