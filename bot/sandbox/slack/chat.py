"""chat.*: messages. Error codes: the methods' pages at docs.slack.dev."""

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.channels import Channel
from bot.sandbox.slack.cloud import Cloud
from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.drafts import read_draft, require_content, warnings
from bot.sandbox.slack.messages import Message, retained
from bot.sandbox.slack.method import Method
from bot.sandbox.slack.people import Person
from bot.sandbox.slack.refusal import Refused

LONGEST_UPDATE = 4000


def post_message(cloud: Cloud, arguments: Arguments) -> Json:
    """To a channel's id or name, or to a person's id: then as a direct message."""
    channel = _destination(cloud, arguments.required("channel"))
    draft = read_draft(arguments, cloud.ids)
    require_content(draft)
    thread_ts = _thread(channel, arguments)
    bot = cloud.installation.bot
    message = cloud.workspace.post(channel, bot, draft, thread_ts=thread_ts)
    shown = cloud.workspace.document(message)
    return {"channel": channel.id, "ts": message.ts, "message": shown, **warnings(draft)}


def update(cloud: Cloud, arguments: Arguments) -> Json:
    """Blocks without text edit silently: no "(edited)" is shown."""
    message = _ours(cloud, arguments, otherwise="cant_update_message")
    if cloud.workspace.channels[message.channel_id].archived:
        raise Refused("is_inactive")
    if len(arguments.text("text")) > LONGEST_UPDATE:
        raise Refused("msg_too_long")
    given = frozenset(
        each for each in ("text", "blocks", "attachments", "metadata") if arguments.has(each)
    )
    draft = retained(message.draft, read_draft(arguments, cloud.ids), given)
    require_content(draft)
    cloud.workspace.change(message, draft, edited="blocks" not in given)
    shown = cloud.workspace.document(message)
    answer = {"channel": message.channel_id, "ts": message.ts, "text": draft.text}
    return {**answer, "message": shown, **warnings(draft)}


def delete(cloud: Cloud, arguments: Arguments) -> Json:
    message = _ours(cloud, arguments, otherwise="cant_delete_message")
    cloud.workspace.delete(message)
    return {"channel": message.channel_id, "ts": message.ts}


def post_ephemeral(cloud: Cloud, arguments: Arguments) -> Json:
    """For one member's eyes. Attachments with blocks are refused here."""
    channel = _destination(cloud, arguments.required("channel"))
    person = cloud.workspace.people.get(arguments.required("user"))
    if person is None or not _is_in(person, channel):
        raise Refused("user_not_in_channel")
    draft = read_draft(arguments, cloud.ids)
    require_content(draft)
    if any("blocks" in attachment for attachment in draft.attachments):
        raise Refused("invalid_attachments", messages=["attachments that contain blocks"])
    thread_ts = _thread(channel, arguments)
    message = cloud.workspace.post(
        channel, cloud.installation.bot, draft, thread_ts=thread_ts, to=person.id
    )
    return {"message_ts": message.ts, **warnings(draft)}


METHODS = {
    "chat.postMessage": Method(post_message, "chat:write"),
    "chat.update": Method(update, "chat:write"),
    "chat.delete": Method(delete, "chat:write"),
    "chat.postEphemeral": Method(post_ephemeral, "chat:write"),
}


def _destination(cloud: Cloud, named: str) -> Channel:
    """Where the app may post: channels it is in, public ones by scope, direct messages."""
    workspace, bot = cloud.workspace, cloud.installation.bot
    person = workspace.people.get(named)
    if person is bot:
        raise Refused("cannot_dm_bot")
    if person:
        channel: Channel | None = workspace.direct(person)
    else:
        channel = workspace.channels.get(named) or workspace.named(named)
    if channel is None or not channel.visible_to(bot):
        raise Refused("channel_not_found")
    if channel.kind == "im" and not cloud.installation.messages_tab:
        raise Refused("messages_tab_disabled")
    if channel.archived:
        raise Refused("is_archived")
    if bot.id not in channel.members and not cloud.installation.may("chat:write.public"):
        raise Refused("not_in_channel")
    return channel


def _is_in(person: Person, channel: Channel) -> bool:
    return person.id in channel.members and person.role != "bot"


def _thread(channel: Channel, arguments: Arguments) -> str | None:
    """The root that `thread_ts` names, also where it names a reply."""
    ts = arguments.text("thread_ts")
    if not ts:
        return None
    parent = channel.messages.get(ts)
    if parent is None or parent.to:
        raise Refused("thread_not_found")
    return parent.thread_ts or parent.ts


def _ours(cloud: Cloud, arguments: Arguments, *, otherwise: str) -> Message:
    """A message of the app's own that is not ephemeral; direct messages go by their D-id."""
    bot = cloud.installation.bot
    channel = cloud.workspace.channels.get(arguments.required("channel"))
    if channel is None or not channel.visible_to(bot):
        raise Refused("channel_not_found")
    message = channel.messages.get(arguments.required("ts"))
    if message is None or message.to:
        raise Refused("message_not_found")
    if message.user_id != bot.id:
        raise Refused(otherwise)
    return message
