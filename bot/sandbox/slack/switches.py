"""What an administrator of the workspace can break and mend."""

from collections.abc import Callable

from bot.sandbox.slack.channels import Channel
from bot.sandbox.slack.cloud import Cloud
from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.events import announce
from bot.sandbox.slack.people import Person
from bot.sandbox.slack.refusal import Impossible

Order = Json


async def obey(cloud: Cloud, order: Order) -> None:
    """Do what `do` names, to the `channel` or `user` it names. Raises Impossible.

    disconnect_socket takes a `reason`: warning, refresh_requested (default), link_disabled, or drop
    for a line that is closed without asking.
    """
    verb = str(order.get("do"))
    if verb == "disconnect_socket":
        await cloud.sockets.disconnect(str(order.get("reason") or "refresh_requested"))
    elif verb in _OF_CHANNELS:
        _OF_CHANNELS[verb](cloud, _channel(cloud, order))
    elif verb in _OF_PEOPLE:
        _OF_PEOPLE[verb](cloud, cloud.workspace.person(str(order.get("user"))))
    elif verb in _OF_ALL:
        _OF_ALL[verb](cloud)
    else:
        raise Impossible(f"There is no switch {verb}.")
    cloud.workspace.changed()


def _archive(cloud: Cloud, channel: Channel) -> None:
    channel.archived = True
    _tell(cloud, channel, "archive")


def _unarchive(cloud: Cloud, channel: Channel) -> None:
    channel.archived = False
    _tell(cloud, channel, "unarchive")


def _delete(cloud: Cloud, channel: Channel) -> None:
    _tell(cloud, channel, "deleted")
    del cloud.workspace.channels[channel.id]


def _add_bot(cloud: Cloud, channel: Channel) -> None:
    channel.members.add(cloud.installation.bot.id)


def _remove_bot(cloud: Cloud, channel: Channel) -> None:
    _tell(cloud, channel, "left")
    channel.members.discard(cloud.installation.bot.id)


def _tell(cloud: Cloud, channel: Channel, what: str) -> None:
    """Only of channels that the app is in."""
    if cloud.installation.bot.id in channel.members:
        prefix = "group" if channel.kind == "private" else "channel"
        announce(cloud, f"{prefix}_{what}", {"channel": channel.id})


def _promote(cloud: Cloud, person: Person) -> None:
    _require_member(person)
    person.role = "admin"


def _demote(cloud: Cloud, person: Person) -> None:
    _require_member(person)
    person.role = "member"


def _require_member(person: Person) -> None:
    if not person.belongs:
        raise Impossible(f"{person.real_name} is not a full member here.")


def _outage(cloud: Cloud) -> None:
    cloud.outage = True


def _mend(cloud: Cloud) -> None:
    """The outage is over, and the token is good again."""
    cloud.outage = cloud.installation.revoked = False


def _revoke_token(cloud: Cloud) -> None:
    cloud.installation.revoked = True
    tokens = {"bot": [cloud.installation.bot.id], "oauth": []}
    announce(cloud, "tokens_revoked", {"tokens": tokens})


def _uninstall(cloud: Cloud) -> None:
    _revoke_token(cloud)
    announce(cloud, "app_uninstalled", {})


_OF_CHANNELS: dict[str, Callable[[Cloud, Channel], None]] = {
    "archive": _archive,
    "unarchive": _unarchive,
    "delete_channel": _delete,
    "add_bot": _add_bot,
    "remove_bot": _remove_bot,
}
_OF_PEOPLE: dict[str, Callable[[Cloud, Person], None]] = {"promote": _promote, "demote": _demote}
_OF_ALL: dict[str, Callable[[Cloud], None]] = {
    "outage": _outage,
    "mend": _mend,
    "revoke_token": _revoke_token,
    "uninstall": _uninstall,
}


def _channel(cloud: Cloud, order: Order) -> Channel:
    channel = cloud.workspace.channels.get(str(order.get("channel")))
    if channel is None or channel.kind == "im":
        raise Impossible("There is no such channel.")
    return channel
