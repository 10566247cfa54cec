"""A tenant of the make-believe Autotask, seen from both sides."""

from dataclasses import dataclass
from typing import Any

from bot.autotask.client import AutotaskClient
from bot.domain.credentials import Credentials
from bot.domain.observation import Observation
from bot.domain.origin import AutotaskOrigin
from bot.domain.secret import Secret
from tests.sandbox.autotask.visitor import Visitor


@dataclass
class Tenant:
    visitor: Visitor
    client: AutotaskClient

    def __post_init__(self) -> None:
        headers = self.visitor.headers
        self.credentials = Credentials(
            AutotaskOrigin(self.visitor.first_zone),
            Secret(headers["UserName"]),
            Secret(headers["Secret"]),
            Secret(headers["ApiIntegrationCode"]),
        )

    async def do(self, verb: str, **arguments: Any) -> None:
        """Throw a switch of the sample user's, or of whatever the arguments name."""
        state = await self.visitor.do(verb, **({"username": self.visitor.username} | arguments))
        assert "error" not in state, state

    async def check(self, *, permission: bool = True, zone: bool = False) -> Observation:
        return await self.client.check(
            self.credentials, permission=permission, zone=zone, sign_ins=2
        )

    async def origin(self, number: int) -> AutotaskOrigin:
        zones = (await self.visitor.state())["zones"]
        return AutotaskOrigin(next(z["base_url"] for z in zones if z["number"] == number))
