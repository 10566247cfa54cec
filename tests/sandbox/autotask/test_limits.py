"""The hourly budget of a tenant and the threads of an integration."""

import asyncio

from tests.sandbox.autotask.visitor import Visitor


async def test_threshold_information_reports_the_budget(visitor: Visitor) -> None:
    await visitor.call("Companies/0")

    answer = await visitor.call("ThresholdInformation")

    assert answer.json == {
        "externalRequestThreshold": 10000,
        "requestThresholdTimeframe": 60,
        "currentTimeframeRequestCount": 2,
    }


async def test_only_authenticated_calls_count(visitor: Visitor) -> None:
    await visitor.call(f"zoneInformation?user={visitor.username}")
    await visitor.sign_in(Secret="made-up")

    assert (await visitor.tenant())["hourly_used"] == 0


async def test_beyond_the_budget_calls_are_refused_until_the_hour_has_rolled(
    visitor: Visitor,
) -> None:
    await visitor.do("burn_quota", tenant=visitor.company, used=9999)
    last, refused = await visitor.call("Version"), await visitor.call("Version")
    visitor.clock.now += 3600

    assert (last.status, refused.status) == (200, 429)
    assert "hourly threshold" in refused.json["errors"][0]
    assert (await visitor.call("Version")).status == 200
    assert (await visitor.tenant())["hourly_used"] == 1


async def test_the_status_beyond_the_budget_is_a_choice(visitor: Visitor) -> None:
    await visitor.do("quirk", name="quota_status", value=500)
    await visitor.do("burn_quota", tenant=visitor.company, used=10000)

    assert await visitor.sign_in() == 500


async def test_a_fourth_thread_at_one_endpoint_is_refused(visitor: Visitor) -> None:
    await visitor.do("zone_fault", zone=3, fault="slow", ms=200)

    calls = ["Companies/0"] * 4 + ["Version"]
    *companies, version = await asyncio.gather(*map(visitor.call, calls))

    assert sorted(answer.status for answer in companies) == [200, 200, 200, 429]
    refused = next(answer for answer in companies if answer.status == 429)
    assert refused.json == {"errors": ["API thread threshold of 3 threads has been exceeded"]}
    assert version.status == 200


async def test_the_threads_may_be_used_up_by_others(visitor: Visitor) -> None:
    state = await visitor.do("thread_cap", n=0)
    assert state["thread_cap"] == 0
    refused = await visitor.call("Version")
    assert (refused.status, "thread threshold" in refused.text) == (429, True)

    await visitor.do("thread_cap", n=3)
    assert await visitor.sign_in() == 200


async def test_usage_beyond_half_the_budget_may_slow_calls_down(visitor: Visitor) -> None:
    await visitor.do("quirk", name="latency_bands", value=True)
    await visitor.do("burn_quota", tenant=visitor.company, used=5000)
    loop = asyncio.get_running_loop()
    started = loop.time()

    await visitor.call("Version")

    assert loop.time() - started >= 0.5
