"""The bot as the composition root builds it, with a made-up Autotask and everything in a hurry.

Leases, policy and pauses are shortened; the code that keeps them is the product's own.
"""

import base64
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.app import tables_of
from bot.clock import SystemClock
from bot.domain.credentials import Typed
from bot.domain.incident import Doubt
from bot.domain.observation import Observation
from bot.domain.people import Person
from bot.domain.policy import Policy
from bot.domain.secret import Secret
from bot.domain.sending import Sent
from bot.slack import client as slack_client
from bot.slack.client import open_client
from bot.slack.messenger import Send, SlackMessenger
from bot.store import logins, ready
from bot.store.data_keys import DataKeyTable
from bot.store.database import Database
from bot.store.outbox import OutboxTable
from bot.usecases import sign_in
from bot.usecases.connect import Attempt, Connected, connect
from bot.usecases.ports import Autotask, Owed, Ports
from bot.vault.credentials import CredentialVault
from bot.vault.keyfile import load_keyring
from bot.vault.sources import KeySources
from tests.fakes import FINE, FORBIDDEN
from tests.faults.world import MOODS, FickleAutotask
from tests.usecases.conftest import VALUES

WORKSPACE = "T1"
KEY = base64.b64encode(bytes(range(32))).decode()
ALICE = Person("U1", WORKSPACE, "Alice", admin=True)
HURRIED = Policy(
    rejected_confirm_after=0.02,
    rejected_backoff=(0.02, 0.02),
    outage_retries=(0.02,),
    group_wait=0.03,
    zone_interval=0.5,
    withheld_interval=0.3,
    throttled_patience=0.1,
    inconclusive_retry=0.05,
    steady_after=0,
)


@dataclass(frozen=True)
class Plan:
    """How one house is built. Seconds; `hurry` is the share of each pause that is kept."""

    url: str
    slack_url: str = ""
    seed: int = 0
    autotask: str = "fickle"
    """`fickle`, `well`, or `forbids`: every check finds that a permission is missing."""
    interval: float = 0.15
    """Between the checks of a connection that is well."""
    lease: float = 0.6
    deadline: float = slack_client.CALL_DEADLINE
    """Of a call to Slack."""
    hurry: float = 1 / 300

    def moods(self) -> Sequence[Observation]:
        return {"fickle": MOODS, "well": (FINE,), "forbids": (FORBIDDEN,)}[self.autotask]

    def token(self) -> Secret:
        """By which Slack can tell the worker that calls."""
        return Secret(f"xoxb-{os.getpid()}")


class HurriedOutbox(OutboxTable):
    """The product's, but for its pauses, which are minutes: half a second at most."""

    longest = 0.5

    def __init__(self, hurry: float, database: Database, **more: Any) -> None:
        super().__init__(database, **more)
        self._hurry = hurry

    async def retry(
        self,
        owed: Owed,
        *,
        after: float,
        error: str,
        doubt: Doubt = Doubt.NONE,
        counted: bool = True,
    ) -> None:
        shortened = min(after * self._hurry, self.longest)
        await super().retry(owed, after=shortened, error=error, doubt=doubt, counted=counted)

    async def hold(self, owed: Owed, *, seconds: float, error: str) -> None:
        await super().hold(owed, seconds=seconds * self._hurry, error=error)


class StampedMessenger(SlackMessenger):
    """The product's; the made-up Slack learns from its calls when they were begun, and for how
    long nobody else would look for what came of them."""

    async def _call(self, send: Send, owed: Owed, arguments: dict[str, Any]) -> Sent:
        stamps = {"begun_at": self._elapsed(), "until": owed.until}
        return await super()._call(send, owed, arguments | stamps)


@dataclass
class House:
    """What is open."""

    database: Database
    ports: Ports


@asynccontextmanager
async def open_house(
    plan: Plan, autotask: Autotask | None = None, policy: Policy | None = None
) -> AsyncIterator[House]:
    """Everything open, in this process; the schema is brought up to date as at any start."""
    usual = logins.FORGOTTEN, sign_in.SOON, ready.PACE, ready.BURST, slack_client.CALL_DEADLINE
    logins.FORGOTTEN = timedelta(seconds=plan.lease)
    sign_in.SOON = timedelta(seconds=plan.lease / 5)
    ready.PACE = ready.BURST = timedelta(seconds=plan.hurry)
    slack_client.CALL_DEADLINE = plan.deadline
    policy = policy or replace(HURRIED, check_interval=plan.interval)
    database = Database.open(plan.url)
    try:
        await database.migrate()
        ring = load_keyring(None, Secret(KEY))
        vault = CredentialVault(KeySources(ring), DataKeyTable(database))
        await vault.verify()
        async with open_client(plan.token(), api_url=plan.slack_url) as client:
            clock = SystemClock()
            messenger = StampedMessenger(client, clock.elapsed)
            tables = tables_of(database, policy, check_lease=plan.lease, send_lease=plan.lease)
            ports = tables(
                autotask=autotask or FickleAutotask(plan.seed, plan.moods()),
                vault=vault,
                outbox=HurriedOutbox(
                    plan.hurry,
                    database,
                    lease=plan.lease,
                    elapsed=clock.elapsed,
                    one_by_one=lambda: not messenger.may_find(),
                ),
                messenger=messenger,
                clock=clock,
                policy=policy,
                operator="U0",
            )
            yield House(database, ports)
    finally:
        # Others share the process.
        logins.FORGOTTEN, sign_in.SOON, ready.PACE, ready.BURST, slack_client.CALL_DEADLINE = usual
        await database.close()


async def furnish(plan: Plan, connections: int, channels: int) -> None:
    """Connect so many connections, each with a username of its own, spread over the channels."""
    calm = FickleAutotask(plan.seed, (FINE,), slowest=0)
    async with open_house(plan, calm) as house:
        await house.ports.workspaces.remember(WORKSPACE, "Lakeside")
        for number in range(connections):
            typed = Typed.of({**VALUES, "username": f"a1b2c3d4e5f{number:04d}@example.com"})
            attempt = Attempt(typed, f"Tenant {number}", channel=f"C{number % channels + 1}")
            outcome = await connect(house.ports, ALICE, attempt)
            assert isinstance(outcome, Connected), outcome
