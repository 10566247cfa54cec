"""What the app answers at a response_url, or with its acknowledgement of a command."""

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.cloud import Cloud
from bot.sandbox.slack.drafts import read_draft, require_content
from bot.sandbox.slack.hooks import Hook
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.refusal import Refused


def answer(cloud: Cloud, hook: Hook, arguments: Arguments) -> None:
    """Say it, to the person alone unless `response_type` is in_channel; or replace or delete the
    original message. Raises Refused.

    A command's original is its first answer. Works in channels that the app is not in.
    """
    if hook.channel_id not in cloud.workspace.channels:
        raise Refused("channel_not_found")
    original = _standing(cloud, hook.original)
    if arguments.flag("delete_original"):
        if original:
            cloud.workspace.delete(original)
        return
    draft = read_draft(arguments, cloud.ids)
    require_content(draft)
    if original and arguments.flag("replace_original"):
        cloud.workspace.change(original, draft, edited=False)
        return
    message = cloud.workspace.post(
        cloud.workspace.channels[hook.channel_id],
        cloud.installation.bot,
        draft,
        thread_ts=arguments.text("thread_ts") or None,
        to=None if arguments.text("response_type") == "in_channel" else hook.person.id,
    )
    hook.original = hook.original or message


def _standing(cloud: Cloud, message: Message | None) -> Message | None:
    """The message, if it has not been deleted."""
    if message is None:
        return None
    return cloud.workspace.channels[message.channel_id].messages.get(message.ts)
