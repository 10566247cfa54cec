"""Somebody at the doors of a make-believe Autotask: calls, throws switches, turns the clock."""

import json
import random
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession

from bot.sandbox.autotask import AutotaskWorld, Plan, Quirks

API = "/ATServicesRest/V1.0"


@dataclass
class Clock:
    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def draw_world(
    seed: int = 7,
    *,
    clock: Clock | None = None,
    quirks: Quirks | None = None,
    plan: Plan | None = None,
) -> AutotaskWorld:
    dice = random.Random(seed)  # noqa: S311 - dice, not keys
    return AutotaskWorld(clock=clock or Clock(), rng=dice, quirks=quirks, plan=plan)


class Visitor:
    """`headers` are the sample API user's as they were at the start; `zone` is where calls go."""

    def __init__(self, session: ClientSession, world: AutotaskWorld, clock: Clock) -> None:
        self.session, self.world, self.clock = session, world, clock
        known = world.announcement()
        self.first_zone = self.zone = known["base_url"]
        self.username, self.company = known["username"], known["company_name"]
        self.headers = self.headers_now()

    def headers_now(self) -> dict[str, str]:
        known = self.world.announcement()
        return {
            "ApiIntegrationCode": known["integration_code"],
            "UserName": known["username"],
            "Secret": known["secret"],
        }

    async def call(self, path: str, *, method: str = "GET", **more: Any) -> Answer:
        """`path` below V1.0, or from the root where it begins with a slash."""
        more.setdefault("headers", self.headers)
        address = self.zone + (path if path.startswith("/") else f"{API}/{path}")
        async with self.session.request(method, address, allow_redirects=False, **more) as response:
            return Answer(response.status, dict(response.headers), await response.text())

    async def sign_in(self, **headers: str) -> int:
        """The status for the sample API user, or with these headers instead."""
        return (await self.call("Version", headers=self.headers | headers)).status

    async def query(self, *conditions: dict[str, Any], **more: Any) -> Any:
        question = {"filter": conditions} | more
        return (await self.call("Companies/query", method="POST", json=question)).json

    async def do(self, verb: str, **arguments: Any) -> Any:
        """Throw a switch; the state afterwards, or the error."""
        order = {"do": verb} | arguments
        async with self.session.post(f"{self.first_zone}/panel/do", json=order) as response:
            return await response.json()

    async def state(self) -> Any:
        async with self.session.get(f"{self.first_zone}/panel/state") as response:
            return await response.json()

    async def tenant(self) -> Any:
        """The sample tenant as the panel shows it."""
        return (await self.state())["tenants"][0]

    async def user(self, kind: str = "api") -> Any:
        """The sample tenant's first user of this kind, as the panel shows it."""
        users = (await self.tenant())["users"]
        return next(user for user in users if user["kind"] == kind)
