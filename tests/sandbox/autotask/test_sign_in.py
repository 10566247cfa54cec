"""Who may in, and what the others hear."""

import pytest

from tests.sandbox.autotask.visitor import Visitor


async def test_right_headers_are_let_in_in_any_spelling(visitor: Visitor) -> None:
    for spell in (str.lower, str.upper, str.title):
        headers = {spell(name): value for name, value in visitor.headers.items()}
        headers[spell("username")] = headers[spell("username")].upper()

        assert (await visitor.call("ThresholdInformation", headers=headers)).status == 200


@pytest.mark.parametrize("missing", ["ApiIntegrationCode", "UserName", "Secret"])
async def test_a_missing_header_is_an_empty_401(visitor: Visitor, missing: str) -> None:
    del visitor.headers[missing]

    answer = await visitor.call("ThresholdInformation")

    assert (answer.status, answer.text) == (401, "")
    assert answer.headers["Content-Length"] == "0"
    assert answer.headers["WWW-Authenticate"].startswith('Basic Realm="webservices3')
    assert (await visitor.user())["failures"] == 0


@pytest.mark.parametrize("header", ["UserName", "Secret"])
async def test_a_wrong_name_or_secret_is_an_empty_401(visitor: Visitor, header: str) -> None:
    answer = await visitor.call("Version", headers=visitor.headers | {header: "made-up@wrong"})

    assert (answer.status, answer.text) == (401, "")


async def test_basic_authentication_does_not_work(visitor: Visitor) -> None:
    answer = await visitor.call("Version", headers={"Authorization": "Basic bWFkZTp1cA=="})

    assert answer.status == 401


async def test_a_wrong_tracking_identifier_is_named(visitor: Visitor) -> None:
    headers = visitor.headers | {"ApiIntegrationCode": "MADEUPMADEUPMADEUPMADEUP222"}

    answer = await visitor.call("Companies/0", headers=headers)

    assert answer.status == 500
    assert answer.json == {"errors": ["IntegrationCode is invalid"]}
    assert (await visitor.user())["failures"] == 0


async def test_a_wrong_tracking_identifier_may_be_an_empty_401_too(visitor: Visitor) -> None:
    await visitor.do("quirk", name="wrong_code_status", value=401)

    answer = await visitor.call("Version", headers=visitor.headers | {"ApiIntegrationCode": "X"})

    assert (answer.status, answer.text) == (401, "")


@pytest.mark.parametrize(
    ("broken", "mended"), [("deactivate", "activate"), ("expire", "renew"), ("lock", "unlock")]
)
async def test_a_user_out_of_order_is_an_empty_401(
    visitor: Visitor, broken: str, mended: str
) -> None:
    await visitor.do(broken, username=visitor.username)
    answer = await visitor.call("ThresholdInformation")
    await visitor.do(mended, username=visitor.username)

    assert (answer.status, answer.text) == (401, "")
    assert await visitor.sign_in() == 200


async def test_failures_in_a_row_lock_the_user_even_to_the_right_secret(visitor: Visitor) -> None:
    await visitor.do("lock_after", tenant=visitor.company, n=3)

    for _ in range(3):
        assert await visitor.sign_in(Secret="made-up") == 401

    assert await visitor.sign_in() == 401
    assert (await visitor.user())["locked"] is True
    await visitor.do("unlock", username=visitor.username)
    assert await visitor.sign_in() == 200


async def test_a_success_sets_the_count_of_failures_back(visitor: Visitor) -> None:
    for secret in ("made-up", "made-up", visitor.headers["Secret"]):
        await visitor.sign_in(Secret=secret)

    assert (await visitor.user())["failures"] == 0


async def test_a_persons_login_is_locked_by_somebody_elses_tries(visitor: Visitor) -> None:
    person = await visitor.user("human")

    for _ in range(5):
        await visitor.sign_in(UserName=person["username"])

    assert (await visitor.user("human"))["locked"] is True
    assert await visitor.sign_in() == 200


async def test_a_new_user_may_need_minutes_to_become_available(visitor: Visitor) -> None:
    await visitor.do("quirk", name="available_after", value=300)
    early = await visitor.sign_in()
    visitor.clock.now += 300

    assert (early, await visitor.sign_in()) == (401, 200)
    assert (await visitor.user())["failures"] == 0
