"""What a serving process does again and again, and how it knows that all is well."""

from contextlib import AsyncExitStack
from functools import partial

from bot.domain.errors import BotError
from bot.lag import LagProbe
from bot.routes.heartbeat import HttpHeartbeat
from bot.scheduler import Scheduler, Tick
from bot.settings import Settings
from bot.slack.socket import Socket
from bot.trust import trusted
from bot.usecases.attend import attend_due
from bot.usecases.blindness import look_for_blindness
from bot.usecases.deliver import deliver_due
from bot.usecases.digest import tell_digests
from bot.usecases.ports import Ports
from bot.usecases.tidy import tidy
from bot.usecases.watchdog import Watchdog

EVERY = {"beat": 15.0, "ping": 30.0, "blindness": 60.0, "digest": 60.0, "tidy": 3600.0}
"""Seconds between ticks of what need not run twice a second."""


async def watchdog_of(stack: AsyncExitStack, settings: Settings, ports: Ports) -> Watchdog:
    """Watches this process: its event loop from now on, the rest once it is started."""
    probe = LagProbe()
    probe.start()
    stack.push_async_callback(probe.stop)
    heartbeat = None
    if settings.heartbeat_url:
        heartbeat = HttpHeartbeat(
            settings.heartbeat_url,
            trust=trusted(settings.ca_file),
            proxy=settings.outbound_proxy,
        )
        stack.push_async_callback(heartbeat.aclose)
    return Watchdog(ports, ports.clock.new_id(), ports.clock.now(), probe.take, heartbeat)


def ticks_of(ports: Ports, watchdog: Watchdog) -> dict[str, Tick]:
    """A sweep delivers at once what its checks have found; "deliver" is for what had to wait."""
    return {
        "check": watchdog.sweep,
        "attend": partial(attend_due, ports),
        "deliver": partial(deliver_due, ports, enough=watchdog.stopping.is_set),
        "beat": watchdog.beat,
        "ping": watchdog.ping,
        "blindness": partial(look_for_blindness, ports),
        "digest": partial(tell_digests, ports),
        "tidy": partial(tidy, ports),
    }


async def trouble(watchdog: Watchdog, scheduler: Scheduler, socket: Socket | None) -> str:
    """For /healthz: what is wrong, in a word; empty: nothing."""
    if not scheduler.on_time():
        return "ticks"
    if socket and not socket.reachable():
        return "slack"
    try:
        return await watchdog.trouble()
    except BotError:
        return "database"
