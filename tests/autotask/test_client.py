import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.autotask.client import AutotaskClient
from bot.autotask.threads import Threads
from bot.domain.observation import Cause, Observation, Quota, Seen
from bot.domain.observation import Tenant as Whose
from bot.domain.secret import Secret
from tests.autotask.conftest import WireFactory
from tests.autotask.far_side import (
    BUDGET,
    CODE,
    SECRET,
    USERNAME,
    FarSide,
    Heard,
    far_side,
    http,
    js,
)
from tests.autotask.tenant import Tenant
from tests.sandbox.autotask.visitor import Clock


def what(seen: Observation) -> tuple[Seen, Cause | None]:
    return seen.seen, seen.cause


async def test_three_good_headers_are_ok_in_one_request(tenant: Tenant) -> None:
    seen = await tenant.check(permission=False)

    assert what(seen) == (Seen.OK, None)
    assert seen.quota == Quota(1, 10_000, 60)
    assert seen.evidence == ("ThresholdInformation: 200",)
    assert not seen.permission_asked


async def test_asking_for_permission_tells_whose_autotask_it_is(tenant: Tenant) -> None:
    seen = await tenant.check()

    assert what(seen) == (Seen.OK, None)
    assert seen.tenant == Whose(company=tenant.visitor.company)
    assert seen.origin == tenant.credentials.origin
    assert seen.permission_asked


@pytest.mark.parametrize("verb", ["regenerate_secret", "lock", "deactivate", "expire"])
async def test_a_refusal_of_a_known_user_is_about_the_credentials(
    tenant: Tenant, verb: str
) -> None:
    await tenant.do(verb)

    seen = await tenant.check()

    assert what(seen) == (Seen.REJECTED, Cause.CREDENTIALS_REFUSED)
    assert seen.evidence == ("ThresholdInformation: 401, empty", "zoneInformation: America East")


async def test_a_refused_check_signs_in_exactly_once(tenant: Tenant) -> None:
    await tenant.do("regenerate_secret")

    await tenant.check()

    assert (await tenant.visitor.user())["failures"] == 1


async def test_a_deleted_user_is_unknown(tenant: Tenant) -> None:
    await tenant.do("delete_user")

    assert what(await tenant.check()) == (Seen.REJECTED, Cause.USERNAME_UNKNOWN)


async def test_another_tracking_identifier_is_named(tenant: Tenant) -> None:
    await tenant.do("change_tracking")

    seen = await tenant.check()

    assert what(seen) == (Seen.REJECTED, Cause.INTEGRATION_CODE_REFUSED)
    assert seen.evidence == ("ThresholdInformation: 500, integration code refused",)


async def test_a_database_that_moved_is_found_and_used(tenant: Tenant) -> None:
    await tenant.do("move_database", tenant=tenant.visitor.company, zone=29)

    seen = await tenant.check()

    assert what(seen) == (Seen.MOVED_OK, None)
    assert seen.origin == await tenant.origin(29)
    assert seen.tenant.zone == "Australia 3 / Sydney"
    assert not seen.permission_asked


async def test_the_daily_look_at_the_zone_tells_its_name_and_signs_in_no_second_time(
    tenant: Tenant,
) -> None:
    seen = await tenant.check(permission=False, zone=True)

    assert what(seen) == (Seen.OK, None)
    assert seen.zone_asked
    assert seen.tenant.zone == "America East"
    assert seen.evidence == ("ThresholdInformation: 200", "zoneInformation: America East")


async def test_a_new_zone_that_refuses_too_is_tried_once(tenant: Tenant) -> None:
    await tenant.do("move_database", tenant=tenant.visitor.company, zone=29)
    await tenant.do("regenerate_secret")

    seen = await tenant.check()

    assert what(seen) == (Seen.MOVED_BAD, Cause.ZONE_MOVED)
    assert seen.origin == await tenant.origin(29)
    assert len(seen.evidence) == 3
    assert (await tenant.visitor.user())["failures"] == 1


async def test_with_one_sign_in_left_the_new_zone_is_named_and_not_tried(tenant: Tenant) -> None:
    await tenant.do("move_database", tenant=tenant.visitor.company, zone=29)

    seen = await tenant.client.check(tenant.credentials, permission=True, zone=False, sign_ins=1)

    assert what(seen) == (Seen.REJECTED, Cause.WRONG_ZONE)
    assert seen.refusals(believed_good=True) == 1


async def test_a_bare_403_is_a_firewall_s_and_proves_no_credentials(
    new_wire: WireFactory,
) -> None:
    async with far_side(lambda _: http(403)) as far:
        seen = await check_at(far, new_wire)

    assert what(seen) == (Seen.SERVER_ERROR, Cause.ODD_ANSWER)
    assert seen.refusals(believed_good=True) is None


async def test_a_new_zone_that_refuses_the_tracking_identifier_says_so(tenant: Tenant) -> None:
    await tenant.do("move_database", tenant=tenant.visitor.company, zone=29)
    await tenant.do("change_tracking")

    assert what(await tenant.check()) == (Seen.MOVED_BAD, Cause.INTEGRATION_CODE_REFUSED)


async def test_a_new_zone_that_is_down_is_an_outage(tenant: Tenant) -> None:
    await tenant.do("move_database", tenant=tenant.visitor.company, zone=29)
    await tenant.do("zone_fault", zone=29, fault="outage_5xx")

    assert what(await tenant.check()) == (Seen.SERVER_ERROR, Cause.SERVER_ERROR)


@pytest.mark.parametrize("status", [500, 403])
async def test_a_missing_permission_is_forbidden_whatever_its_status(
    tenant: Tenant, status: int
) -> None:
    await tenant.do("quirk", name="forbidden_status", value=status)
    await tenant.do("deny", entity="Companies")

    seen = await tenant.check()

    assert what(seen) == (Seen.FORBIDDEN, Cause.PERMISSION_MISSING)
    assert seen.permission_asked
    assert seen.quota


async def test_a_used_up_hour_is_throttled(tenant: Tenant) -> None:
    await tenant.do("burn_quota", tenant=tenant.visitor.company, used=10_000)

    assert what(await tenant.check()) == (Seen.THROTTLED, Cause.HOURLY_LIMIT)


@pytest.mark.parametrize(
    ("fault", "seen", "cause"),
    [
        ("outage_5xx", Seen.SERVER_ERROR, Cause.SERVER_ERROR),
        ("maintenance", Seen.SERVER_ERROR, Cause.MAINTENANCE),
        ("maintenance_200", Seen.SERVER_ERROR, Cause.MAINTENANCE),
        ("garbage", Seen.SERVER_ERROR, Cause.ODD_ANSWER),
        ("redirect", Seen.SERVER_ERROR, Cause.REDIRECTED),
        ("reset", Seen.UNREACHABLE, Cause.CONNECTION_LOST),
    ],
)
async def test_a_broken_zone_is_never_the_credentials(
    tenant: Tenant, fault: str, seen: Seen, cause: Cause
) -> None:
    await tenant.do("zone_fault", zone="all", fault=fault)

    assert what(await tenant.check()) == (seen, cause)


def refusing(zone: bytes) -> Any:
    """Refuses every sign-in, and answers this where the zone is asked."""
    return lambda heard: zone if "zoneInformation" in heard.target else http(401)


async def check_at(far: FarSide, new_wire: WireFactory, **settings: Any) -> Observation:
    wire = new_wire(zone_url=far.address)
    client = AutotaskClient(wire, {far.host}, **settings)
    return await client.check(far.credentials, permission=True, zone=False, sign_ins=2)


async def test_a_refusal_while_the_zone_cannot_be_asked_is_an_outage(
    new_wire: WireFactory,
) -> None:
    async with far_side(refusing(http(503, b"<html>"))) as far:
        seen = await check_at(far, new_wire)

    assert what(seen) == (Seen.SERVER_ERROR, Cause.MAINTENANCE)
    assert seen.evidence == ("ThresholdInformation: 401, empty", "zoneInformation: 503, HTML")


async def test_after_a_refusal_the_zone_is_asked_without_the_secret(new_wire: WireFactory) -> None:
    async with far_side(refusing(http(503))) as far:
        await check_at(far, new_wire)

    signed_in, asked = far.heard
    ours = {"apiintegrationcode": CODE, "username": USERNAME, "secret": SECRET}
    assert signed_in.headers.items() >= ours.items()
    assert asked.headers.keys().isdisjoint(ours)


async def test_evidence_holds_no_value_even_where_the_far_side_repeats_them(
    new_wire: WireFactory,
) -> None:
    echo = js({"errors": [f"{USERNAME} {SECRET} {CODE}"]}, 500)
    async with far_side(lambda _: echo) as far:
        seen = await check_at(far, new_wire)

    assert seen.evidence == ("ThresholdInformation: 500, server error",)
    assert not any(value in repr(seen) for value in (USERNAME, SECRET, CODE))


async def test_the_whole_check_has_a_deadline_and_a_length(new_wire: WireFactory) -> None:
    clock = Clock(100.0)

    async def takes_its_time(heard: Heard) -> None:
        clock.now += 1.5

    async with far_side(takes_its_time) as far:
        seen = await check_at(far, new_wire, deadline=0.05, monotonic=clock)

    assert what(seen) == (Seen.UNREACHABLE, Cause.TIME_OUT)
    assert seen.evidence == ("Given up after 0.05 s",)
    assert seen.latency == 1.5


@pytest.mark.parametrize(
    ("said", "unanswered"),
    [(None, 1), (b"", 1), (http(502), 1), (http(504, b"<html>"), 1), (http(503), 0), (js({}), 0)],
)
async def test_a_sign_in_counts_as_unanswered_unless_autotask_itself_has_answered(
    new_wire: WireFactory, said: bytes | None, unanswered: int
) -> None:
    async def answer(heard: Heard) -> bytes | None:
        return said

    async with far_side(answer) as far:
        seen = await check_at(far, new_wire)

    assert (seen.refused, seen.unanswered, seen.accepted) == (0, unanswered, False)


async def test_a_check_that_is_given_up_remembers_what_it_has_sent(new_wire: WireFactory) -> None:
    async def nothing(heard: Heard) -> None: ...

    async with far_side(nothing) as far:
        assert (await check_at(far, new_wire, deadline=0.05)).unanswered == 1


async def test_what_never_left_is_not_unanswered(new_wire: WireFactory) -> None:
    async with far_side(lambda _: js({})) as far:
        pass

    seen = await check_at(far, new_wire)
    assert (seen.cause, seen.unanswered) == (Cause.CONNECTION_REFUSED, 0)


async def test_a_refusal_whose_body_never_comes_is_one(new_wire: WireFactory) -> None:
    head = b"HTTP/1.1 401 -\r\nContent-Length: 100\r\n\r\n"
    async with far_side(lambda heard: js({}) if "zone" in heard.target else head) as far:
        seen = await check_at(far, new_wire)

    assert (seen.refused, seen.unanswered) == (1, 0)
    assert seen.evidence[0] == "ThresholdInformation: 401, not read to its end"


async def test_credentials_that_were_accepted_stay_so_where_the_rest_is_lost(
    new_wire: WireFactory,
) -> None:
    async def answer(heard: Heard) -> bytes | None:
        return js(BUDGET) if "Threshold" in heard.target else None

    async with far_side(answer) as far:
        seen = await check_at(far, new_wire)

    assert (seen.cause, seen.accepted, seen.requests) == (Cause.TIME_OUT, True, 2)
    assert seen.refusals(believed_good=False) == 0


async def test_a_knock_needs_no_credentials_and_any_answer_will_do(tenant: Tenant) -> None:
    assert await tenant.client.knock(tenant.credentials.origin) is None

    (knock,) = (await tenant.visitor.state())["requests"]
    assert (knock["path"], knock["username"]) == ("/ATServicesRest/versioninformation", "")


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        (None, Cause.TIME_OUT),
        (http(502), Cause.SERVER_ERROR),
        (http(503, b"<html>"), Cause.MAINTENANCE),
        (http(404), None),
        (http(401), None),
    ],
)
async def test_a_knock_tells_what_keeps_the_zone_from_answering(
    new_wire: WireFactory, said: bytes | None, cause: Cause | None
) -> None:
    async def answer(heard: Heard) -> bytes | None:
        return said

    async with far_side(answer) as far:
        mute = await AutotaskClient(new_wire(), {far.host}).knock(far.origin)

    assert (mute.cause if mute else None) is cause
    assert far.heard[0].headers.keys().isdisjoint({"secret", "username", "apiintegrationcode"})


async def test_a_check_that_is_cancelled_stays_cancelled(new_wire: WireFactory) -> None:
    arrived = asyncio.Event()

    async def nothing(heard: Heard) -> None:
        arrived.set()

    async with far_side(nothing) as far:
        check = asyncio.create_task(check_at(far, new_wire))
        await arrived.wait()
        check.cancel()
        with pytest.raises(asyncio.CancelledError):
            await check


async def test_many_checks_at_once_stay_below_autotasks_cap(tenant: Tenant) -> None:
    await tenant.do("zone_fault", zone="all", fault="slow", ms=20)

    seen = await asyncio.gather(*(tenant.check() for _ in range(12)))

    assert {each.seen for each in seen} == {Seen.OK}


async def test_three_requests_go_at_once_and_nothing_is_remembered(new_wire: WireFactory) -> None:
    under_way, most, three = 0, 0, asyncio.Barrier(3)

    async def together(heard: Heard) -> bytes:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await three.wait()
        under_way -= 1
        return js(BUDGET)

    async with far_side(together) as far:
        client = AutotaskClient(new_wire(deadline=2.0), {far.host})
        checks = (
            client.check(far.credentials, permission=False, zone=False, sign_ins=2)
            for _ in range(9)
        )
        assert {each.seen for each in await asyncio.gather(*checks)} == {Seen.OK}

    assert most == 3
    assert client._threads._places == {}


async def test_another_tracking_identifier_has_places_of_its_own(new_wire: WireFactory) -> None:
    four = asyncio.Barrier(4)

    async def together(heard: Heard) -> bytes:
        await four.wait()
        return js(BUDGET)

    async with far_side(together) as far:
        client = AutotaskClient(new_wire(deadline=2.0), {far.host})
        other = replace(far.credentials, integration_code=Secret("ANOTHERMADEUPCODE"))
        several = [far.credentials] * 3 + [other]
        seen = await asyncio.gather(
            *(client.check(each, permission=False, zone=False, sign_ins=2) for each in several)
        )

    assert {each.seen for each in seen} == {Seen.OK}


async def test_waiting_in_our_own_queue_says_nothing_about_autotask(new_wire: WireFactory) -> None:
    full, free = asyncio.Barrier(4), asyncio.Event()

    async def busy(heard: Heard) -> bytes:
        await full.wait()
        await free.wait()
        return js(BUDGET)

    async with far_side(busy) as far:
        client = AutotaskClient(new_wire(deadline=2.0), {far.host})
        client._threads = Threads(patience=0.05)
        first = [
            asyncio.create_task(
                client.check(far.credentials, permission=False, zone=False, sign_ins=2)
            )
            for _ in "123"
        ]
        await full.wait()
        fourth = await client.check(far.credentials, permission=False, zone=False, sign_ins=2)
        free.set()
        assert {each.seen for each in await asyncio.gather(*first)} == {Seen.OK}

    assert what(fourth) == (Seen.INCONCLUSIVE, Cause.OURS)
    assert client._threads._places == {}
