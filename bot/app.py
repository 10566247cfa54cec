"""The composition root: the only file that knows all the others. Built and taken down in order."""

import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.autotask.client import AutotaskClient
from bot.autotask.wire import Wire
from bot.clock import SystemClock
from bot.domain.errors import BotError, ConfigurationError, KeyUnavailable
from bot.domain.finding import Finding
from bot.domain.policy import Policy
from bot.keys import key_sources
from bot.process import close_to_others
from bot.references import references
from bot.scheduler import Scheduler
from bot.settings import Settings
from bot.slack import bolt, onboarding
from bot.slack.client import open_client
from bot.slack.desk import Desk
from bot.slack.door import SlackDoor
from bot.slack.homes import Homes
from bot.slack.messenger import SlackMessenger
from bot.slack.socket import Socket, identify
from bot.slack.witness import SlackWitness
from bot.store.audit import AuditTable
from bot.store.connections import ConnectionTable
from bot.store.data_keys import DataKeyTable
from bot.store.database import Database
from bot.store.destinations import DestinationTable
from bot.store.gaps import GapTable
from bot.store.history import HistoryTable
from bot.store.installations import InstallationTable
from bot.store.lock import single_process_lock
from bot.store.logins import LoginTable
from bot.store.nodes import NodeTable
from bot.store.outbox import OutboxTable
from bot.store.schedule import ScheduleTable
from bot.store.subscriptions import SubscriptionTable
from bot.store.watches import WatchTable
from bot.store.workspaces import WorkspaceTable
from bot.ticks import EVERY, STALE, ticks_of, trouble, watchdog_of
from bot.trust import trusted
from bot.usecases.ports import Ports
from bot.vault.credentials import CredentialVault
from bot.web import listening

log = logging.getLogger(__name__)

DRAIN = 8.0
"""Seconds that everything after the signal may take; Docker kills after 10."""
CLOSING = 1.0
"""Seconds of these that are kept for closing what was cut off."""


@dataclass(frozen=True, slots=True)
class Bot:
    """Everything that is open, ready for a verb."""

    settings: Settings
    database: Database
    vault: CredentialVault
    ports: Ports
    slack: AsyncWebClient


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Bot]:
    """Open everything, inner rooms first; closed in the opposite order. Where the source of the
    master key does not answer, it is asked again whenever a data key is needed.

    Raises ConfigurationError or SealError before anything outside has been contacted, with a note
    of what it is about: "Settings", "Database" or "Key".
    """
    close_to_others()
    async with AsyncExitStack() as stack:
        with _about("Settings"):
            trust = trusted(settings.ca_file)
        with _about("Database"):
            database = Database.open(settings.database_url)
            stack.push_async_callback(database.close)
            await database.migrate()
        with _about("Key"):
            vault = await _vault(settings, database)
        wire = Wire(
            zone_url=settings.autotask_zone_url,
            trust=trust,
            proxy=settings.outbound_proxy,
        )
        stack.push_async_callback(wire.aclose)
        slack = await stack.enter_async_context(
            open_client(
                settings.slack_bot_token,
                api_url=settings.slack_api_url,
                proxy=settings.outbound_proxy,
                trust=trust,
            )
        )
        ports = _ports(settings, database, vault, wire=wire, slack=slack)
        yield Bot(settings, database, vault, ports, slack)


def _ports(
    settings: Settings,
    database: Database,
    vault: CredentialVault,
    *,
    wire: Wire,
    slack: AsyncWebClient,
) -> Ports:
    """The real ones."""
    clock, policy = SystemClock(), settings.policy
    messenger = SlackMessenger(slack, clock.elapsed)
    tables = tables_of(
        database, policy, check_lease=settings.check_lease, send_lease=settings.send_lease
    )
    return tables(
        autotask=AutotaskClient(
            wire, settings.autotask_extra_hosts, status_url=settings.autotask_status_url
        ),
        vault=vault,
        outbox=OutboxTable(
            database,
            lease=settings.send_lease,
            elapsed=clock.elapsed,
            one_by_one=lambda: not messenger.may_find(),
        ),
        messenger=messenger,
        clock=clock,
        policy=policy,
        extra_hosts=settings.autotask_extra_hosts,
        operator=settings.operator_user,
    )


def tables_of(
    database: Database, policy: Policy, *, check_lease: float, send_lease: float
) -> Callable[..., Ports]:
    """Ports with all that is stored but the outbox; the rest is to be named. Leases in seconds."""
    return partial(
        Ports,
        connections=ConnectionTable(database),
        watches=WatchTable(database, lease=check_lease),
        logins=LoginTable(database),
        history=HistoryTable(database),
        nodes=NodeTable(database),
        gaps=GapTable(database),
        schedule=ScheduleTable(database, policy),
        subscriptions=SubscriptionTable(database),
        destinations=DestinationTable(database, lease=send_lease),
        installations=InstallationTable(database),
        workspaces=WorkspaceTable(database),
        audit=AuditTable(database),
    )


async def serve(settings: Settings, look: Callable[[Bot], AsyncIterator[Finding]]) -> None:
    """Run until SIGTERM or SIGINT, which ends the whole process within DRAIN seconds. `look` finds
    out how the bot is, for who asks in chat.

    Raises ConfigurationError for whatever prevents the start.
    """
    os.umask(0o077)
    _require_slack(settings)
    async with AsyncExitStack() as stack:
        stack.enter_context(single_process_lock(settings.database_url))
        bot = await stack.enter_async_context(build(settings))
        homes = Homes(bot.ports, bot.slack)
        desk = Desk(bot.ports, _session(bot.slack), homes, look=partial(look, bot))
        if identity := await identify(bot.slack):
            await onboarding.arrive(desk, identity)
        stop = asyncio.Event()
        witness = SlackWitness(bot.slack)
        watchdog = await watchdog_of(stack, bot.settings, bot.ports, witness, enough=stop.is_set)
        ticks = ticks_of(bot.ports, watchdog) | {"home": desk.homes.refresh}
        scheduler = Scheduler(ticks, every=EVERY, late=STALE)
        doors = await stack.enter_async_context(AsyncExitStack())
        await _open_doors(doors, bot, desk, partial(trouble, watchdog, scheduler))
        await watchdog.start()
        scheduler.start()
        log.info("ready", extra={"workspace": identity.name if identity else "not known yet"})
        await _until_told_to(stop)
        log.info("stopping")
        _leave_after(DRAIN)
        await _wind_down(scheduler, desk, doors, within=DRAIN - CLOSING)


async def _open_doors(
    stack: AsyncExitStack, bot: Bot, desk: Desk, wrong: Callable[[Socket | None], Awaitable[str]]
) -> None:
    """Slack's way in, by socket or by HTTP, and the health page beside it."""
    settings = bot.settings
    app = bolt.build(desk, bot.slack)
    socket = door = None
    if settings.slack_app_token:
        if settings.slack_signing_secret:
            log.info("socket_mode", extra={"reason": "SLACK_APP_TOKEN wins over the secret"})
        socket = Socket(app, settings.slack_app_token)
        stack.push_async_callback(socket.close)
        await socket.open()
    elif settings.slack_signing_secret:
        door = SlackDoor(app, settings.slack_signing_secret, time.time)
    await stack.enter_async_context(
        listening(
            settings.http_host,
            settings.http_port,
            trouble=partial(wrong, socket),
            door=door,
        )
    )


async def _wind_down(
    scheduler: Scheduler, desk: Desk, doors: AsyncExitStack, *, within: float
) -> None:
    """Let nobody in any more, and let what has begun come to its end: all of it, side by side,
    within so many seconds."""
    try:
        async with asyncio.timeout(within), asyncio.TaskGroup() as both:
            both.create_task(scheduler.stop(within - CLOSING))
            both.create_task(_see_out(desk, doors))
    except TimeoutError:
        log.warning("cut_off", extra={"after": within})


async def _see_out(desk: Desk, doors: AsyncExitStack) -> None:
    await doors.aclose()
    await desk.drain()


def _leave_after(seconds: float) -> None:
    """Whatever still hangs then, such as a thread that looks up a name, the process ends: what is
    owed is in the database."""
    leaving = threading.Timer(seconds, os._exit, (0,))
    leaving.daemon = True
    leaving.start()


@contextmanager
def _about(line: str) -> Iterator[None]:
    """Note on what goes wrong inside which line of the doctor's it belongs to."""
    try:
        yield
    except BotError as error:
        error.add_note(line)
        raise


async def _vault(settings: Settings, database: Database) -> CredentialVault:
    vault = CredentialVault(key_sources(settings), DataKeyTable(database), references(settings))
    try:
        await vault.verify()
    except KeyUnavailable as error:  # alerts that are owed need no key
        log.error("master_key_away", extra={"why": error.message})  # noqa: TRY400 - no traceback
    return vault


def _require_slack(settings: Settings) -> None:
    if not settings.slack_bot_token:
        raise ConfigurationError(
            "SLACK_BOT_TOKEN is missing.",
            hint="Create the Slack app from manifest.yml, install it, and copy its bot token.",
        )
    if not settings.slack_app_token and not settings.slack_signing_secret:
        raise ConfigurationError(
            "Slack has no way to reach the bot.",
            hint="Set SLACK_APP_TOKEN for Socket Mode, which needs no inbound port, or "
            "SLACK_SIGNING_SECRET for HTTP.",
        )


def _session(slack: AsyncWebClient) -> aiohttp.ClientSession:
    assert slack.session is not None  # noqa: S101 - open_client has just given it one
    return slack.session


async def _until_told_to(stop: asyncio.Event) -> None:
    """Until the first signal. The second one ends the process on the spot."""

    def tell() -> None:
        if stop.is_set():
            os._exit(130)
        stop.set()

    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, tell)
    await stop.wait()
