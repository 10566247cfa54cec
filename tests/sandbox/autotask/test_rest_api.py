"""What the REST API answers to those it lets in."""

import gzip
import json
from typing import Any

import pytest

from tests.sandbox.autotask.visitor import Visitor


async def test_company_zero_is_the_tenant_itself(visitor: Visitor) -> None:
    answer = await visitor.call("Companies/0")

    assert (answer.json["item"]["id"], answer.json["item"]["companyName"]) == (0, visitor.company)


async def test_an_id_that_does_not_exist_is_null(visitor: Visitor) -> None:
    answer = await visitor.call("Companies/999999")

    assert (answer.status, answer.json) == (200, {"item": None})


@pytest.mark.parametrize(
    "path", ["/atservicesrest/v1.0/COMPANIES/0", "/ATServicesRest//v1.0//Companies/0"]
)
async def test_paths_come_in_any_case_and_with_double_slashes(visitor: Visitor, path: str) -> None:
    assert (await visitor.call(path)).status == 200


@pytest.mark.parametrize("path", ["Nonsense/1", "Companies/one", "Version/1", "/V1.0/Companies/0"])
async def test_what_is_not_there_is_a_404_before_anybody_signs_in(
    visitor: Visitor, path: str
) -> None:
    answer = await visitor.call(path, headers={})

    assert answer.status == 404
    assert answer.json["Message"].startswith("No HTTP resource was found")


async def test_other_methods_are_not_allowed(visitor: Visitor) -> None:
    for path in ("Companies/0", "Companies/query", "Version"):
        assert (await visitor.call(path, method="DELETE")).status == 405


async def test_version_proves_the_headers(visitor: Visitor) -> None:
    answer = await visitor.call("Version")

    assert set(answer.json) == {"majorVersion", "minorVersion", "build", "customerType"}
    assert all(isinstance(value, str) for value in answer.json.values())


async def test_a_missing_permission_refuses_queries_but_not_metadata(visitor: Visitor) -> None:
    await visitor.do("deny", username=visitor.username, entity="companies")

    item = await visitor.call("Companies/0")
    metadata = await visitor.call("Companies/entityInformation")

    assert item.status == 500
    assert "does not have the adequate permissions" in item.json["errors"][0]
    assert metadata.json["info"]["canQuery"] is True
    assert metadata.json["info"]["userAccessForQuery"] == "None"
    assert (await visitor.call("ThresholdInformation")).status == 200


async def test_a_missing_permission_may_be_a_403(visitor: Visitor) -> None:
    await visitor.do("quirk", name="forbidden_status", value=403)
    await visitor.do("deny", username=visitor.username, entity="Companies")

    assert (await visitor.call("Companies/0")).status == 403


async def test_the_api_user_finds_its_own_record_by_the_local_part(visitor: Visitor) -> None:
    local = visitor.username.partition("@")[0]
    question = {"filter": [{"op": "eq", "field": "userName", "value": local}]}

    answer = await visitor.call("Resources/query", method="POST", json=question)

    (item,) = answer.json["items"]
    assert (item["userName"], item["licenseType"], item["isActive"]) == (local, 7, True)


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ({"op": "eq", "field": "Id", "value": "0"}, 1),
        ({"op": "noteq", "field": "id", "value": 0}, 8),
        ({"op": "gt", "field": "id", "value": 0}, 8),
        ({"op": "gte", "field": "id", "value": 0}, 9),
        ({"op": "lt", "field": "id", "value": "175"}, 2),
        ({"op": "lte", "field": "id", "value": 175}, 3),
        ({"op": "in", "field": "id", "value": [0, "174"]}, 2),
        ({"op": "notIn", "field": "id", "value": [0, "174"]}, 7),
        ({"op": "beginsWith", "field": "companyName", "value": "BRIGHT"}, 1),
        ({"op": "endsWith", "field": "companyName", "value": "water it"}, 1),
        ({"op": "contains", "field": "companyName", "value": "twat"}, 1),
        ({"op": "exist", "field": "companyNumber"}, 8),
        ({"op": "notExist", "field": "companyNumber"}, 1),
        ({"op": "eq", "field": "isActive", "value": "true"}, 9),
        ({"op": "eq", "field": "companyName", "value": "Nobody"}, 0),
    ],
)
async def test_operators_find_rows(visitor: Visitor, condition: dict[str, Any], count: int) -> None:
    found = await visitor.query(condition)

    assert len(found["items"]) == found["pageDetails"]["count"] == count


async def test_conditions_are_grouped_by_and_and_or(visitor: Visitor) -> None:
    zero, first = ({"op": "eq", "field": "id", "value": number} for number in (0, 174))

    either = await visitor.query({"op": "or", "items": [zero, first]})
    both = await visitor.query({"op": "and", "items": [zero, first]})

    assert [item["id"] for item in either["items"]] == [0, 174]
    assert both["items"] == []


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"filter": []},
        {"filter": "id"},
        {"filter": ["id"]},
        {"filter": [{"op": "near", "field": "id", "value": 1}]},
        {"filter": [{"op": "eq", "field": "nonsense", "value": 1}]},
        {"filter": [{"op": "eq", "field": "id", "value": "one"}]},
        {"filter": [{"op": "in", "field": "id", "value": 1}]},
        {"filter": [{"op": "exist", "field": "id"}], "maxRecords": 501},
        {"filter": [{"op": "or", "items": [{"op": "exist", "field": "id"}] * 501}]},
        [],
    ],
)
async def test_an_invalid_query_is_a_500_with_a_sentence(visitor: Visitor, question: Any) -> None:
    answer = await visitor.call("Companies/query", method="POST", json=question)

    assert answer.status == 500
    assert answer.json["errors"][0].startswith("Invalid query syntax")


async def test_pages_lead_to_each_other(visitor: Visitor) -> None:
    first = await visitor.query({"op": "exist", "field": "id"}, MaxRecords=5)
    link = first["pageDetails"]["nextPageUrl"].removeprefix(visitor.zone)

    by_get = (await visitor.call(link)).json
    by_post = (await visitor.call(link, method="POST", json={})).json

    assert by_get == by_post
    assert (len(by_get["items"]), by_get["pageDetails"]["nextPageUrl"]) == (4, None)
    assert by_get["items"][0]["id"] > first["items"][-1]["id"]
    back = by_get["pageDetails"]["prevPageUrl"].removeprefix(visitor.zone)
    assert (await visitor.call(back)).json == first


async def test_a_query_may_come_by_get_be_counted_and_name_its_fields(visitor: Visitor) -> None:
    search = json.dumps(
        {"filter": [{"op": "gt", "field": "id", "value": 0}], "IncludeFields": ["CompanyName"]}
    )

    found = await visitor.call("Companies/query", params={"search": search})
    count = await visitor.call("Companies/query/count", params={"search": search})

    assert set(found.json["items"][0]) == {"id", "companyName"}
    assert count.json == {"queryCount": len(found.json["items"])}


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
async def test_a_body_marked_as_gzip_may_be_plain_or_packed(visitor: Visitor, pack: Any) -> None:
    body = pack(b'{"Filter": [{"op": "eq", "field": "id", "value": 0}]}')
    marked = visitor.headers | {"Content-Encoding": "gzip", "Content-Type": "application/json"}

    answer = await visitor.call("Companies/query", method="POST", data=body, headers=marked)

    assert answer.json["pageDetails"]["count"] == 1
