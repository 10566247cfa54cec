"""The steps of a check as they are told, by the client and by the fake that stands in for it."""

import asyncio
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.autotask.client import AutotaskClient
from bot.autotask.wire import Wire
from bot.domain.observation import Observation, Seen
from bot.domain.origin import AutotaskOrigin
from bot.domain.progress import Outcome, Step, Steps, Ticked
from bot.domain.secret import Secret
from bot.trust import trusted
from bot.usecases.ports import Zone
from tests.autotask.certificates import certify
from tests.autotask.conftest import WireFactory
from tests.autotask.far_side import far_side, js
from tests.autotask.tenant import Tenant
from tests.autotask.test_wire import Nameless
from tests.fakes import DOWN, FINE, FORBIDDEN, REFUSED, FakeAutotask


async def steps_of(client: AutotaskClient | FakeAutotask, tenant: Tenant) -> list[Ticked]:
    """A person's press: everything is asked, with one sign-in."""
    told: list[Ticked] = []
    await client.check(tenant.credentials, permission=True, zone=True, sign_ins=1, tell=told.append)
    return told


@pytest.fixture(params=["client", "fake"])
def client(request: pytest.FixtureRequest, tenant: Tenant) -> AutotaskClient | FakeAutotask:
    return tenant.client if request.param == "client" else FakeAutotask()


async def becomes(
    client: AutotaskClient | FakeAutotask, tenant: Tenant, verb: str, seen: Observation
) -> None:
    """The same happens to the fake's far side and to the real one's."""
    if isinstance(client, FakeAutotask):
        client.answer = seen
    else:
        await tenant.do(verb, entity="Companies")


def outcomes(told: list[Ticked]) -> dict[Step, Outcome]:
    return {each.step: each.outcome for each in told}


async def test_where_all_is_well_every_step_but_the_channel_s_is_told_in_order(
    client: AutotaskClient | FakeAutotask, tenant: Tenant
) -> None:
    if isinstance(client, FakeAutotask):
        client.answer = FINE

    told = await steps_of(client, tenant)

    assert [each.step for each in told] == list(Step)[:-1]
    assert {each.outcome for each in told[2:]} == {Outcome.DONE}
    assert told[2].seconds == told[3].seconds  # the budget comes with the sign-in
    assert next(each.note for each in told if each.step is Step.QUOTA) == "0% used"


async def test_a_refusal_is_the_last_step_that_signs_in(
    client: AutotaskClient | FakeAutotask, tenant: Tenant
) -> None:
    await becomes(client, tenant, "lock", REFUSED)

    told = outcomes(await steps_of(client, tenant))

    assert told[Step.LINE] is not Outcome.FAILED
    assert told[Step.SIGN_IN] is Outcome.FAILED
    assert Step.PERMISSION not in told


async def test_a_missing_permission_is_a_step_of_its_own(
    client: AutotaskClient | FakeAutotask, tenant: Tenant
) -> None:
    await becomes(client, tenant, "deny", FORBIDDEN)

    told = outcomes(await steps_of(client, tenant))

    assert (told[Step.SIGN_IN], told[Step.PERMISSION]) == (Outcome.DONE, Outcome.FAILED)


@pytest.mark.parametrize("kind", ["client", "fake"])
async def test_where_nothing_listens_the_connection_fails_and_nothing_further_is_told(
    kind: str, tenant: Tenant
) -> None:
    client: AutotaskClient | FakeAutotask = FakeAutotask(answer=DOWN)
    if kind == "client":
        client = tenant.client
        await tenant.visitor.world.stop()

    told = outcomes(await steps_of(client, tenant))

    assert told == {Step.LINE: Outcome.FAILED}


async def test_a_name_is_looked_up_before_its_host_proves_itself(
    new_wire: WireFactory, tmp_path: Path
) -> None:
    tls, authority = certify(tmp_path)
    async with far_side(lambda _: js({}), tls) as far:
        wire = new_wire(trust=trusted(authority), resolver=Book())
        by_name = await steps_to(wire, far.address.replace("127.0.0.1", "zone.test"))
        by_address = await steps_to(wire, far.address)

    assert outcomes(by_name) == {Step.NAME: Outcome.DONE, Step.LINE: Outcome.FAILED}
    assert outcomes(by_address) == {Step.NAME: Outcome.UNKNOWN, Step.LINE: Outcome.DONE}
    assert [each.note for each in by_address] == [
        "not looked up, since the address is a number",
        "",
    ]
    assert [each.seconds is None for each in (*by_name, *by_address)] == [False, False, True, False]


async def test_a_name_that_nobody_knows_is_the_step_that_fails(new_wire: WireFactory) -> None:
    told = await steps_to(new_wire(resolver=Nameless()), "https://zone.test")

    assert told == [Ticked(Step.NAME, Outcome.FAILED, told[0].seconds, "name not found")]


async def test_a_connection_without_tls_is_not_ticked_as_one(tenant: Tenant) -> None:
    told = await steps_of(tenant.client, tenant)

    assert (told[1].outcome, told[1].seconds) == (Outcome.UNKNOWN, None)


async def test_each_press_has_a_connection_made_for_it_and_takes_its_time(
    new_wire: WireFactory, tmp_path: Path, tenant: Tenant
) -> None:
    tls, authority = certify(tmp_path)
    async with far_side(lambda _: js({}), tls) as far:
        wire = new_wire(trust=trusted(authority), zone_url=far.address)
        client = AutotaskClient(wire)
        tenant.credentials = replace(tenant.credentials, origin=AutotaskOrigin(far.address))
        await wire.get(far.address, endpoint="x")
        pressed = [await steps_of(client, tenant) for _ in range(2)]

    for told in pressed:
        assert (told[1].step, told[1].outcome) == (Step.LINE, Outcome.DONE)
        assert told[1].seconds


async def test_a_press_signs_in_once_even_where_the_database_has_moved(tenant: Tenant) -> None:
    """A zone that still accepts is not left for another one by a press."""
    told: list[Ticked] = []
    elsewhere = Zone(await tenant.origin(29), "Australia 3")

    class Moved(AutotaskClient):
        async def find_zone(self, username: Secret) -> Zone | Observation:
            return elsewhere

    client = Moved(tenant.client._wire, tenant.client._extra_hosts)
    seen = await client.check(
        tenant.credentials, permission=False, zone=True, sign_ins=1, tell=told.append
    )

    assert (seen.seen, seen.zone_asked, seen.requests) == (Seen.OK, False, 2)
    assert told[-1].note == "Australia 3, not the one that is stored"


class Book(AbstractResolver):
    """Knows one address for every name."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host="127.0.0.1",
                port=port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """Nothing is open."""


async def steps_to(wire: Wire, address: str) -> list[Ticked]:
    told: list[Ticked] = []
    steps = Steps(told.append, asyncio.get_running_loop().time)
    await wire.get(address, endpoint="x", steps=steps)
    return told
