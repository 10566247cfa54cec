"""What a person does in a channel: speak, give a command, press, choose, look at the Home tab."""

import html
import re

from bot.sandbox.slack import payloads
from bot.sandbox.slack.answers import answer
from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.channels import Channel
from bot.sandbox.slack.cloud import Cloud
from bot.sandbox.slack.delivery import Kind
from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.events import announce
from bot.sandbox.slack.form import Form
from bot.sandbox.slack.hooks import Hook
from bot.sandbox.slack.layout import Placed
from bot.sandbox.slack.messages import Draft
from bot.sandbox.slack.people import Person
from bot.sandbox.slack.refusal import Impossible, Refused, Undelivered

_EVENT_KINDS = {"public": "message.channels", "private": "message.groups", "im": "message.im"}


async def say(
    cloud: Cloud, person: Person, channel: Channel, *, text: str, thread_ts: str | None
) -> None:
    """A message, or a command where it begins with a slash. Raises Impossible."""
    if channel.archived:
        raise Impossible(f"#{channel.name} is archived.")
    if text.startswith("/"):
        await _command(cloud, person, channel, text=text, thread_ts=thread_ts)
        return
    if not text.strip():
        raise Impossible("There is nothing to send.")
    draft = Draft(html.escape(text, quote=False))
    message = cloud.workspace.post(channel, person, draft, thread_ts=thread_ts)
    inner = {**cloud.workspace.document(message), "channel": channel.id}
    if cloud.installation.bot.id in channel.members:
        announce(cloud, _EVENT_KINDS[channel.kind], {**inner, "type": "message"})


async def press(
    cloud: Cloud, person: Person, place: Json, *, where: tuple[str, str], value: Json
) -> None:
    """Press or choose an element, by block_id and action_id, in a message or a view. Raises
    Impossible where it is not there.
    """
    if "view_id" in place:
        await _press_in_view(cloud, person, str(place["view_id"]), where=where, value=value)
        return
    channel = cloud.workspace.channel_for(person, str(place.get("channel")))
    message = channel.messages.get(str(place.get("ts")))
    if message is None or message.to not in (None, person.id):
        raise Impossible("This message is no longer there.")
    placed, action = _act(cloud, message.form_of(person.id), where, value)
    payload = payloads.message_action(cloud, person, message, placed=placed, action=action)
    await _deliver(cloud, person, payload)


async def enter(
    cloud: Cloud, person: Person, view_id: str, *, where: tuple[str, str], value: Json
) -> None:
    """Type into a view. The app hears of it where the element is no input, or its block says so."""
    view = cloud.views.seen_by(person, view_id)
    placed = view.form.find(*where)
    if placed.is_input and not placed.block.get("dispatch_action"):
        view.form.enter(*where, value)
    else:
        await _press_in_view(cloud, person, view_id, where=where, value=value)


async def take_shortcut(cloud: Cloud, person: Person, callback_id: str) -> None:
    """Choose one of the app's global shortcuts. Raises Impossible where there is none such."""
    if callback_id not in {each["callback_id"] for each in cloud.installation.shortcuts}:
        raise Impossible("The app has no such shortcut.")
    await _deliver(cloud, person, payloads.shortcut(cloud, person, callback_id))


def look_at_home(cloud: Cloud, person: Person) -> None:
    """Open the app's Home tab."""
    event: Json = {
        "type": "app_home_opened",
        "user": person.id,
        "channel": cloud.workspace.direct(person).id,
        "tab": "home",
    }
    if view := cloud.views.home(person):
        event["view"] = payloads.view_document(cloud, view)
    announce(cloud, "app_home_opened", event)


async def _press_in_view(
    cloud: Cloud, person: Person, view_id: str, *, where: tuple[str, str], value: Json
) -> None:
    view = cloud.views.seen_by(person, view_id)
    _, action = _act(cloud, view.form, where, value)
    await _deliver(cloud, person, payloads.view_action(cloud, person, view, action))


def _act(cloud: Cloud, form: Form, where: tuple[str, str], value: Json) -> tuple[Placed, Json]:
    """Enter the value; what was acted on, and how the app is told of it."""
    placed = form.find(*where)
    form.enter(*where, value)
    return placed, payloads.action_document(cloud, placed, form.chosen(*where, value))


async def _deliver(cloud: Cloud, person: Person, payload: Json) -> None:
    try:
        await cloud.courier.ask(Kind.INTERACTIVE, payload)
    except Undelivered as failure:
        _tell_failure(cloud, person, failure.sentence("This action"))


async def _command(
    cloud: Cloud, person: Person, channel: Channel, *, text: str, thread_ts: str | None
) -> None:
    word, _, rest = text.partition(" ")
    known = cloud.installation.command(word)
    if known is None:
        raise Impossible(f"{word} is not a valid command")
    if thread_ts:
        raise Impossible(f"{word} is not supported in threads")
    rest = _escaped(cloud, rest.strip(), ids=bool(known.get("should_escape")))
    hook = cloud.hooks.issue(person, channel.id)
    payload = payloads.slash_command(cloud, hook, channel, command=word, text=rest)
    try:
        _show_reply(cloud, hook, await cloud.courier.ask(Kind.COMMAND, payload), word)
    except Undelivered as failure:
        _tell_failure(cloud, person, failure.sentence(word))


def _show_reply(cloud: Cloud, hook: Hook, reply: Json, word: str) -> None:
    """What came with the acknowledgement is shown like an answer at the response_url."""
    if not reply:
        return
    try:
        answer(cloud, hook, Arguments(reply))
    except Refused as refused:
        cloud.note(f"answer to {word}", refused)
        _tell_failure(cloud, hook.person, Undelivered("invalid_command_response").sentence(word))


def _tell_failure(cloud: Cloud, person: Person, sentence: str) -> None:
    cloud.feed.tell_one(person.id, {"type": "failed", "text": sentence})


def _escaped(cloud: Cloud, text: str, *, ids: bool) -> str:
    """As commands arrive: & < > as entities always, and with `should_escape` names as ids
    (docs.slack.dev, slash commands).
    """
    text = html.escape(text, quote=False)
    if not ids:
        return text
    people = {person.name: person.id for person in cloud.workspace.people.values()}
    channels = {each.name: each.id for each in cloud.workspace.channels.values()}

    def link(match: re.Match[str]) -> str:
        mark, name = match[1], match[2]
        found = people.get(name) if mark == "@" else channels.get(name)
        return f"<{mark}{found}|{name}>" if found else match[0]

    return re.sub(r"([@#])([\w.-]+)", link, text)
