"""Unmodified public clients of Autotask's REST API, at work in the make-believe Autotask."""

from contextlib import AbstractContextManager
from typing import Any

import pytest
from atrest import Client
from djautotask import api
from djautotask.models import Account
from djautotask.sync import AccountSynchronizer
from py_autotask import AsyncAutotaskClient, AutotaskClient
from py_autotask.exceptions import AutotaskAPIError, AutotaskAuthError

from tests.contracts.tenant import Tenant

WRONG_SECRET = {"secret": "Made-up-and-wrong$1"}
WRONG_CODE = {"integration_code": "MADEUPMADEUPMADEUPMADEUP234"}
UNKNOWN_USER = {"username": "made0up0username@nowhere.example"}


def py_autotask(tenant: Tenant, **wrong: str) -> AbstractContextManager[Any]:
    client: AbstractContextManager[Any] = AutotaskClient.create(**tenant.credentials(**wrong))
    return client


def atrest(tenant: Tenant, **wrong: str) -> Any:
    values = tenant.credentials(**wrong)
    return Client(
        f"{tenant.api_url}V1.0", values["integration_code"], values["username"], values["secret"]
    )


def django_autotask(**wrong: str) -> Any:
    """What is not wrong is taken from Django's settings."""
    return api.AccountsAPIClient(**wrong)


@pytest.mark.usefixtures("only_address")
def test_py_autotask_finds_its_zone_and_reads_the_companies(tenant: Tenant) -> None:
    """Where it looks the zone up is written into it, https://webservices.autotask.net: a proxy on
    loopback, named in the environment, leads there. What the zone then says, it follows itself.
    """
    with py_autotask(tenant) as client:
        customers = client.companies.query({"field": "id", "op": "gt", "value": 0}, max_records=5)
        own = client.companies.get(0)

        assert client.auth.api_url == tenant.api_url
        assert client.auth.zone_info.zone_name == "America East"
    assert [customer["isActive"] for customer in customers.items] == [True] * 5
    assert customers.page_details.next_page_url.startswith(tenant.api_url)
    assert own["companyName"] == tenant.company_name


@pytest.mark.usefixtures("only_address")
def test_py_autotask_finds_its_credentials_valid(tenant: Tenant) -> None:
    with py_autotask(tenant) as client:
        assert client.auth.validate_credentials()


@pytest.mark.usefixtures("only_address")
def test_py_autotask_is_refused_with_a_wrong_secret(tenant: Tenant) -> None:
    with (
        py_autotask(tenant, **WRONG_SECRET) as client,
        pytest.raises(AutotaskAuthError, match="Authentication failed"),
    ):
        client.companies.get(0)


@pytest.mark.usefixtures("only_address")
def test_py_autotask_is_refused_with_a_wrong_integration_code(tenant: Tenant) -> None:
    with (
        py_autotask(tenant, **WRONG_CODE) as client,
        pytest.raises(AutotaskAPIError, match="HTTP 500"),
    ):
        client.companies.get(0)


@pytest.mark.usefixtures("only_address")
def test_py_autotask_finds_no_zone_for_an_unknown_user(tenant: Tenant) -> None:
    with (
        py_autotask(tenant, **UNKNOWN_USER) as client,
        pytest.raises(AutotaskAuthError, match="Zone information could not be determined"),
    ):
        client.companies.get(0)


@pytest.mark.usefixtures("only_address")
async def test_py_autotask_reads_the_companies_without_blocking(tenant: Tenant) -> None:
    async with AsyncAutotaskClient.create_session(**tenant.credentials()) as client:
        company = {"field": "companyName", "op": "eq", "value": tenant.company_name}
        found = await client.companies.query_async(company)
        own = await client.companies.get_async(0)
        assert await client.test_connection_async()

    assert found.items == [own]
    assert own["companyName"] == tenant.company_name


@pytest.mark.usefixtures("only_address")
@pytest.mark.parametrize("wrong", [WRONG_SECRET, WRONG_CODE, UNKNOWN_USER], ids=" ".join)
async def test_py_autotask_without_blocking_finds_what_is_wrong(
    tenant: Tenant, wrong: dict[str, str]
) -> None:
    async with AsyncAutotaskClient.create_session(**tenant.credentials(**wrong)) as client:
        assert not await client.test_connection_async()


@pytest.mark.usefixtures("project")
def test_django_autotask_finds_its_zone_and_reads_the_companies(tenant: Tenant) -> None:
    """It looks the zone up where its own setting AUTOTASK_SERVER_URL says."""
    client = django_autotask()
    client.add_condition(api.ApiCondition(op="gt", field="Id", value="0"))

    page = client.get(None, page_size=5)
    rest = client.get(page["pageDetails"]["nextPageUrl"])
    own = client.get_single(0)["item"]

    assert client.server_url == tenant.api_url
    assert [len(page["items"]), len(rest["items"])] == [5, 3]
    assert rest["pageDetails"]["nextPageUrl"] is None
    assert own["companyName"] == tenant.company_name


@pytest.mark.usefixtures("project", "database")
def test_django_autotask_copies_every_company_page_by_page(tenant: Tenant) -> None:
    """The third time it asks for what was active since."""
    counts = [AccountSynchronizer(full=full).sync() for full in (True, True, False)]

    assert [created for created, _, _, _ in counts] == [9, 0, 0]
    assert [sum(companies) for companies in counts] == [9, 9, 0]
    assert Account.objects.get(id=Account.MY_ACCOUNT).name == tenant.company_name


@pytest.mark.usefixtures("project")
def test_django_autotask_knows_a_missing_company_from_a_missing_permission(
    tenant: Tenant,
) -> None:
    with pytest.raises(api.AutotaskRecordNotFoundError):
        django_autotask().get_single(999)

    tenant.deny("Companies")

    with pytest.raises(api.AutotaskSecurityPermissionsException):
        django_autotask().get_single(0)


@pytest.mark.usefixtures("project")
def test_django_autotask_is_refused_with_a_wrong_secret() -> None:
    """It asks the zone again before it believes that."""
    client = django_autotask(password=WRONG_SECRET["secret"])

    with pytest.raises(api.AutotaskAPIClientError, match="Unauthorized request"):
        client.get_single(0)


@pytest.mark.usefixtures("project")
def test_django_autotask_is_refused_with_a_wrong_integration_code() -> None:
    client = django_autotask(**WRONG_CODE)

    with pytest.raises(api.AutotaskAPIServerError, match="IntegrationCode is invalid"):
        client.get_single(0)


@pytest.mark.usefixtures("project")
def test_django_autotask_finds_no_zone_for_an_unknown_user() -> None:
    with pytest.raises(api.AutotaskAPIError, match="Zone information could not be determined"):
        api.get_web_connection_url(UNKNOWN_USER["username"])


def test_atrest_reads_a_ticket_of_a_company(tenant: Tenant) -> None:
    """It knows tickets alone, and no way to look a zone up: it is given the API's address."""
    [ticket] = atrest(tenant).query_tickets("10001").json()["items"]

    assert ticket["id"] == 10_001
    assert ticket["companyID"] == 174


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (WRONG_SECRET, "Invalid Autotask credentials"),
        (WRONG_CODE, "Invalid Autotask integration code"),
        (UNKNOWN_USER, "Invalid Autotask credentials"),
    ],
    ids=["secret", "integration_code", "username"],
)
def test_atrest_is_refused_and_told_why(tenant: Tenant, wrong: dict[str, str], said: str) -> None:
    with pytest.raises(OSError, match=said):
        atrest(tenant, **wrong).query_tickets("10001")
