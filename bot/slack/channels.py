"""The story of a channel that goes and comes back, as Slack's events tell it.

Events are hints, and need optional scopes: without them a broken channel is noticed at the next
alert. That one is back is believed once it has taken a message. The names of the events and what is
in them: docs.slack.dev, the events' own pages.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.desk import Desk
from bot.usecases import destinations


@dataclass(frozen=True, slots=True)
class Heard:
    """One event about a channel. `workspace_id` comes from the verified installation."""

    workspace_id: str
    bot_user_id: str
    body: Mapping[str, Any]

    @property
    def event(self) -> Mapping[str, Any]:
        event = self.body.get("event")
        return event if isinstance(event, dict) else {}

    @property
    def channel(self) -> str:
        """The channel's id; some events hold the whole channel."""
        channel = self.event.get("channel")
        return str(channel.get("id") if isinstance(channel, dict) else channel or "")

    @property
    def addressees(self) -> set[str]:
        """The workspaces, or the organisation, that it is about."""
        authorizations = self.body.get("authorizations") or ()
        told = [self.body, *(each for each in authorizations if isinstance(each, dict))]
        return {str(each.get(name)) for each in told for name in ("team_id", "enterprise_id")}

    @property
    def about_the_bot(self) -> bool:
        return bool(self.bot_user_id) and self.event.get("user") == self.bot_user_id


async def archived(desk: Desk, heard: Heard) -> None:
    await destinations.lost(desk.ports, heard.workspace_id, heard.channel, "is_archived")


async def deleted(desk: Desk, heard: Heard) -> None:
    await destinations.lost(desk.ports, heard.workspace_id, heard.channel, "deleted")


async def removed(desk: Desk, heard: Heard) -> None:
    await destinations.lost(desk.ports, heard.workspace_id, heard.channel, "removed")


async def left(desk: Desk, heard: Heard) -> None:
    """Somebody left. Where it was the bot: a private channel is closed to it now."""
    if heard.about_the_bot and heard.event.get("channel_type") == "G":
        await removed(desk, heard)


async def back(desk: Desk, heard: Heard) -> None:
    await desk.ports.destinations.probe_soon(heard.workspace_id, heard.channel)


async def joined(desk: Desk, heard: Heard) -> None:
    if heard.about_the_bot:
        await back(desk, heard)


async def nothing_breaks(desk: Desk, heard: Heard) -> None:
    """Its id is the same under a new name; in a public channel the bot may post without being in
    (chat:write.public)."""


EVENTS: Mapping[str, Callable[[Desk, Heard], Awaitable[None]]] = {
    "channel_archive": archived,
    "channel_deleted": deleted,
    "channel_left": nothing_breaks,
    "channel_rename": nothing_breaks,
    "channel_unarchive": back,
    "group_archive": archived,
    "group_deleted": deleted,
    "group_left": removed,
    "group_unarchive": back,
    "member_joined_channel": joined,
    "member_left_channel": left,
}
