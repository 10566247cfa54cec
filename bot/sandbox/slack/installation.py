"""The app as it is installed in the workspace: its bot, its credentials, what it may."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.identifiers import Identifiers
from bot.sandbox.slack.people import Person

SCOPES = ("commands", "chat:write", "chat:write.public", "im:write", "users:read")
OPTIONAL_SCOPES = (
    "channels:history",
    "groups:history",
    "im:history",
    "channels:read",
    "groups:read",
    "channels:join",
    "files:write",
)
COMMANDS = (
    {
        "command": "/autotask",
        "description": "Connect and watch Autotask",
        "usage_hint": "connect | guide | status | history | audit | test | edit | alerts | pause | "
        "resume | maintenance | settings | disconnect | doctor | help",
    },
)
SHORTCUTS = (
    {
        "name": "Check Autotask",
        "type": "global",
        "callback_id": "check",
        "description": "Shows how the connections are, and tests them",
    },
)
EVENTS = frozenset(
    {
        "app_home_opened",
        "app_uninstalled",
        "tokens_revoked",
        "channel_archive",
        "channel_deleted",
        "channel_left",
        "channel_rename",
        "channel_unarchive",
        "group_archive",
        "group_deleted",
        "group_left",
        "group_unarchive",
        "member_joined_channel",
        "member_left_channel",
    }
)
EVENT_SCOPES = {
    "channel_archive": "channels:read",
    "channel_deleted": "channels:read",
    "channel_left": "channels:read",
    "channel_rename": "channels:read",
    "channel_unarchive": "channels:read",
    "group_archive": "groups:read",
    "group_deleted": "groups:read",
    "group_left": "groups:read",
    "group_unarchive": "groups:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
}
"""Scopes without which an event is not sent (docs.slack.dev, the events' own pages)."""


@dataclass
class Installation:
    """`revoked` once the bot token is no longer good; `home_tab`: whether the app has one;
    `messages_tab`: whether it may write to people."""

    app_id: str
    bot_id: str
    bot: Person
    bot_token: str
    app_token: str
    signing_secret: str
    verification_token: str
    scopes: Sequence[str]
    commands: Sequence[Mapping[str, Any]]
    events: Collection[str]
    revoked: bool = False
    home_tab: bool = True
    messages_tab: bool = True
    shortcuts: Sequence[Mapping[str, str]] = SHORTCUTS

    @classmethod
    def draw(
        cls,
        ids: Identifiers,
        team_id: str,
        *,
        scopes: Sequence[str],
        commands: Sequence[Mapping[str, Any]],
        events: Collection[str],
    ) -> "Installation":
        """A fresh one with credentials of its own."""
        return cls(
            app_id=ids.new("A"),
            bot_id=ids.new("B"),
            bot=Person(ids.new("U"), "autotask", "Autotask", team_id, "bot"),
            bot_token=ids.secret("xoxb-"),
            app_token=ids.secret("xapp-"),
            signing_secret=ids.secret(""),
            verification_token=ids.secret(""),
            scopes=tuple(scopes),
            commands=tuple(commands),
            events=frozenset(events),
        )

    def may(self, scope: str) -> bool:
        return scope in self.scopes

    def hears(self, event: str) -> bool:
        """Whether it is subscribed to the event and has the scope that the event needs."""
        if event == "app_home_opened" and not self.home_tab:
            return False
        scope = EVENT_SCOPES.get(event)
        return event in self.events and (scope is None or self.may(scope))

    def command(self, word: str) -> Mapping[str, Any] | None:
        return next((each for each in self.commands if each["command"] == word), None)

    def authorship(self) -> Json:
        """What marks a message as the app's."""
        return {"bot_id": self.bot_id, "app_id": self.app_id, "team": self.bot.team_id}
