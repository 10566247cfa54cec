"""What a serving process does again and again, and how it knows that all is well."""

from collections.abc import Callable
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
from bot.usecases.outside import Outside
from bot.usecases.ports import Ports
from bot.usecases.tidy import tidy
from bot.usecases.unwritten import Crier
from bot.usecases.watchdog import Watchdog
from bot.usecases.watching import Witness

EVERY = {
    "beat": 15.0,
    "ping": 30.0,
    "blindness": 60.0,
    "unwritten": 60.0,
    "outside": 60.0,
    "digest": 60.0,
    "tidy": 3600.0,
}
"""Seconds between ticks of what need not run twice a second."""
STALE = {"beat": 60.0}
"""Seconds after which a sign of life is too old. Others have more to do than one row to write."""


async def watchdog_of(
    stack: AsyncExitStack,
    settings: Settings,
    ports: Ports,
    witness: Witness,
    *,
    enough: Callable[[], bool],
) -> Watchdog:
    """Watches this process: its event loop from now on, the rest once it is started. Once it is
    `enough`, it begins nothing more."""
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
    outside, new_id, now = Outside(witness, ports.clock), ports.clock.new_id(), ports.clock.now()
    return Watchdog(ports, new_id, now, probe.take, outside, heartbeat, enough)


def ticks_of(ports: Ports, watchdog: Watchdog) -> dict[str, Tick]:
    """A sweep delivers at once what its checks have found; "deliver" is for what had to wait."""
    return {
        "check": watchdog.sweep,
        "attend": partial(attend_due, ports),
        "deliver": partial(deliver_due, ports, enough=watchdog.enough),
        "beat": watchdog.beat,
        "ping": watchdog.ping,
        "blindness": partial(look_for_blindness, ports),
        "unwritten": Crier(ports, watchdog.silent).look,
        "outside": watchdog.outside.look,
        "digest": partial(tell_digests, ports),
        "tidy": partial(tidy, ports),
    }


async def trouble(watchdog: Watchdog, scheduler: Scheduler, socket: Socket | None) -> str:
    """For /healthz: what is wrong, in a word; empty: nothing."""
    try:
        wrong = await watchdog.trouble()
    except BotError:
        return "database"
    if not scheduler.on_time():
        return "ticks"
    if (socket and not socket.reachable()) or watchdog.outside.takes_nothing():
        return "slack"
    return wrong
