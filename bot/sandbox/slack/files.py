"""files.*: uploads in three steps. Error codes: the methods' pages at docs.slack.dev.

The app asks for an address, sends the bytes there without its token, and then says in which
conversation the file is shown.
"""

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.channels import Channel
from bot.sandbox.slack.cloud import Cloud
from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.messages import Draft
from bot.sandbox.slack.method import Method
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.stored import File

LONGEST_ALT = 1000
_SCOPE = "files:write"


def get_upload_url(cloud: Cloud, arguments: Arguments) -> Json:
    """An address for so many bytes, and the id of the file they will be."""
    name, length = arguments.required("filename"), int(arguments.number("length", 0))
    if length <= 0:
        raise Refused("missing_argument", messages=["length"])
    if len(arguments.text("alt_txt")) > LONGEST_ALT:
        raise Refused("alt_txt_too_large")
    file = File(cloud.ids.new("F"), cloud.ids.key(), name, length, arguments.text("alt_txt"))
    cloud.files[file.id] = file
    return {"upload_url": f"{cloud.upload_address}{file.key}", "file_id": file.id}


def complete_upload(cloud: Cloud, arguments: Arguments) -> Json:
    """Show files that were sent; without a channel they stay the app's own."""
    files = [_sent(cloud, each) for each in _listed(arguments)]
    if arguments.text("channel_id"):
        channel = _channel(cloud, arguments.text("channel_id"))
        draft = Draft(arguments.text("initial_comment"), files=[each.document() for each in files])
        cloud.workspace.post(channel, cloud.installation.bot, draft)
    return {"files": [each.document() for each in files]}


METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, _SCOPE),
    "files.completeUploadExternal": Method(complete_upload, _SCOPE),
}


def _listed(arguments: Arguments) -> list[Json]:
    try:
        files = arguments.document("files")
    except ValueError:
        files = None
    if not isinstance(files, list) or not files or not all(isinstance(f, dict) for f in files):
        raise Refused("invalid_arguments", messages=["files must be a list of objects"])
    return files


def _sent(cloud: Cloud, listed: Json) -> File:
    file = cloud.files.get(str(listed.get("id")))
    if file is None or file.content is None:
        raise Refused("file_not_found")
    file.title = str(listed.get("title") or "")
    return file


def _channel(cloud: Cloud, named: str) -> Channel:
    """One that the app is in, by its id: a person's id is none here."""
    channel, bot = cloud.workspace.channels.get(named), cloud.installation.bot
    if channel is None or not channel.visible_to(bot):
        raise Refused("channel_not_found")
    if bot.id not in channel.members:
        raise Refused("not_in_channel")
    if channel.archived:
        raise Refused("posting_to_channel_denied")
    return channel
