"""Zones that misbehave, each in its own way."""

import asyncio

import pytest
from aiohttp import ClientConnectionError, ClientTimeout

from tests.sandbox.autotask.visitor import Visitor

IMPATIENT = ClientTimeout(total=0.2)


@pytest.mark.parametrize(
    ("fault", "status", "content"),
    [
        ("outage_5xx", 503, "octet-stream"),
        ("maintenance", 503, "html"),
        ("maintenance_200", 200, "html"),
    ],
)
async def test_an_outage_answers_without_json(
    visitor: Visitor, fault: str, status: int, content: str
) -> None:
    await visitor.do("zone_fault", zone=3, fault=fault)

    answer = await visitor.call("Companies/0")

    assert answer.status == status
    assert content in answer.headers.get("Content-Type", "octet-stream")
    assert not answer.text.startswith("{")


async def test_garbage_says_json_and_is_none(visitor: Visitor) -> None:
    await visitor.do("zone_fault", zone=3, fault="garbage")

    answer = await visitor.call("Companies/0")

    assert "json" in answer.headers["Content-Type"]
    with pytest.raises(ValueError, match="Unterminated"):
        _ = answer.json


async def test_a_reset_closes_without_an_answer(visitor: Visitor) -> None:
    await visitor.do("zone_fault", zone=3, fault="reset")

    with pytest.raises(ClientConnectionError):
        await visitor.call("Companies/0")

    assert (await visitor.state())["requests"][0]["status"] == 0


@pytest.mark.parametrize("fault", ["hang", "drip"])
async def test_a_zone_that_hangs_or_drips_outlasts_the_client(visitor: Visitor, fault: str) -> None:
    await visitor.do("zone_fault", zone=3, fault=fault, ms=20)

    with pytest.raises(TimeoutError):
        await visitor.call("Companies/0", timeout=IMPATIENT)


async def test_a_slow_zone_answers_late(visitor: Visitor) -> None:
    await visitor.do("zone_fault", zone=3, fault="slow", ms=150)
    loop = asyncio.get_running_loop()
    started = loop.time()

    answer = await visitor.call("Companies/0")

    assert answer.status == 200
    assert loop.time() - started >= 0.15


async def test_a_redirect_leads_to_another_host_that_sees_who_follows(visitor: Visitor) -> None:
    state = await visitor.do("zone_fault", zone=3, fault="redirect")
    other = state["zones"][1]

    answer = await visitor.call("Companies/0")
    visitor.zone, path = other["base_url"], answer.headers["Location"]
    await visitor.call(path.removeprefix(other["base_url"]))

    assert answer.status == 302
    assert path.startswith(other["base_url"])
    assert (await visitor.state())["requests"][0]["zone"] == other["number"]


async def test_a_fault_stays_in_its_zone_unless_it_is_everywhere(visitor: Visitor) -> None:
    zones = (await visitor.do("zone_fault", zone=4, fault="outage_5xx"))["zones"]
    assert [zone["fault"] for zone in zones] == ["none", "outage_5xx", "none", "none"]
    assert await visitor.sign_in() == 200

    await visitor.do("zone_fault", zone="all", fault="outage_5xx")
    assert await visitor.sign_in() == 503

    await visitor.do("zone_fault", zone="all", fault="none")
    assert await visitor.sign_in() == 200
