"""What nobody has established about Autotask: each a switch, so that either answer can be met."""

from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Quirks:
    """The defaults are what is reported most often from real accounts."""

    wrong_code_status: int = 500
    """500 is reported with valid credentials (apigrate issue 19); w6w lists an empty 401."""
    forbidden_status: int = 500
    """500 since August 2021 (django-autotask); the OpenAPI document says 403. 200 is a
    restricted line of business: nothing is found (official page REST_Security_Auth)."""
    quota_status: int = 429
    """Beyond the hourly threshold. No public sighting of the exact answer was found."""
    available_after: int = 0
    """Seconds until a new API user works: "up to 5 minutes" (Cloud Depot, py-autotask)."""
    zone_by_domain: bool = False
    """Whether the zone lookup knows every name at a tenant's domain, or whole usernames only."""
    latency_bands: bool = False
    """Half a second per call from 50 % of the hourly budget, a second from 75 % (Cloud Depot)."""

    def with_choice(self, name: str, value: object) -> "Quirks":
        """These quirks with another choice. Raises ValueError with a sentence."""
        if name not in {field.name for field in fields(self)}:
            raise ValueError(f"There is no quirk named {name!r}.")
        if type(value) is not type(getattr(self, name)):
            raise ValueError(f"The quirk {name} takes a value like {getattr(self, name)!r}.")
        choice: dict[str, Any] = {name: value}
        return replace(self, **choice)
