"""The vendor's status page: asked sparingly, read carefully, believed never."""

import json

import pytest

from bot.autotask.status_page import FRESH, StatusPage
from tests.autotask.conftest import WireFactory
from tests.autotask.far_side import Answering, far_side, http, js

PAGE = {
    "components": [
        {"id": "g1", "name": "Autotask PSA", "group": True, "status": "major_outage"},
        {"id": "g2", "name": "Other product", "group": True, "status": "operational"},
        {"id": "1", "name": "America East", "group_id": "g1", "status": "major_outage"},
        {"id": "2", "name": "America East 2", "group_id": "g1", "status": "operational"},
        {"id": "3", "name": "UK (United Kingdom)", "group_id": "g1", "status": "partial_outage"},
        {"id": "4", "name": "America West", "group_id": "g2", "status": "operational"},
    ]
}


@pytest.mark.parametrize(
    ("zone", "line"),
    [
        ("America East", "Status page: America East, major outage"),
        ("America East 2", "Status page: America East 2, operational"),
        ("UK", "Status page: UK, partial outage"),
        ("America West", None),
        ("Atlantis", None),
    ],
)
async def test_a_zone_is_found_by_its_region_in_autotask_s_group(
    new_wire: WireFactory, zone: str, line: str | None
) -> None:
    async with far_side(lambda _: js(PAGE)) as far:
        assert await StatusPage(new_wire(), far.address, lambda: 0.0).says(zone) == line


async def test_it_is_asked_at_most_once_a_minute_and_without_any_value(
    new_wire: WireFactory,
) -> None:
    moment = 0.0
    async with far_side(lambda _: js(PAGE)) as far:
        page = StatusPage(new_wire(), far.address, lambda: moment)
        for zone in ("UK", "America East", "Atlantis"):
            await page.says(zone)
        assert len(far.heard) == 1
        moment = FRESH
        await page.says("UK")

    assert [each.target for each in far.heard] == ["/api/v2/components.json"] * 2
    assert not {"secret", "username", "apiintegrationcode"} & far.heard[0].headers.keys()


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: http(503, b"<html>"),
        lambda _: js([]),
        lambda _: js({"components": [None, 7, {"group_id": None}]}),
        lambda _: js({"components": 5}),
        lambda _: js({"components": [{"id": [1], "group": True, "name": "Autotask PSA"}]}),
        lambda _: http(200, json.dumps({"components": "x" * 99}).encode()),
    ],
)
async def test_a_page_that_makes_no_sense_says_nothing(
    new_wire: WireFactory, answer: Answering
) -> None:
    async with far_side(answer) as far:
        assert await StatusPage(new_wire(), far.address, lambda: 0.0).says("UK") is None
