"""Who lives where: zones, tenants and users, with the cast that every world starts with."""

import random
from dataclasses import dataclass, field

from bot.sandbox.autotask.identifiers import draw_secret, draw_tracking_identifier, draw_username
from bot.sandbox.autotask.tenants import Tenant, User
from bot.sandbox.autotask.zones import Zone, official_zones

_TENANTS = (
    ("Brightwater IT", "brightwater.example", 3, ("Olive", "Marsh")),
    ("Harbour & Vale Managed Services", "harbourvale.example", 4, ("Idris", "Quill")),
    ("Wattle Street Computing", "wattlestreet.example", 29, ("Matilda", "Reed")),
)
_CUSTOMERS = (
    "Alder Dental Group",
    "Birch & Sons Freight",
    "Copperfield Primary School",
    "Dunmore Legal",
    "Eastgate Veterinary",
    "Foxglove Florists",
    "Granite Peak Roofing",
    "Hollow Oak Brewery",
    "Ironbridge Cycles",
    "Juniper Care Homes",
    "Kestrel Survey",
    "Lantern Street Theatre",
)


@dataclass(slots=True)
class Directory:
    """Everything that is where it is; the first tenant is the sample."""

    zones: list[Zone]
    tenants: list[Tenant]
    _by_name: dict[str, tuple[Tenant, User]] = field(default_factory=dict)
    """Where a username was last found, so that thousands are found at once."""

    @classmethod
    def drawn(cls, rng: random.Random, *, now: float, tenants: int = 3) -> "Directory":
        """The same cast in every world, with credentials drawn for this one; so many of it as
        there are `tenants`, and made-up ones beyond."""
        directory = cls(zones=official_zones(), tenants=[])
        databases = rng.sample(range(20_000, 30_000), len(_TENANTS))
        for (name, domain, zone, person), ci in zip(_TENANTS, databases, strict=True):
            customers = tuple(rng.sample(_CUSTOMERS, 8))
            tenant = Tenant(name, ci, domain, directory.zone(zone), customers=customers)
            tenant.users = [draw_api_user(rng, tenant, now=now), _human(rng, tenant, person, now)]
            directory.tenants.append(tenant)
        del directory.tenants[tenants:]
        for number in range(len(_TENANTS) + 1, tenants + 1):
            directory.tenants.append(_made_up(rng, number, directory.zones, now))
        directory._remember()
        return directory

    def zone(self, number: int) -> Zone:
        """Raises LookupError with a sentence."""
        for zone in self.zones:
            if zone.number == number:
                return zone
        raise LookupError(f"There is no zone {number}.")

    def tenant(self, name: str) -> Tenant:
        """Raises LookupError with a sentence."""
        for tenant in self.tenants:
            if tenant.name == name:
                return tenant
        raise LookupError(f"There is no tenant named {name!r}.")

    def find_user(self, username: str) -> tuple[Tenant, User] | None:
        """By the whole username, in any case of letters."""
        wanted = username.lower()
        found = self._by_name.get(wanted)
        if found is None or found[1].username.lower() != wanted or found[1] not in found[0].users:
            self._remember()
            found = self._by_name.get(wanted)
        return found

    def _remember(self) -> None:
        self._by_name = {
            user.username.lower(): (tenant, user)
            for tenant in self.tenants
            for user in tenant.users
        }

    def find_tenant(self, username: str, *, by_domain: bool) -> Tenant | None:
        """Whose database a sign-in with this username concerns."""
        found = self.find_user(username)
        if found:
            return found[0]
        domain = username.lower().rpartition("@")[2]
        return next((t for t in self.tenants if by_domain and t.domain == domain), None)


def draw_api_user(rng: random.Random, tenant: Tenant, *, now: float) -> User:
    """A new API user (API-only) with the tracking identifier of a custom integration."""
    return User(
        username=draw_username(rng, tenant.domain),
        secret=draw_secret(rng),
        integration_code=draw_tracking_identifier(rng),
        first_name="API",
        last_name="User",
        kind="api",
        created=now,
    )


def _made_up(rng: random.Random, number: int, zones: list[Zone], now: float) -> Tenant:
    name, zone = f"Tenant {number:05}", zones[number % len(zones)]
    tenant = Tenant(name, 100_000 + number, f"tenant{number:05}.example", zone, customers=())
    tenant.users = [draw_api_user(rng, tenant, now=now)]
    return tenant


def _human(rng: random.Random, tenant: Tenant, person: tuple[str, str], now: float) -> User:
    """Somebody with a login of their own, which the REST API does not accept."""
    first, last = person
    return User(
        username=f"{first}.{last}@{tenant.domain}".lower(),
        secret=f"Make-believe{rng.randrange(1000, 10000)}!",
        integration_code="",
        first_name=first,
        last_name=last,
        kind="human",
        created=now,
    )
