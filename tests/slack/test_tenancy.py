"""Every handler there is, tried by everybody who may not, and with the ids of another workspace.

A handler without a row in `MAY` fails the first test.
"""

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import unquote_plus

import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.domain.audit import NOT_ALLOWED
from bot.domain.secret import Secret
from bot.slack import (
    alert_form,
    audit,
    bolt,
    channels,
    choose,
    connect,
    connect_form,
    guide,
    history,
    home,
    leaving,
    maintenance,
    manage,
    message,
    quiet,
    status,
    testing,
)
from bot.slack.client import open_client
from bot.slack.desk import Desk
from bot.slack.homes import Homes
from bot.store.schema_audit import audit_entries
from bot.usecases.connect import Connected
from tests.store.test_erasure import Rows, rows
from tests.test_web import free_port
from tests.usecases.conftest import ALICE, MALLORY, VALUES, House, built

EVERYBODY, MEMBERS, MANAGERS, NO_PERSON = "everybody", "full members", "managers", "no person"
"""EVERYBODY is told nothing of the workspace; NO_PERSON: nobody asks, Slack tells."""

MAY: Mapping[str, str] = {
    **dict.fromkeys(("/guide", "/help"), EVERYBODY),
    **dict.fromkeys(("/status", "/history", "/doctor"), MEMBERS),
    **dict.fromkeys(("/connect", "/edit", "/test", "/alerts", "/pause", "/resume"), MANAGERS),
    **dict.fromkeys(("/maintenance", "/settings", "/disconnect", "/audit"), MANAGERS),
    **dict.fromkeys((audit.OLDER, audit.NEWEST), MANAGERS),
    **dict.fromkeys((connect_form.GUIDE, guide.BACK, guide.NEXT, guide.CHOOSE), EVERYBODY),
    **dict.fromkeys((home.HELP, manage.KEEP), EVERYBODY),
    **dict.fromkeys((message.ACKNOWLEDGE, message.SNOOZE, message.CHART, message.HISTORY), MEMBERS),
    **dict.fromkeys((history.OLDER, history.NEWEST), MEMBERS),
    **dict.fromkeys((message.UPDATE_CREDENTIALS, message.TEST, message.CONNECT), MANAGERS),
    **dict.fromkeys((testing.TEST_ALL_THE_SAME, connect_form.USERNAME_TYPED), MANAGERS),
    **dict.fromkeys((manage.DISCONNECT, home.ASK_DISCONNECT, home.PAUSE, home.RESUME), MANAGERS),
    **dict.fromkeys((message.ALERTS, home.MAINTENANCE, home.SEND_AGAIN, home.SETTINGS), MANAGERS),
    **dict.fromkeys((f"form {each}" for each in (connect_form.FORM, guide.STEP)), MANAGERS),
    **dict.fromkeys(
        (f"form {each}" for each in (alert_form.ALERTS, maintenance.MAINTENANCE)), MANAGERS
    ),
    f"form {manage.SETTINGS}": MANAGERS,
    **dict.fromkeys(
        (f"form {each}" for each in (alert_form.WHICH, connect.WHICH, testing.WHICH)), MANAGERS
    ),
    **dict.fromkeys((quiet.PAUSE_WHICH, quiet.RESUME_WHICH, manage.DISCONNECT_WHICH), MANAGERS),
    f"menu {choose.WHICH}": MEMBERS,
    f"shortcut {status.CHECK}": MEMBERS,
    "event app_home_opened": MEMBERS,
    **dict.fromkeys((f"event {each}" for each in channels.EVENTS), NO_PERSON),
    **dict.fromkeys((f"event {each}" for each in leaving.EVENTS), NO_PERSON),
}
SILENT = {connect_form.USERNAME_TYPED, f"menu {choose.WHICH}"}
"""Whoever may not hears nothing, since nobody has asked, or finds nothing."""

PROFILES: Mapping[str, Mapping[str, Any]] = {
    "guest": {"team_id": "T1", "is_restricted": True, "is_admin": True},
    "guest of one channel": {"team_id": "T1", "is_ultra_restricted": True, "is_admin": True},
    "stranger": {"team_id": "T2", "is_admin": True},
    "stranger as Slack says": {"team_id": "T1", "is_stranger": True, "is_admin": True},
    "deactivated": {"team_id": "T1", "deleted": True, "is_admin": True},
    "bot": {"team_id": "T1", "is_bot": True, "is_admin": True},
}
"""Who may not, though they were an admin otherwise."""
POLITE = (
    "full members of this workspace",
    "Guests cannot",
    "belongs to another organisation",
    "Deactivated users and apps",
    "Only workspace admins",
)
NUMBERS = count(1)


@dataclass
class Scene:
    """Two workspaces with a connection each, the app with T1's token, and what it says."""

    house: House
    app: AsyncApp
    desk: Desk
    hook: str
    profile: Mapping[str, Any] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)

    async def slack(self, request: web.Request) -> web.Response:
        """Slack, for which everything is fine."""
        method = request.path.rpartition("/")[2]
        if method not in {"auth.test", "users.info", "users.list"}:
            self.said.append(unquote_plus(await request.text()))
        answers: dict[str, Any] = {
            "auth.test": {"team_id": "T1", "user_id": "U0", "bot_id": "B0"},
            "users.info": {"user": {"id": "U9", **self.profile}},
            "users.list": {"members": []},
        }
        found = {"view": {"id": "V1", "hash": "h"}, "ts": "1.1", "channel": "C1"}
        return web.json_response({"ok": True, **answers.get(method, found)})

    async def knock(self, name: str, connection_id: str, *, team: str = "T1") -> str:
        """Everything that is said when `U9` does this, the acknowledgement included; the payload
        says that it comes from `team`."""
        self.desk.people.forget("T1")
        self.said.clear()
        body = payload(name, connection_id, team, self.hook)
        request = AsyncBoltRequest(mode="socket_mode", body=body)
        answer = await self.app.async_dispatch(request)
        await self.desk.drain()
        return "\n".join([*self.said, answer.body or ""])


def payload(name: str, connection_id: str, team: str, hook: str) -> dict[str, Any]:
    trigger = f"trigger {next(NUMBERS)}"
    if name.startswith("/"):
        return {
            "command": bolt.COMMAND,
            "text": name[1:],
            "team_id": team,
            "user_id": "U9",
            "channel_id": "C1",
            "trigger_id": trigger,
            "response_url": hook,
        }
    if name.startswith("event "):
        event = {"type": name[6:], "user": "U9", "tab": "home", "channel": "C1"}
        return {"type": "event_callback", "team_id": team, "event_id": trigger, "event": event}
    around = {
        "team": {"id": team},
        "user": {"id": "U9", "team_id": team},
        "trigger_id": trigger,
    }
    if name.startswith("form "):
        return {"type": "view_submission", **around, "view": form(name[5:], connection_id, team)}
    if name.startswith("menu "):
        asked = {"action_id": name[5:], "block_id": "b", "value": ""}
        return {"type": "block_suggestion", **around, **asked}
    if name.startswith("shortcut "):
        return {"type": "shortcut", **around, "callback_id": name[9:]}
    view = form(connect_form.FORM, connection_id, team) if name in SILENT else None
    pressed = {"action_id": name, "type": "button", "value": connection_id}
    place = {"view": view} if view else {"channel": {"id": "C1"}, "response_url": hook}
    return {"type": "block_actions", **around, **place, "actions": [pressed]}


def form(callback_id: str, connection_id: str, team: str) -> dict[str, Any]:
    """Filled in as well as it can be."""
    options = [{"value": connection_id}]
    values = {
        **{name: {"value": value} for name, value in VALUES.items()},
        "channel": {"selected_conversation": "C7"},
        "connections": {"selected_options": options},
        "connection": {"selected_option": options[0]},
        "start": {"selected_date_time": 2_000_000_000},
        "end": {"selected_date_time": 2_000_003_600},
        "managers": {"selected_users": ["U9"]},
    }
    return {
        "id": "V1",
        "type": "modal",
        "callback_id": callback_id,
        "team_id": team,
        "private_metadata": json.dumps({"connection": connection_id, "workspace": team}),
        "state": {"values": {name: {"value": value} for name, value in values.items()}},
        "blocks": [],
    }


@pytest.fixture
async def scene(store_url: str) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(built(store_url))
        base = f"http://127.0.0.1:{free_port()}"
        client = await stack.enter_async_context(
            open_client(Secret("xoxb-made-up"), api_url=f"{base}/api/")
        )
        assert client.session
        desk = Desk(house.ports, client.session, Homes(house.ports, client))
        scene = Scene(house, bolt.build(desk, client), desk, f"{base}/hook")
        slack = web.Application()
        slack.router.add_route("*", "/{path:.*}", scene.slack)
        runner = web.AppRunner(slack)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", int(base.rpartition(":")[2])).start()
        for person, name in ((ALICE, "Canary-One"), (MALLORY, "Canary-Two")):
            connected = await house.connect(person, name)
            assert isinstance(connected, Connected)
            scene.ids[person.workspace_id] = connected.connection.id
        stack.push_async_callback(desk.drain)
        yield scene


def test_every_handler_has_its_row() -> None:
    handlers = [
        *(f"/{verb}" for verb in (*bolt.ANSWERED, *bolt.TAKEN_UP)),
        *bolt.ACTIONS,
        *(f"form {callback_id}" for callback_id in bolt.SUBMISSIONS),
        *(f"menu {action_id}" for action_id in bolt.SUGGESTIONS),
        *(f"shortcut {callback_id}" for callback_id in bolt.SHORTCUTS),
        *(f"event {name}" for name in bolt.EVENTS),
    ]

    assert sorted(handlers) == sorted(MAY)


def by_people() -> list[str]:
    return [name for name, who in MAY.items() if who is not NO_PERSON]


async def state(scene: Scene) -> Rows:
    """Everything but that somebody was refused, which is noted."""
    found = await rows(scene.house.database)
    del found[audit_entries.name]
    links = await scene.house.ports.audit.chain("T1", after=0, limit=1000)
    assert {each.entry.outcome for each in links if each.entry.who == "U9"} <= {NOT_ALLOWED}
    return found


@pytest.mark.parametrize("who", PROFILES)
async def test_who_may_not_is_refused_by_every_handler(scene: Scene, who: str) -> None:
    scene.profile = PROFILES[who]
    before = await state(scene)
    for name in by_people():
        said = await scene.knock(name, scene.ids["T1"])

        assert "Canary-" not in said, (name, said)
        assert "ATX-" not in said, (name, said)
        refused = any(each in said for each in POLITE)
        assert refused == (MAY[name] is not EVERYBODY and name not in SILENT), (name, said)
        assert await state(scene) == before, name


async def test_a_member_whom_nobody_has_named_changes_nothing(scene: Scene) -> None:
    scene.profile = {"team_id": "T1"}
    before = await state(scene)
    for name in (each for each in by_people() if MAY[each] is MANAGERS):
        said = await scene.knock(name, scene.ids["T1"])

        assert ("Only workspace admins" in said) == (name not in SILENT), (name, said)
        assert "Canary-" not in said, (name, said)
        assert await state(scene) == before, name


async def test_an_admin_is_refused_by_none_of_them(scene: Scene) -> None:
    """Else the others would prove nothing."""
    scene.profile = {"team_id": "T1", "is_admin": True}
    seen = ""
    for name in sorted(by_people(), key=lambda each: each == manage.DISCONNECT):
        said = await scene.knock(name, scene.ids["T1"])
        assert not any(each in said for each in POLITE), (name, said)
        assert said or name in SILENT | {home.PAUSE, home.RESUME}, name
        seen += said
    assert "Canary-One" in seen
    assert "Canary-Two" not in seen


async def test_another_workspace_s_id_is_as_good_as_an_unknown_one(scene: Scene) -> None:
    """By an admin, in a payload that says that it comes from that other workspace."""
    scene.profile = {"team_id": "T1", "is_admin": True}
    before = await rows(scene.house.database, "T2")
    ours = [each for each in by_people() if not each.startswith(("/", "event "))]
    for name in ours:
        said = [
            re.sub(r"ATX-\w{4}|trigger \d+", "", await scene.knock(name, each, team="T2"))
            .replace(each, "ID")
            .replace("T2", "T1")
            for each in (scene.ids["T2"], "0" * 32)
        ]
        assert said[0] == said[1], name
        assert "Canary-Two" not in said[0], name
        assert await rows(scene.house.database, "T2") == before, name


async def test_what_happens_in_another_workspace_touches_nothing(scene: Scene) -> None:
    before = await state(scene)
    for name in (f"event {each}" for each in channels.EVENTS):
        assert await scene.knock(name, "", team="T3") == ""
    assert await state(scene) == before
