import json
from typing import Any

import pytest

from bot.autotask.answers import SEEN, Answer, parse_quota, parse_tenant, printable, read
from bot.autotask.failures import Failure
from bot.domain.observation import Cause, Quota, Tenant

THREADS = "API thread threshold of 3 threads has been exceeded"
PERMISSION = (
    "The logged in Resource does not have the adequate permissions to query this entity type."
)


def answer(status: int, body: Any = None, *, media_type: str = "") -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer.of(status, raw, media_type=media_type)


def error(status: int, text: str) -> Answer:
    return answer(status, {"errors": [text]})


HTML = b"\xef\xbb\xbf\n<!DOCTYPE html><p>Back soon"

TABLE = [
    (Cause.CREDENTIALS_REFUSED, answer(401, b"")),
    (Cause.CREDENTIALS_REFUSED, answer(401, HTML)),
    (Cause.INTEGRATION_CODE_REFUSED, error(500, "IntegrationCode is invalid")),
    (Cause.INTEGRATION_CODE_REFUSED, error(500, "integrationcode IS INVALID.")),
    (Cause.PERMISSION_MISSING, error(500, PERMISSION)),
    (Cause.PERMISSION_MISSING, error(403, PERMISSION)),
    (Cause.PERMISSION_MISSING, answer(403, b"")),
    (Cause.THREAD_LIMIT, error(429, THREADS)),
    (Cause.THREAD_LIMIT, error(500, THREADS)),
    (Cause.THREAD_LIMIT, error(200, "Itgenatr005")),
    (Cause.HOURLY_LIMIT, error(500, "The hourly threshold has been exceeded.")),
    (Cause.HOURLY_LIMIT, answer(429, b"")),
    (Cause.MAINTENANCE, answer(503, HTML)),
    (Cause.MAINTENANCE, answer(200, b"We are busy", media_type="text/HTML; charset=utf-8")),
    (Cause.SERVER_ERROR, answer(503, b"")),
    (Cause.SERVER_ERROR, error(500, "Timeout expired")),
    (Cause.REDIRECTED, answer(302, HTML)),
    (Cause.ODD_ANSWER, answer(404, HTML)),
    (Cause.ODD_ANSWER, answer(403, HTML)),
    (Cause.ODD_ANSWER, answer(404, {"Message": "No HTTP resource was found"})),
    (Cause.ODD_ANSWER, answer(204, b"")),
    (Cause.ODD_ANSWER, answer(200, b"")),
    (Cause.ODD_ANSWER, answer(200, b'{"item": {"id"')),
    (Cause.ODD_ANSWER, answer(200, b"[" * 200_000)),
    (Cause.ODD_ANSWER, error(200, "Something else")),
    (Cause.ODD_ANSWER, answer(200, {"errors": "not even a list"})),
    (Cause.ODD_ANSWER, answer(200, ["not", "an", "object"])),
    (Cause.ODD_ANSWER, answer(200, {"currentTimeframeRequestCount": "42"})),
]


@pytest.mark.parametrize(("cause", "given"), TABLE)
def test_every_answer_has_its_cause(cause: Cause, given: Answer) -> None:
    assert read(given, parse_quota) is cause


def test_the_budget_is_read_as_three_whole_numbers() -> None:
    budget = {
        "externalRequestThreshold": 10_000,
        "requestThresholdTimeframe": 60,
        "currentTimeframeRequestCount": 42,
    }

    assert read(answer(200, budget | {"errors": []}), parse_quota) == Quota(42, 10_000, 60)
    for wrong in (True, 2**31, -1, 1.5, None):
        odd = answer(200, budget | {"externalRequestThreshold": wrong})
        assert read(odd, parse_quota) is Cause.ODD_ANSWER


@pytest.mark.parametrize(
    ("body", "tenant"),
    [
        ({"item": {"id": 0, "companyName": "Lakeside IT"}}, Tenant(company="Lakeside IT")),
        ({"item": None}, Tenant()),
        ({"item": {"id": 0, "companyName": None}}, Tenant()),
        ({"item": {"id": 0, "companyName": 7}}, Cause.ODD_ANSWER),
        ({"item": "Lakeside IT"}, Cause.ODD_ANSWER),
        ({}, Cause.ODD_ANSWER),
    ],
)
def test_a_hidden_company_is_no_error(body: Any, tenant: Tenant | Cause) -> None:
    assert read(answer(200, body), parse_tenant) == tenant


def test_a_name_from_outside_fits_on_one_line() -> None:
    assert printable("Lake\u202eside\n IT\ud800\x1b") == "Lakeside IT"
    assert printable("x" * 500) == "x" * 100
    assert printable("\u200b") is None


def test_a_megabyte_of_error_text_is_read_at_once() -> None:
    assert read(error(500, "threshold" * 110_000), parse_quota) is Cause.SERVER_ERROR


def test_every_cause_that_can_be_read_belongs_to_a_class() -> None:
    assert {cause for cause, _ in TABLE} <= set(SEEN)
    assert read(Failure(Cause.DNS, ""), parse_quota) is Cause.DNS
