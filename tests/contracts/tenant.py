"""What the make-believe Autotask announces, in the words of each library."""

from dataclasses import dataclass
from typing import Any

import requests


@dataclass(frozen=True)
class Tenant:
    base_url: str
    extra_hosts: str
    username: str
    secret: str
    integration_code: str
    company_name: str

    @property
    def api_url(self) -> str:
        return f"{self.base_url}/ATServicesRest/"

    def credentials(self, **wrong: str) -> dict[str, str]:
        """The three values, some of them replaced."""
        known = {
            "username": self.username,
            "secret": self.secret,
            "integration_code": self.integration_code,
        }
        return known | wrong

    def django_settings(self) -> dict[str, Any]:
        return {
            "AUTOTASK_SERVER_URL": self.api_url,
            "AUTOTASK_CREDENTIALS": {
                "username": self.username,
                "password": self.secret,
                "integration_code": self.integration_code,
                "rest_api_version": "1.0",
            },
        }

    def deny(self, entity: str) -> None:
        """Take the permission to query this entity from the API user."""
        order = {"do": "deny", "username": self.username, "entity": entity}
        requests.post(f"{self.base_url}/panel/do", json=order, timeout=5).raise_for_status()
