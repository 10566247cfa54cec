"""Worlds of another size or pace, and zones with TLS."""

import asyncio
import json
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientConnectorCertificateError, ClientSession, TCPConnector

from bot.sandbox.autotask import AutotaskWorld, Plan
from tests.sandbox.autotask.visitor import API, Clock, Visitor, draw_world


@asynccontextmanager
async def opened(plan: Plan) -> AsyncIterator[AutotaskWorld]:
    world = draw_world(plan=plan)
    await world.start(0)
    yield world
    await world.stop()


async def status(session: ClientSession, zone: str, user: dict[str, Any], **more: Any) -> int:
    headers = {
        "ApiIntegrationCode": user["integration_code"],
        "UserName": user["username"],
        "Secret": user["secret"],
    }
    async with session.get(f"{zone}{API}/Version", headers=headers, **more) as response:
        return response.status


async def test_so_many_tenants_live_over_the_zones_each_with_a_user_of_its_own() -> None:
    async with opened(Plan(tenants=9)) as world, ClientSession() as session:
        state = await Visitor(session, world, Clock()).state()
        zones = {zone["number"]: zone["base_url"] for zone in state["zones"]}
        found = [
            await status(session, zones[tenant["zone"]], tenant["users"][0])
            for tenant in state["tenants"]
        ]

    assert found == [200] * 9
    assert {tenant["zone"] for tenant in state["tenants"]} == set(zones)
    assert len({tenant["users"][0]["username"] for tenant in state["tenants"]}) == 9


async def test_the_cast_is_the_same_however_many_there_are() -> None:
    few, many = draw_world(plan=Plan(tenants=1)), draw_world(plan=Plan(tenants=50))

    assert few.announcement() == many.announcement()


async def test_every_answer_takes_its_time() -> None:
    async with opened(Plan(latency=0.1)) as world, ClientSession() as session:
        visitor = Visitor(session, world, Clock())
        loop = asyncio.get_running_loop()
        started = loop.time()
        await visitor.call(f"zoneInformation?user={visitor.username}")

        assert loop.time() - started >= 0.1


async def test_both_are_options_of_the_command() -> None:
    command = ("-m", "bot", "sandbox", "autotask", "--tenants", "5", "--latency", "50")
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    known = json.loads(await process.stdout.readline())
    async with ClientSession() as session:
        loop = asyncio.get_running_loop()
        started = loop.time()
        assert await status(session, known["base_url"], known) == 200
        assert loop.time() - started >= 0.05
        async with session.get(f"{known['base_url']}/panel/state") as response:
            assert len((await response.json())["tenants"]) == 5
    process.terminate()

    assert await process.wait() == 0


async def test_a_zone_with_tls_shows_the_certificate_of_another_while_the_switch_is_on() -> None:
    async with opened(Plan(secure=True)) as world:
        trust = ssl.create_default_context(cadata=world.authority.decode())
        known = world.announcement()
        async with ClientSession(connector=TCPConnector(ssl=trust)) as session:
            assert await status(session, known["base_url"], known) == 200
            panel = f"{known['base_url']}/panel/do"
            async with session.post(panel, json={"do": "zone_fault", "zone": 3, "fault": "tls"}):
                pass
        async with ClientSession(connector=TCPConnector(ssl=trust)) as session:
            with pytest.raises(ClientConnectorCertificateError, match="not valid for"):
                await status(session, known["base_url"], known)
            other = "https://" + known["extra_hosts"].split(",")[1]
            assert await status(session, other, known) == 401


async def test_without_tls_there_is_no_certificate_to_be_wrong(visitor: Visitor) -> None:
    refused = await visitor.do("zone_fault", zone="all", fault="tls")

    assert refused == {"error": "The zones of this world are served without TLS."}
