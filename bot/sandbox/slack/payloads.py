"""What the app is sent (docs.slack.dev: slash commands, interaction payloads, the Events API)."""

from bot.sandbox.slack.channels import Channel
from bot.sandbox.slack.cloud import Cloud
from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.hooks import Hook
from bot.sandbox.slack.layout import Placed
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.people import Person
from bot.sandbox.slack.views import View


def slash_command(cloud: Cloud, hook: Hook, channel: Channel, *, command: str, text: str) -> Json:
    """Form fields: everything is text."""
    person = hook.person
    return {
        "token": cloud.installation.verification_token,
        "team_id": cloud.workspace.team_id,
        "team_domain": cloud.workspace.domain,
        "channel_id": channel.id,
        "channel_name": _name(channel),
        "user_id": person.id,
        "user_name": person.name,
        "command": command,
        "text": text,
        "api_app_id": cloud.installation.app_id,
        "is_enterprise_install": "false",
        "response_url": cloud.hooks.url(hook),
        "trigger_id": cloud.triggers.issue(person, channel.id),
    }


def shortcut(cloud: Cloud, person: Person, callback_id: str) -> Json:
    """A global one: it names no channel, and has no response_url."""
    return {
        **_interaction(cloud, "shortcut", person),
        "trigger_id": cloud.triggers.issue(person, None),
        "callback_id": callback_id,
        "action_ts": cloud.ids.ts(),
    }


def message_action(
    cloud: Cloud, person: Person, message: Message, *, placed: Placed, action: Json
) -> Json:
    """`block_actions` from a message; an ephemeral one is not sent along."""
    channel = cloud.workspace.channels[message.channel_id]
    hook = cloud.hooks.issue(person, channel.id, message)
    payload = {
        **_interaction(cloud, "block_actions", person),
        "trigger_id": cloud.triggers.issue(person, channel.id),
        "container": _container(message, placed),
        "channel": {"id": channel.id, "name": _name(channel)},
        "state": {"values": message.form_of(person.id).values()},
        "response_url": cloud.hooks.url(hook),
        "actions": [action],
    }
    return payload if message.to else {**payload, "message": cloud.workspace.document(message)}


def view_action(cloud: Cloud, person: Person, view: View, action: Json) -> Json:
    """`block_actions` from a modal or the Home tab."""
    return {
        **_interaction(cloud, "block_actions", person),
        "trigger_id": cloud.triggers.issue(person, view.channel_id),
        "container": {"type": "view", "view_id": view.id},
        "view": view_document(cloud, view),
        "actions": [action],
    }


def block_suggestion(
    cloud: Cloud, person: Person, view: View, *, placed: Placed, text: str
) -> Json:
    """What was typed into a menu that the app fills. It carries no trigger."""
    return {
        **_interaction(cloud, "block_suggestion", person),
        "container": {"type": "view", "view_id": view.id},
        "view": view_document(cloud, view),
        "block_id": placed.block["block_id"],
        "action_id": placed.element["action_id"],
        "value": text,
    }


def view_submission(cloud: Cloud, person: Person, view: View) -> Json:
    """With `response_urls` for conversations chosen in inputs that ask for one."""
    urls = [
        {
            "block_id": block_id,
            "action_id": action_id,
            "channel_id": conversation,
            "response_url": cloud.hooks.url(cloud.hooks.issue(person, conversation)),
        }
        for block_id, action_id, conversation in view.form.answerable()
    ]
    return {
        **_interaction(cloud, "view_submission", person),
        "trigger_id": cloud.triggers.issue(person, view.channel_id),
        "view": view_document(cloud, view),
        "response_urls": urls,
    }


def view_closed(cloud: Cloud, person: Person, view: View, *, cleared: bool) -> Json:
    return {
        **_interaction(cloud, "view_closed", person),
        "view": view_document(cloud, view),
        "is_cleared": cleared,
    }


def event(cloud: Cloud, inner: Json) -> Json:
    """The envelope of the Events API around one event."""
    team_id = cloud.workspace.team_id
    return {
        "token": cloud.installation.verification_token,
        "team_id": team_id,
        "api_app_id": cloud.installation.app_id,
        "event": {"event_ts": cloud.ids.ts(), **inner},
        "type": "event_callback",
        "event_id": cloud.ids.new("Ev"),
        "event_time": int(cloud.clock()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team_id,
                "user_id": cloud.installation.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }


def view_document(cloud: Cloud, view: View) -> Json:
    """A view with what belongs to the installation."""
    return {
        **view.document(),
        "team_id": cloud.workspace.team_id,
        "app_id": cloud.installation.app_id,
        "app_installed_team_id": cloud.workspace.team_id,
        "bot_id": cloud.installation.bot_id,
    }


def action_document(cloud: Cloud, placed: Placed, value: Json) -> Json:
    """One entry of `actions`: the element's own words, and what was chosen."""
    element = placed.element
    shown = ("type", "action_id", "text", "value", "style", "placeholder", "confirm")
    return {
        **value,
        **{name: element[name] for name in shown if name in element},
        "block_id": placed.block["block_id"],
        "action_ts": cloud.ids.ts(),
    }


def _interaction(cloud: Cloud, kind: str, person: Person) -> Json:
    return {
        "type": kind,
        "team": {"id": cloud.workspace.team_id, "domain": cloud.workspace.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "user": person.signature(),
        "api_app_id": cloud.installation.app_id,
        "token": cloud.installation.verification_token,
    }


def _container(message: Message, placed: Placed) -> Json:
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel_id,
        "is_ephemeral": message.to is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    for attachment in message.draft.attachments:
        if placed.block in attachment.get("blocks", ()):
            container |= {"type": "message_attachment", "attachment_id": attachment["id"]}
    return container


def _name(channel: Channel) -> str:
    return {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)
