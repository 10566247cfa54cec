"""The make-believe Autotask as a whole: a listener for every zone, and the panel on the first."""

import random
import ssl
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.autotask.api import RestApi
from bot.sandbox.autotask.call import Call, query_of
from bot.sandbox.autotask.cloud import Cloud
from bot.sandbox.autotask.faults import Closing, delay, misbehave
from bot.sandbox.autotask.panel import panel_app
from bot.sandbox.autotask.plan import Plan
from bot.sandbox.autotask.quirks import Quirks
from bot.sandbox.autotask.zones import Zone

if TYPE_CHECKING:
    from bot.sandbox.autotask.certificates import Certificates

_LAST_ANSWERS = 1.0
"""Seconds that answers under way have when the world stops."""


class AutotaskWorld:
    """Several zones and tenants; `clock` tells seconds since the epoch. `rng` draws every
    credential: the same seed draws the same world.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        rng: random.Random | None = None,
        quirks: Quirks | None = None,
        plan: Plan | None = None,
    ) -> None:
        self._cloud = Cloud(clock, rng or random.Random(), quirks or Quirks(), plan or Plan())
        self._certificates: Certificates | None = None
        self._sample = self._cloud.directory.tenants[0]
        self._sample_user = self._sample.users[0]
        self._closing = Closing()
        self._api = RestApi(self._cloud, pause=self._closing.pause)
        self._runners: list[web.AppRunner] = []

    async def start(self, port: int, host: str = "127.0.0.1") -> None:
        """Serve the first zone on `port` (0: any), the others on free ports, the panel at `/panel/`
        of the first. Raises OSError when the port is taken; nothing is left open then.
        """
        self._closing.clear()
        if self._cloud.plan.secure:
            from bot.sandbox.autotask.certificates import Certificates

            self._certificates = Certificates.made(_reachable(host))
        try:
            for zone in self._cloud.directory.zones:
                await self._open(zone, host, 0 if self._runners else port)
        except OSError:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Close every listener; what hangs or drips ends."""
        self._closing.set()
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()

    @property
    def authority(self) -> bytes:
        """The certificate (PEM) by which clients trust the zones; empty while none has TLS."""
        return self._certificates.authority if self._certificates else b""

    def announcement(self) -> dict[str, str]:
        """What a client needs: `base_url` (scheme://host:port), every zone's host and port as
        `extra_hosts`, and the sample tenant's name and API user as they are now.
        """
        addresses = [zone.address for zone in self._cloud.directory.zones]
        return {
            "base_url": addresses[0],
            "extra_hosts": ",".join(address.partition("://")[2] for address in addresses),
            "username": self._sample_user.username,
            "secret": self._sample_user.secret,
            "integration_code": self._sample_user.integration_code,
            "company_name": self._sample.name,
        }

    def panel_app(self) -> web.Application:
        """The admin panel's API, to be mounted by the caller; a new application each time."""
        return panel_app(self._cloud)

    async def _open(self, zone: Zone, host: str, port: int) -> None:
        app = web.Application()
        if not self._runners:
            app.add_subapp("/panel/", self.panel_app())
        app.router.add_route("*", "/{path:.*}", partial(self._serve, zone))
        runner = web.AppRunner(
            app,
            access_log=None,
            auto_decompress=False,  # bodies marked as gzip may be plain: the query looks itself
            handler_cancellation=True,  # a client that leaves ends what hangs
            shutdown_timeout=_LAST_ANSWERS,
        )
        self._runners.append(runner)
        await runner.setup()
        tls = self._tls(zone)
        await web.TCPSite(runner, host, port, ssl_context=tls).start()
        scheme = "https" if tls else "http"
        zone.address = f"{scheme}://{_reachable(host)}:{runner.addresses[0][1]}"

    def _tls(self, zone: Zone) -> ssl.SSLContext | None:
        """Chooses at each handshake what the zone shows."""
        if self._certificates is None:
            return None
        made, front = self._certificates, ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

        def choose(connection: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
            connection.context = made.foreign if zone.fault.kind == "tls" else made.own

        front.sni_callback = choose
        return front

    async def _serve(self, zone: Zone, request: web.Request) -> web.StreamResponse:
        journal = self._cloud.journal
        username = self._known(request)
        with journal.entry(
            zone.number, method=request.method, path=request.path, username=username
        ) as entry:
            response = await self._answer(zone, request)
            entry["status"] = 0 if _cut(request) else response.status
            return response

    async def _answer(self, zone: Zone, request: web.Request) -> web.StreamResponse:
        zones = self._cloud.directory.zones
        elsewhere = zones[(zones.index(zone) + 1) % len(zones)].address
        fault = zone.fault
        instead = misbehave(request, fault, elsewhere=elsewhere)
        if instead is not None:
            return instead
        answer = await self._api.answer(
            await Call.read(request, zone, latency=self._cloud.plan.latency)
        )
        return await delay(request, fault, answer, closing=self._closing)

    def _known(self, request: web.Request) -> str:
        """The username as it is registered; what is unknown may be anything, so it is not shown."""
        named = request.headers.get("UserName") or query_of(request).get("user", "")
        found = self._cloud.directory.find_user(named)
        return found[1].username if found else ""


def _cut(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in ("", "0.0.0.0") else host
