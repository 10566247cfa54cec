"""No secret stands anywhere but in the headers that carry it to its owner: not in the log, the
output, the database and its companions, a backup, a command line, or a byte that Slack is sent."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, quote_plus

import httpx
import pytest

from tests.end_to_end.player import Json, Player, eventually
from tests.end_to_end.process import free_port, run, serving, settings_for, world
from tests.end_to_end.tap import Tap, without

FAULTS = ("outage_5xx", "maintenance_200", "garbage", "reset", "redirect")
HEARTBEAT = "http://127.0.0.1:1/heartbeat-canary-5e1f"
PROXY_PASSWORD = "proxy~canary&7c2a"


@dataclass
class Scene:
    """Both worlds and `serve` between them, with a tap on everything that leaves it."""

    directory: Path
    found: Json
    chat: Json
    settings: Mapping[str, str]
    alice: Player
    tap: Tap
    secrets: list[str]
    told: list[str] = field(default_factory=list)
    """What commands have printed."""
    command_lines: set[bytes] = field(default_factory=set)

    async def panel(self, do: str, **more: str) -> Json:
        reply = await self.alice.http.post(
            f"{self.found['base_url']}/panel/do", json={"do": do, **more}
        )
        return dict(reply.raise_for_status().json())

    async def command(self, *arguments: str, typed: str = "") -> str:
        _, output, errors = await run(self.directory, *arguments, typed=typed, **self.settings)
        self.told += [output, errors]
        return output

    def look_at_processes(self) -> None:
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                self.command_lines.add(path.read_bytes())
            except OSError:
                continue  # it has ended


@asynccontextmanager
async def scene_in(directory: Path, transport: str) -> AsyncIterator[Scene]:
    tap = Tap()
    async with AsyncExitStack() as stack:
        proxy = await stack.enter_async_context(tap.proxy())
        port = free_port()
        front = await stack.enter_async_context(tap.before(port))
        way = ["--request-url", f"http://127.0.0.1:{front}/slack/events"]
        found = await stack.enter_async_context(world(directory, "autotask"))
        chat = await stack.enter_async_context(
            world(directory, "slack", *(way if transport == "http" else ()))
        )
        token = "SLACK_SIGNING_SECRET" if transport == "http" else "SLACK_APP_TOKEN"
        tokens = {token: chat["signing_secret" if transport == "http" else "app_token"]}
        settings = settings_for(
            chat,
            found,
            **tokens,
            HTTP_PORT=str(port),
            HEARTBEAT_URL=HEARTBEAT,
            OUTBOUND_PROXY=f"http://someone:{quote(PROXY_PASSWORD)}@127.0.0.1:{proxy}",
            OUTAGE_RETRIES="1",
        )
        await stack.enter_async_context(serving(directory, **settings))
        http = await stack.enter_async_context(
            httpx.AsyncClient(base_url=chat["page_url"], timeout=10)
        )
        key = (directory / "bot.key").read_text().split()[-1]
        values = [found[each] for each in ("integration_code", "secret", "username")]
        secrets = [*values, chat["bot_token"], *tokens.values(), key, HEARTBEAT, PROXY_PASSWORD]
        alice = await Player.arrive(http)
        yield Scene(directory, found, chat, settings, alice, tap, secrets)


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_no_secret_stands_anywhere_but_where_it_belongs(
    tmp_path: Path, transport: str, *, request: pytest.FixtureRequest
) -> None:
    slow = ("hang", "drip") if request.config.getoption("--long") else ()
    expected = {"autotask-bot.db", "autotask-bot.db-wal", "bot.log"}
    assert (await run(tmp_path, "keys", "new", "--file", "bot.key"))[0] == 0
    async with scene_in(tmp_path, transport) as scene:
        await go_through_everything(scene, (*FAULTS, *slow))
        if transport == "socket":  # the commands are the same
            await from_the_command_line(scene)
            expected.add("copy.db")
        files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    files |= {path.name: path.read_bytes() for path in tmp_path.iterdir()}  # and the log's end
    del files["bot.key"]

    places = {
        **files,
        "what commands print": "\n".join(scene.told).encode(),
        "command lines": b"\n".join(scene.command_lines),
        **what_was_sent(scene),
    }
    assert expected <= files.keys()
    hits = {
        (name, how, secret)
        for name, held in places.items()
        for secret in scene.secrets
        for how, spelled in spellings(secret).items()
        if spelled in held
    }
    assert hits == set()
    heard = b"".join(map(bytes, scene.tap.heard.values()))
    belong = [each for each in scene.secrets if each.encode() in heard]
    assert len(belong) >= 5, "the tap has heard the headers that carry them"


async def go_through_everything(scene: Scene, faults: Sequence[str]) -> None:
    """Connect, test, each fault, new credentials, and disconnect."""
    alice = scene.alice
    values = {each: scene.found[each] for each in ("integration_code", "secret", "username")}
    await alice.say("/autotask connect")
    await alice.submit(await alice.view("API Integration Code"), **values | {"secret": "Wrong$1~x"})
    await alice.submit(await alice.view("API Integration Code"), **values)
    await alice.view(f"connected to *{scene.found['company_name']}*")
    await probe(scene)
    scene.look_at_processes()
    for fault in faults:
        await scene.panel("zone_fault", zone="all", fault=fault)
        await probe(scene)
    await scene.panel("zone_fault", zone="all", fault="none")
    await alice.alert("is *Active* again")
    fresh = await regenerated(scene)
    await probe(scene)
    await alice.alert("credentials refused")
    await alice.say("/autotask edit")
    await alice.submit(await alice.view("stay in force until"), secret=fresh)
    await alice.view("is *Active*")
    await alice.say("/autotask audit")
    await alice.said_to_me("Who did what")
    await alice.say("/autotask disconnect Autotask")
    await alice.press(await alice.said_to_me("cannot be undone"), "connection.disconnect")
    await alice.said_to_me("is disconnected")


async def probe(scene: Scene) -> None:
    """By hand: in an outage the bot itself takes its time. At least one request arrives."""
    state = f"{scene.found['base_url']}/panel/state"
    before = (await scene.alice.http.get(state)).json()["requests_total"]
    await scene.alice.say("/autotask test")

    async def more() -> bool:
        now = (await scene.alice.http.get(state)).json()["requests_total"]
        return bool(now > before)

    await eventually(more)


async def regenerated(scene: Scene) -> str:
    state = await scene.panel("regenerate_secret", username=scene.found["username"])
    users = [user for tenant in state["tenants"] for user in tenant["users"]]
    (fresh,) = (
        str(each["secret"]) for each in users if each["username"] == scene.found["username"]
    )
    scene.secrets.append(fresh)
    return fresh


async def from_the_command_line(scene: Scene) -> None:
    """The same without Slack, and what an operator does besides."""
    values = {each: scene.found[each] for each in ("integration_code", "username")}
    values["secret"] = scene.secrets[-1]

    async def watch() -> None:
        while True:
            scene.look_at_processes()
            await asyncio.sleep(0.2)

    watching = asyncio.create_task(watch())
    assert "Active" in await scene.command("connect", "Second", typed=json.dumps(values))
    wrong = json.dumps(values | {"secret": "Wrong$1~x"})
    *_, backup, audit = await asyncio.gather(
        scene.command("connect", "Third", typed=wrong),
        scene.command("check"),
        scene.command("doctor"),
        scene.command("backup", "copy.db"),
        scene.command("audit", "verify"),
    )
    watching.cancel()
    assert "Wrote copy.db" in backup
    assert "as it was written" in audit


def what_was_sent(scene: Scene) -> dict[str, bytes]:
    """To whom, without the headers in which each secret belongs, and the username that is looked
    up."""
    slack = int(scene.chat["api_url"].rpartition(":")[2].partition("/")[0])
    sent = {}
    for port, heard in scene.tap.heard.items():
        left = without(bytes(heard), "Proxy-Authorization")
        if port == slack:
            left = without(left, "Authorization")
        elif str(port) in scene.found["extra_hosts"]:
            left = without(left, "ApiIntegrationCode", "Secret", "UserName")
            user = quote(scene.found["username"], safe="@").encode()
            left = left.replace(b"zoneInformation?user=" + user, b"")
        elif port == 1:
            continue  # whoever runs the heartbeat
        sent[f"bytes to port {port}"] = left
    assert f"bytes to port {slack}" in sent
    return sent


def spellings(secret: str) -> dict[str, bytes]:
    raw = secret.encode()
    middle = (len(raw) + 2) // 3 * 4 - 8  # what base64 makes of it whatever is beside it
    shifted = [base64.b64encode(b"\0" * by + raw).decode()[4:middle] for by in range(3)]
    found = {
        "raw": secret,
        "JSON": json.dumps(secret)[1:-1],
        "a form": quote_plus(secret),
        "an address": quote(secret, safe=""),
        "repr": repr(secret)[1:-1],
        **{f"base64 {by}": each for by, each in enumerate(shifted)},
    }
    return {how: each.encode() for how, each in found.items()}
