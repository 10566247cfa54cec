"""A deadline does not count the time in which the process stood still."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.deadline import MOMENT, MOMENTS, deadline
from tests.standstill import STEP, run, the_loop, time_flying


@asynccontextmanager
async def a_call() -> AsyncIterator[tuple[asyncio.StreamReader, socket.socket]]:
    """The answer's two ends: where it is read, and where it is given."""
    near, far = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=near)
    try:
        yield reader, far
    finally:
        far.close()
        writer.close()


@pytest.mark.parametrize("stop", [6.2, 60, 600])
def test_an_answer_that_arrived_while_the_process_stood_still_is_heard(stop: float) -> None:
    async def test() -> None:
        loop = the_loop()
        async with a_call() as (reader, far):

            def answer_during_a_stop() -> None:
                far.send(b"accepted")
                loop.stand_still(stop)

            loop.call_soon(answer_during_a_stop)
            async with deadline(6):
                assert await reader.readexactly(8) == b"accepted"

    run(test())


def test_what_never_comes_is_cut_off_in_time() -> None:
    async def test() -> None:
        async with time_flying() as loop:
            began = loop.time()
            with pytest.raises(TimeoutError):
                async with deadline(6):
                    await asyncio.Event().wait()
            assert 6 <= loop.time() - began < 6 + 8 * STEP

    run(test())


def test_what_never_comes_is_cut_off_a_moment_after_a_stop() -> None:
    async def test() -> None:
        async with time_flying() as loop:
            began = loop.time()
            loop.call_soon(loop.stand_still, 600)
            with pytest.raises(TimeoutError):
                async with deadline(6):
                    await asyncio.Event().wait()
            assert 600 + MOMENT <= loop.time() - began < 600 + MOMENT + 8 * STEP

    run(test())


def test_stops_without_end_come_to_an_end() -> None:
    async def test() -> None:
        rounds = 0

        async def stop_and_go() -> None:
            nonlocal rounds
            while True:
                rounds += 1
                the_loop().stand_still(10)
                await asyncio.sleep(0)

        stopping = asyncio.create_task(stop_and_go())
        with pytest.raises(TimeoutError):
            async with deadline(6):
                await asyncio.Event().wait()
        stopping.cancel()
        assert rounds < 4 * (1 + MOMENTS)

    run(test())


def test_what_is_cut_off_from_outside_is_no_time_out() -> None:
    async def test() -> None:
        async def wait() -> None:
            async with deadline(6):
                await asyncio.Event().wait()

        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    run(test())


def test_the_block_s_own_error_is_its_own() -> None:
    async def test() -> None:
        with pytest.raises(KeyError):
            async with deadline(6):
                raise KeyError

    run(test())
