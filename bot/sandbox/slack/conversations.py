"""conversations.*: channels, and what was said in them. Error codes: docs.slack.dev."""

import math
from collections.abc import Sequence

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.channels import Channel
from bot.sandbox.slack.cloud import Cloud
from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.events import announce_membership
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.method import Method
from bot.sandbox.slack.refusal import Refused

_PREFIXES = {"public": "channels", "private": "groups", "im": "im"}
LONGEST_PAGE = 999


def info(cloud: Cloud, arguments: Arguments) -> Json:
    channel = _channel(cloud, arguments, "read")
    return {"channel": channel.document(cloud.installation.bot.id)}


def open_direct(cloud: Cloud, arguments: Arguments) -> Json:
    """With one person, `users`, or by the id of one that is open, `channel`."""
    if arguments.has("channel"):
        channel = cloud.workspace.channels.get(arguments.text("channel"))
        if channel is None or channel.kind != "im":
            raise Refused("channel_not_found")
    else:
        channel = _with(cloud, arguments.required("users"))
    whole = channel.document(cloud.installation.bot.id)
    return {"channel": whole if arguments.flag("return_im") else {"id": channel.id}}


def join(cloud: Cloud, arguments: Arguments) -> Json:
    """Public channels only."""
    bot = cloud.installation.bot
    channel = cloud.workspace.channels.get(arguments.required("channel"))
    if channel is None or not channel.visible_to(bot):
        raise Refused("channel_not_found")
    if channel.kind != "public":
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("is_archived")
    already = {"warning": "already_in_channel"} if bot.id in channel.members else {}
    channel.members.add(bot.id)
    if not already:
        announce_membership(cloud, channel, "joined")
    cloud.workspace.changed()
    return {"channel": channel.document(bot.id), **already}


def history(cloud: Cloud, arguments: Arguments) -> Json:
    """Newest first; ephemeral messages are left out, and so are replies, but for those that are
    shown in the channel too."""
    channel = _channel(cloud, arguments, "history")
    if cloud.installation.bot.id not in channel.members:
        raise Refused("not_in_channel")
    return _page(
        cloud,
        arguments,
        [
            message
            for message in reversed(channel.messages.values())
            if _in_channel(message) and _within(message, arguments)
        ],
    )


def replies(cloud: Cloud, arguments: Arguments) -> Json:
    """A thread, oldest first: its root, whatever span is asked for, and the replies."""
    channel = _channel(cloud, arguments, "history")
    if cloud.installation.bot.id not in channel.members:
        raise Refused("not_in_channel")
    root = channel.messages.get(arguments.required("ts"))
    if root is None or root.to:
        raise Refused("thread_not_found")
    below = [
        message
        for message in channel.messages.values()
        if message.thread_ts == root.ts and message.to is None and _within(message, arguments)
    ]
    return _page(cloud, arguments, [root, *below])


METHODS = {
    "conversations.info": Method(info),
    "conversations.open": Method(open_direct, "im:write"),
    "conversations.join": Method(join, "channels:join"),
    "conversations.history": Method(history),
    "conversations.replies": Method(replies),
}


def _page(cloud: Cloud, arguments: Arguments, found: Sequence[Message]) -> Json:
    """So many as `limit` says, from where `cursor` says; and the cursor of the next page."""
    limit = max(1, min(int(arguments.number("limit", 100)), LONGEST_PAGE))
    start = _start(arguments.text("cursor"))
    with_metadata = arguments.flag("include_all_metadata")
    shown = found[start : start + limit]
    messages = [_document(cloud, each, with_metadata=with_metadata) for each in shown]
    more = len(found) > start + limit
    following = {"response_metadata": {"next_cursor": f"from:{start + limit}"}} if more else {}
    return {"messages": messages, "has_more": more, **following}


def _in_channel(message: Message) -> bool:
    return message.to is None and (message.thread_ts is None or message.broadcast)


def _start(cursor: str) -> int:
    name, _, start = cursor.partition(":")
    if not cursor:
        return 0
    if name != "from" or not start.isdecimal():
        raise Refused("invalid_cursor")
    return int(start)


def _channel(cloud: Cloud, arguments: Arguments, doing: str) -> Channel:
    """A channel that the app can see, and has the scope for: which one depends on its kind."""
    channel = cloud.workspace.channels.get(arguments.required("channel"))
    kind = channel.kind if channel else "public"
    scope = f"{_PREFIXES[kind]}:{doing}"
    if not cloud.installation.may(scope):
        provided = ",".join(cloud.installation.scopes)
        raise Refused("missing_scope", needed=scope, provided=provided)
    if channel is None or not channel.visible_to(cloud.installation.bot):
        raise Refused("channel_not_found")
    return channel


def _with(cloud: Cloud, users: str) -> Channel:
    person = cloud.workspace.people.get(users)
    if person is None:
        raise Refused("user_not_found")
    if person.role == "bot":
        raise Refused("cannot_dm_bot")
    return cloud.workspace.direct(person)


def _within(message: Message, arguments: Arguments) -> bool:
    at = float(message.ts)
    oldest, latest = arguments.number("oldest", 0), arguments.number("latest", math.inf)
    if arguments.flag("inclusive"):
        return oldest <= at <= latest
    return oldest < at < latest


def _document(cloud: Cloud, message: Message, *, with_metadata: bool) -> Json:
    document = cloud.workspace.document(message)
    if with_metadata and message.draft.metadata:
        document["metadata"] = message.draft.metadata
    return document
