from typing import Any

import pytest

from bot.autotask.client import AutotaskClient
from bot.domain.observation import Cause, Observation, Seen
from bot.domain.origin import AutotaskOrigin
from bot.domain.secret import Secret
from bot.usecases.ports import Zone
from tests.autotask.conftest import WireFactory
from tests.autotask.far_side import far_side, http, js
from tests.autotask.tenant import Tenant

ZONE = {"zoneName": "UK", "url": "https://webservices4.autotask.net/ATServicesRest/", "ci": 1}


async def look_up(
    new_wire: WireFactory, said: bytes, username: str = "who@x"
) -> Zone | Observation:
    async with far_side(lambda _: said) as far:
        client = AutotaskClient(new_wire(zone_url=far.address + "/"))
        return await client.find_zone(Secret(username))


async def test_a_username_has_a_zone(tenant: Tenant) -> None:
    zone = await tenant.client.find_zone(tenant.credentials.username)

    assert zone == Zone(tenant.credentials.origin, "America East")


async def test_a_username_that_nobody_has_is_unknown_and_nothing_was_signed_in(
    tenant: Tenant,
) -> None:
    seen = await tenant.client.find_zone(Secret("nobody@brightwater.example"))

    assert isinstance(seen, Observation)
    assert (seen.seen, seen.cause) == (Seen.REJECTED, Cause.USERNAME_UNKNOWN)
    assert seen.evidence == ("zoneInformation: 500, username unknown",)


async def test_the_question_carries_the_whole_username_and_no_header_of_ours(
    new_wire: WireFactory,
) -> None:
    async with far_side(lambda _: js(ZONE)) as far:
        client = AutotaskClient(new_wire(zone_url=far.address))
        await client.find_zone(Secret("a+b&user=c%41@x.example"))

    assert far.heard[0].target == (
        "/ATServicesRest/V1.0/zoneInformation?user=a%2Bb%26user%3Dc%2541@x.example"
    )
    assert far.heard[0].headers.keys().isdisjoint({"secret", "username", "apiintegrationcode"})


async def test_a_zone_is_used_by_https_alone(new_wire: WireFactory) -> None:
    zone = await look_up(new_wire, js(ZONE | {"url": "http://webservices4.autotask.net/"}))

    assert zone == Zone(AutotaskOrigin("https://webservices4.autotask.net"), "UK")


async def test_a_zone_without_a_usable_name_is_still_a_zone(new_wire: WireFactory) -> None:
    zone = await look_up(new_wire, js(ZONE | {"zoneName": 4}))

    assert zone == Zone(AutotaskOrigin("https://webservices4.autotask.net"), None)


@pytest.mark.parametrize(
    "url",
    [
        "https://webservices4.autotask.net.example/ATServicesRest/",
        "http://webservices4.autotask.net.example/",
        "http://127.0.0.1:9/",
        "",
        None,
        7,
    ],
)
async def test_a_foreign_host_is_an_odd_answer(new_wire: WireFactory, url: Any) -> None:
    seen = await look_up(new_wire, js(ZONE | {"url": url}))

    assert isinstance(seen, Observation)
    assert (seen.seen, seen.cause) == (Seen.SERVER_ERROR, Cause.ODD_ANSWER)
    assert seen.evidence == ("zoneInformation: 200, odd answer",)


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        (http(401), Cause.ODD_ANSWER),
        (http(403), Cause.ODD_ANSWER),
        (http(404), Cause.ODD_ANSWER),
        (js([1]), Cause.ODD_ANSWER),
        (http(503), Cause.SERVER_ERROR),
        (http(503, b"<html>"), Cause.MAINTENANCE),
        (http(429), Cause.HOURLY_LIMIT),
        (b"", Cause.CONNECTION_LOST),
    ],
)
async def test_other_answers_never_blame_credentials(
    new_wire: WireFactory, said: bytes, cause: Cause
) -> None:
    seen = await look_up(new_wire, said)

    assert isinstance(seen, Observation)
    assert seen.cause is cause
    assert seen.seen not in (Seen.REJECTED, Seen.FORBIDDEN)
