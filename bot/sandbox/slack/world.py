"""The make-believe Slack as a whole: one server for the app, for the page, and for whatever else
is mounted on it."""

import asyncio
import random
import socket
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.sandbox.slack import page_files
from bot.sandbox.slack.cloud import Cloud
from bot.sandbox.slack.delivery import RETRY_DELAYS, Courier
from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.feed import Feed
from bot.sandbox.slack.hooks import Hooks
from bot.sandbox.slack.identifiers import Identifiers
from bot.sandbox.slack.installation import COMMANDS, EVENTS, SCOPES, Installation
from bot.sandbox.slack.page_api import PageApi
from bot.sandbox.slack.rate import Rate, RateLimit
from bot.sandbox.slack.response_urls import ResponseUrls
from bot.sandbox.slack.signed_http import SignedHttp
from bot.sandbox.slack.sockets import Sockets
from bot.sandbox.slack.stored import Shelf
from bot.sandbox.slack.triggers import Triggers
from bot.sandbox.slack.views import Views
from bot.sandbox.slack.web_api import WebApi
from bot.sandbox.slack.workspace import Workspace

_LAST_ANSWERS = 1.0
"""Seconds that answers under way have when the world stops."""


@dataclass(kw_only=True)
class SlackWorld:
    """One workspace with one app installed.

    `clock` tells seconds since the epoch; `rng` draws ids and credentials: the same seed draws the
    same world. With a `request_url` the app is told by signed HTTP, else in Socket Mode. The app
    has `patience` seconds to acknowledge; events it does not acknowledge are sent again after
    `retry_delays` seconds.
    """

    clock: Callable[[], float] = time.time
    rng: random.Random = field(default_factory=random.Random)
    request_url: str | None = None
    scopes: Sequence[str] = SCOPES
    commands: Sequence[Mapping[str, Any]] = COMMANDS
    events: Collection[str] = EVENTS
    rate: Rate = field(default_factory=Rate)
    patience: float = 3.0
    retry_delays: Sequence[float] = RETRY_DELAYS

    def __post_init__(self) -> None:
        self._cloud = self._build()
        self._mounted: list[tuple[str, web.Application]] = []
        self._runner: web.AppRunner | None = None
        self._address = ""
        self._connected = asyncio.Event()
        if self._cloud.delivery.connected:
            self._connected.set()

    @property
    def refusals(self) -> list[Json]:
        """Every call that was refused: method, error, detail."""
        return self._cloud.refusals

    @property
    def admin(self) -> str:
        """The id of who sits at the page at first."""
        return self._cloud.workspace.person("").id

    def mount(self, prefix: str, app: web.Application) -> None:
        """Serve another application below `prefix`, such as `/autotask/`. Before `start`."""
        self._mounted.append((prefix, app))

    async def start(self, port: int, host: str = "127.0.0.1") -> None:
        """Serve on `port` (0: any). Raises OSError when it is taken; another can be tried then."""
        listener = socket.create_server((host, port))
        self._runner = web.AppRunner(
            self._application(), access_log=None, shutdown_timeout=_LAST_ANSWERS
        )
        await self._runner.setup()
        await web.SockSite(self._runner, listener).start()
        reachable = "127.0.0.1" if host in ("", "0.0.0.0") else host
        self._address = f"{reachable}:{listener.getsockname()[1]}"
        self._cloud.hooks.address = f"http://{self._address}/hooks/"
        self._cloud.upload_address = f"http://{self._address}/upload/v1/"
        self._cloud.socket_address = f"ws://{self._address}/link/"

    async def stop(self) -> None:
        """Close every line; what waits is given up."""
        self._cloud.feed.close()
        await self._cloud.courier.close()
        await self._cloud.sockets.close()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def app_connected(self) -> None:
        """Until the app is there. With a `request_url` it counts as there at once."""
        await self._connected.wait()

    def announcement(self) -> dict[str, str]:
        """What an app needs, and where the page is."""
        installation = self._cloud.installation
        return {
            "api_url": f"http://{self._address}/api/",
            "page_url": f"http://{self._address}/",
            "bot_token": installation.bot_token,
            "app_token": installation.app_token,
            "signing_secret": installation.signing_secret,
        }

    def _build(self) -> Cloud:
        ids, feed = Identifiers(self.clock, self.rng), Feed()
        team_id = ids.new("T")
        installation = Installation.draw(
            ids, team_id, scopes=self.scopes, commands=self.commands, events=self.events
        )
        workspace = Workspace(ids, feed, team_id=team_id, installation=installation)
        sockets = Sockets(ids, app_id=installation.app_id, patience=self.patience)
        sockets.changed = self._app_changed
        delivery = sockets if self.request_url is None else self._http(installation)
        return Cloud(
            clock=self.clock,
            ids=ids,
            feed=feed,
            installation=installation,
            workspace=workspace,
            views=Views(ids, feed, workspace.default_for),
            triggers=Triggers(self.clock, ids),
            hooks=Hooks(self.clock, ids),
            sockets=sockets,
            delivery=delivery,
            courier=Courier(delivery, self.retry_delays),
            rate=RateLimit(self.clock, self.rate),
        )

    def _http(self, installation: Installation) -> SignedHttp:
        return SignedHttp(
            self.request_url or "",
            installation.signing_secret,
            clock=self.clock,
            patience=self.patience,
        )

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=4 * 1024 * 1024)
        for prefix, mounted in self._mounted:
            app.add_subapp(prefix, mounted)
        api = WebApi(self._cloud)
        app.router.add_route("*", "/api/{method}", api.serve)
        app.router.add_post("/hooks/{key}", ResponseUrls(self._cloud).serve)
        app.router.add_get("/link/", self._cloud.sockets.serve)
        app.router.add_routes(PageApi(self._cloud).routes())
        app.router.add_routes(Shelf(self._cloud.files).routes())
        app.router.add_get("/{name:.*}", page_files.serve)
        return app

    def _app_changed(self) -> None:
        if self._cloud.delivery.connected:
            self._connected.set()
        else:
            self._connected.clear()
        self._cloud.workspace.changed()
