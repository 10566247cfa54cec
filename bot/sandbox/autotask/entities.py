"""What a tenant's database holds that may be read: companies, their tickets, and resources."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.sandbox.autotask.filters import Row
from bot.sandbox.autotask.tenants import Tenant, User

_FIRST_CUSTOMER_ID = 174
_FIRST_TICKET_ID = 10_001
_FIRST_RESOURCE_ID = 29_682_885
_API_LICENSE = 7
_FULL_LICENSE = 1


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity: its path, its singular name and its rows, sorted by id."""

    path: str
    name: str
    rows: Callable[[Tenant], list[Row]]

    def information(self, user: User) -> dict[str, Any]:
        """What can be done with the entity, and what `user` may do with it.

        Metadata answers even where queries are refused: `canQuery` is about the entity,
        `userAccessForQuery` about the user. This world is for reading.
        """
        return {
            "name": self.name,
            "canCreate": False,
            "canDelete": False,
            "canQuery": True,
            "canUpdate": False,
            "userAccessForCreate": "None",
            "userAccessForDelete": "None",
            "userAccessForQuery": "None" if self.path in user.denied else "All",
            "userAccessForUpdate": "None",
            "hasUserDefinedFields": False,
            "supportsWebhookCallouts": False,
        }


def _companies(tenant: Tenant) -> list[Row]:
    """The tenant itself is company 0 (opendns/autotask-php issue 71)."""
    customers = [
        _company(number, name, tenant)
        for number, name in enumerate(tenant.customers, _FIRST_CUSTOMER_ID)
    ]
    return [_company(0, tenant.name, tenant), *customers]


def _company(number: int, name: str, tenant: Tenant) -> Row:
    """`companyNumber` is always text, if need be empty (django-autotask cannot store null)."""
    return {
        "id": number,
        "companyName": name,
        "companyNumber": f"C{number:05}" if number else "",
        "companyType": 1,
        "phone": f"555-01{number % 100:02}",
        "webAddress": f"https://{tenant.domain}" if number == 0 else None,
        "isActive": True,
        "createDate": "2021-03-01T09:00:00Z",
        "lastActivityDate": "2024-02-27T16:30:00Z",
    }


def _tickets(tenant: Tenant) -> list[Row]:
    """One of each customer (atrest reads nothing but tickets)."""
    return [
        _ticket(_FIRST_TICKET_ID + place, _FIRST_CUSTOMER_ID + place, name)
        for place, name in enumerate(tenant.customers)
    ]


def _ticket(number: int, company: int, name: str) -> Row:
    return {
        "id": number,
        "ticketNumber": f"T20240227.{number}",
        "title": f"Printer at {name} is offline",
        "companyID": company,
        "status": 1,
        "priority": 2,
        "createDate": "2024-02-27T16:00:00Z",
        "lastActivityDate": "2024-02-27T16:30:00Z",
    }


def _resources(tenant: Tenant) -> list[Row]:
    return [_resource(number, user) for number, user in enumerate(tenant.users, _FIRST_RESOURCE_ID)]


def _resource(number: int, user: User) -> Row:
    """`userName` is the part before the @ (n8n's Autotask node splits it there)."""
    return {
        "id": number,
        "userName": user.username.partition("@")[0],
        "email": user.username,
        "isActive": user.active,
        "licenseType": _API_LICENSE if user.kind == "api" else _FULL_LICENSE,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "hireDate": datetime.fromtimestamp(user.created, UTC).strftime("%Y-%m-%dT00:00:00Z"),
    }


ENTITIES = {
    entity.path.lower(): entity
    for entity in (
        Entity("Companies", "Company", _companies),
        Entity("Tickets", "Ticket", _tickets),
        Entity("Resources", "Resource", _resources),
    )
}
