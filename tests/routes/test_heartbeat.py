"""The dead man's switch asks, and takes no for an answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.domain.secret import Secret
from bot.routes.heartbeat import HttpHeartbeat
from bot.trust import trusted
from tests.autotask.far_side import Heard, far_side, http

PATH = "/made-up-key"


@asynccontextmanager
async def heartbeat(address: str, *, deadline: float = 5.0) -> AsyncIterator[HttpHeartbeat]:
    beating = HttpHeartbeat(Secret(address + PATH), trust=trusted(None), deadline=deadline)
    yield beating
    await beating.aclose()


async def test_it_asks_the_address_and_no_more() -> None:
    async with far_side(lambda _: http(200, b"OK")) as far, heartbeat(far.address) as beating:
        assert await beating.ping()

    (heard,) = far.heard
    assert heard.target == PATH
    assert "cookie" not in heard.headers


async def test_a_redirect_is_not_followed() -> None:
    answer = http(302, Location="/other")
    async with far_side(lambda _: answer) as far, heartbeat(far.address) as beating:
        assert not await beating.ping()

    assert [each.target for each in far.heard] == [PATH]


async def test_trouble_is_logged_once_and_so_is_its_end_and_the_address_never(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    answers = [http(500), http(500), http(200), http(200)]
    async with far_side(lambda _: answers.pop(0)) as far, heartbeat(far.address) as beating:
        for _ in range(4):
            await beating.ping()

    ours = [each for each in caplog.records if each.name.startswith("bot.")]
    assert [each.message for each in ours] == ["heartbeat_fails", "heartbeat_works"]
    assert not any(PATH in str(vars(each)) for each in ours)


async def test_a_host_that_hangs_is_left_alone_after_the_deadline() -> None:
    async def nothing(_: Heard) -> None:
        """The line stays open."""

    async with far_side(nothing) as far, heartbeat(far.address, deadline=0.1) as beating:
        assert not await beating.ping()


async def test_nobody_there_is_no_reason_to_fall_over() -> None:
    async with heartbeat("http://127.0.0.1:9") as beating:
        assert not await beating.ping()
