"""A house with the real store and the real vault, and a make-believe outside."""

import base64
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from bot.domain.credentials import Typed
from bot.domain.people import Person
from bot.domain.policy import Policy
from bot.domain.secret import Secret
from bot.store.audit import AuditTable
from bot.store.connections import ConnectionTable
from bot.store.data_keys import DataKeyTable
from bot.store.database import Database
from bot.store.destinations import DestinationTable
from bot.store.gaps import GapTable
from bot.store.history import HistoryTable
from bot.store.installations import InstallationTable
from bot.store.logins import LoginTable
from bot.store.nodes import NodeTable
from bot.store.outbox import OutboxTable
from bot.store.schedule import ScheduleTable
from bot.store.subscriptions import SubscriptionTable
from bot.store.watches import WatchTable
from bot.store.workspaces import WorkspaceTable
from bot.usecases.attend import attend_due
from bot.usecases.check import check_due
from bot.usecases.connect import Attempt, Connected, Doubtful, Refused, connect
from bot.usecases.deliver import deliver_due
from bot.usecases.ports import Overview, Ports
from bot.vault.credentials import CredentialVault
from bot.vault.keyfile import load_keyring
from bot.vault.sources import KeySources
from tests.fakes import FakeAutotask, FakeClock, FakeMessenger
from tests.sqlite import hurry

ALICE = Person("U1", "T1", "Alice", admin=True)
BOB = Person("U2", "T1", "Bob")
MALLORY = Person("U9", "T2", "Mallory", admin=True)

VALUES = {
    "integration_code": "ABCDEFGHIJKLMNOPQRSTUVWXYZ2",
    "secret": "aB3$dE6#gH9~jK2*mN5@pQ8rS",
    "username": "a1b2c3d4e5f6g7h@example.com",
}


@dataclass
class House:
    """The bot without Slack, and the hands to move the world around it."""

    ports: Ports
    autotask: FakeAutotask
    messenger: FakeMessenger
    clock: FakeClock
    database: Database

    async def connect(
        self, person: Person = ALICE, name: str = "Autotask", channel: str = "C1", **values: str
    ) -> Connected | Refused | Doubtful:
        """As with the right values, but for those named."""
        attempt = Attempt(Typed.of({**VALUES, **values}), name, channel=channel)
        return await connect(self.ports, person, attempt)

    async def check(self) -> int:
        return await check_due(self.ports)

    async def deliver(self) -> int:
        return await deliver_due(self.ports)

    async def live(self, *, hours: float, step: float = 1.0) -> None:
        """Let time pass in steps of so many minutes, with every tick in each."""
        for _ in itertools.repeat(None, round(hours * 60 / step)):
            self.clock.pass_(minutes=step)
            await self.check()
            await attend_due(self.ports)
            await self.deliver()

    async def overview(self, name: str = "Autotask") -> Overview:
        return await self.ports.connections.find("T1", name)


@pytest.fixture
async def house(store_url: str) -> AsyncIterator[House]:
    """Empty; workspaces T1 and T2 are known."""
    async with built(store_url) as house:
        yield house


@asynccontextmanager
async def built(url: str) -> AsyncIterator[House]:
    """The same for who needs one elsewhere, over a database of the present schema."""
    database = Database.open(url)
    hurry(database)
    clock, autotask, messenger = FakeClock(), FakeAutotask(), FakeMessenger()
    ring = load_keyring(None, Secret(base64.b64encode(bytes(range(32))).decode()))
    ports = Ports(
        autotask=autotask,
        vault=CredentialVault(KeySources(ring), DataKeyTable(database)),
        connections=ConnectionTable(database, now=clock.seconds),
        watches=WatchTable(database, now=clock.seconds),
        logins=LoginTable(database),
        outbox=OutboxTable(database, now=clock.seconds),
        history=HistoryTable(database),
        destinations=DestinationTable(database, now=clock.seconds),
        installations=InstallationTable(database, now=clock.seconds),
        nodes=NodeTable(database),
        gaps=GapTable(database),
        schedule=ScheduleTable(database, Policy()),
        subscriptions=SubscriptionTable(database),
        workspaces=WorkspaceTable(database, now=clock.seconds),
        audit=AuditTable(database),
        messenger=messenger,
        clock=clock,
        policy=Policy(),
        operator="U0",
    )
    for workspace_id in ("T1", "T2"):
        await ports.workspaces.remember(workspace_id, workspace_id)
    yield House(ports, autotask, messenger, clock, database)
    await database.close()
