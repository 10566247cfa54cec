"""What an administrator of the workspace can break and mend."""

from collections.abc import Callable

from bot.sandbox.slack.channels import Channel
from bot.sandbox.slack.cloud import MISHAPS, Cloud, Mishap
from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.events import announce, announce_membership
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
    elif verb in _IN_DETAIL:
        _IN_DETAIL[verb](cloud, order)
    else:
        raise Impossible(f"There is no switch {verb}.")
    cloud.workspace.changed()


def troubles(cloud: Cloud) -> dict[str, bool]:
    """What is broken just now, by the name of the switch that broke it."""
    installation = cloud.installation
    return {
        "outage": cloud.outage,
        "limit": cloud.rate.used_up,
        "close_direct": not installation.messages_tab,
        "revoke_token": installation.revoked,
    }


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
    announce_membership(cloud, channel, "joined")


def _remove_bot(cloud: Cloud, channel: Channel) -> None:
    if cloud.installation.bot.id in channel.members:
        _tell(cloud, channel, "left")
        announce_membership(cloud, channel, "left")
        channel.members.discard(cloud.installation.bot.id)


def _make_private(cloud: Cloud, channel: Channel) -> None:
    """Its members stay, and nobody else sees it."""
    channel.kind = "private"


def _rename(cloud: Cloud, order: Order) -> None:
    channel = _channel(cloud, order)
    channel.name = str(order.get("name") or channel.name)
    if channel.kind == "public" and cloud.installation.bot.id in channel.members:
        renamed = {"id": channel.id, "name": channel.name}
        announce(cloud, "channel_rename", {"channel": renamed})


def _mishap(cloud: Cloud, order: Order) -> None:
    """The next `count` messages of the app are accepted, and then: `late` (answered after so many
    `seconds`), `error` (answered with 500), `drop` (the line is closed without an answer)."""
    kind = str(order.get("kind"))
    if kind not in MISHAPS:
        raise Impossible(f"There is no mishap {kind}.")
    mishap = Mishap(kind, float(order.get("seconds") or 0))
    cloud.mishaps += [mishap] * int(order.get("count") or 1)


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


def _end_outage(cloud: Cloud) -> None:
    cloud.outage = False


def _limit(cloud: Cloud) -> None:
    cloud.rate.used_up = True


def _unlimit(cloud: Cloud) -> None:
    cloud.rate.used_up = False


def _close_direct(cloud: Cloud) -> None:
    cloud.installation.messages_tab = False


def _open_direct(cloud: Cloud) -> None:
    cloud.installation.messages_tab = True


def _mend(cloud: Cloud) -> None:
    """The outage is over, the token is good again, and nothing goes wrong any more."""
    for each in (_end_outage, _unlimit, _open_direct, _restore_token):
        each(cloud)
    cloud.mishaps.clear()


def _revoke_token(cloud: Cloud) -> None:
    cloud.installation.revoked = True
    tokens = {"bot": [cloud.installation.bot.id], "oauth": []}
    announce(cloud, "tokens_revoked", {"tokens": tokens})


def _restore_token(cloud: Cloud) -> None:
    cloud.installation.revoked = False


def _uninstall(cloud: Cloud) -> None:
    _revoke_token(cloud)
    announce(cloud, "app_uninstalled", {})


_OF_CHANNELS: dict[str, Callable[[Cloud, Channel], None]] = {
    "archive": _archive,
    "unarchive": _unarchive,
    "delete_channel": _delete,
    "add_bot": _add_bot,
    "remove_bot": _remove_bot,
    "make_private": _make_private,
}
_OF_PEOPLE: dict[str, Callable[[Cloud, Person], None]] = {"promote": _promote, "demote": _demote}
_OF_ALL: dict[str, Callable[[Cloud], None]] = {
    "outage": _outage,
    "end_outage": _end_outage,
    "limit": _limit,
    "unlimit": _unlimit,
    "close_direct": _close_direct,
    "open_direct": _open_direct,
    "revoke_token": _revoke_token,
    "restore_token": _restore_token,
    "mend": _mend,
    "uninstall": _uninstall,
}


_IN_DETAIL: dict[str, Callable[[Cloud, Order], None]] = {"rename": _rename, "mishap": _mishap}


def _channel(cloud: Cloud, order: Order) -> Channel:
    channel = cloud.workspace.channels.get(str(order.get("channel")))
    if channel is None or channel.kind == "im":
        raise Impossible("There is no such channel.")
    return channel
