"""The form with the vendor guide's four fields, and the views that follow it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.models.blocks import (
    AlertBlock,
    Block,
    ButtonElement,
    CheckboxesElement,
    ContextBlock,
    Option,
    PlainTextInputElement,
    SectionBlock,
)
from slack_sdk.models.views import View

from bot.domain import origin
from bot.domain.credentials import LABELS, LONGEST
from bot.domain.diagnosis import diagnose
from bot.domain.shapes import looks_like_a_secret
from bot.slack.text import MARKS, person, plain, plain_sentence, status_word
from bot.slack.views import channel_picker, form_input, note_view
from bot.usecases.connect import Connected

FORM = "connect"
GUIDE = "guide.open"
CONFIRM = "confirm"
AS_THEY_ARE, MAY_LOCK = "as_they_are", "may_lock"

_HINTS = {
    "url": "It is found from the username. Or the zone's address, such as "
    "https://webservices3.autotask.net",
    "integration_code": "The Tracking Identifier that Autotask generated: 27 capitals and digits. "
    "Not the name you gave the integration.",
    "secret": "The Password (Secret). Slack cannot hide what is typed here, so mind who sees your "
    "screen. It is stored encrypted and never shown again.",
    "username": "The Username (Key) from the API user's page; it looks like an e-mail address. "
    "Not your own login.",
}


@dataclass(frozen=True, slots=True)
class Form:
    """Everything the form shows. The secret is never among it."""

    name: str
    connection_id: str = ""
    typed_in: str = ""
    shown: Mapping[str, str] = field(default_factory=dict)
    """Field to what was typed; never the secret's."""
    advice: Mapping[str, str] = field(default_factory=dict)
    """Field to a remark that stands below it."""
    banner: str = ""
    confirm: tuple[str, str] | None = None
    """Value and words of the checkbox that sends all the same; at most 75 characters."""
    warning: str = ""
    """What sending may lead to; stands beside the checkbox."""
    confirmed: tuple[str, ...] = ()
    """What has been confirmed before."""
    channel: str | None = None


def read_form(metadata: Mapping[str, Any], typed: Mapping[str, Any]) -> Form:
    """The form as it was submitted, without the secret, ready to be shown again."""
    return Form(
        name=str(metadata.get("name", "")),
        connection_id=str(metadata.get("connection", "")),
        typed_in=str(metadata.get("typed_in", "")),
        shown=_without_secrets({name: str(typed.get(name) or "") for name in LABELS}),
        confirmed=tuple(sorted({*metadata.get("confirmed", ()), *(typed.get(CONFIRM) or ())})),
        channel=typed.get("channel"),
    )


def _without_secrets(typed: Mapping[str, str]) -> Mapping[str, str]:
    """What may be sent back: nothing that is the secret, wherever it was pasted."""
    return {
        name: value
        for name, value in typed.items()
        if name != "secret" and value != typed["secret"] and not looks_like_a_secret(value.strip())
    }


def form_view(form: Form) -> View:
    """The form."""
    metadata = {
        "name": form.name,
        "connection": form.connection_id,
        "typed_in": form.typed_in,
        "confirmed": form.confirmed,
    }
    return View(
        type="modal",
        callback_id=FORM,
        title="Update credentials" if form.connection_id else "Connect Autotask",
        submit="Connect",
        close="Cancel",
        private_metadata=json.dumps(metadata),
        blocks=[*_opening(form), *_fields(form), *_closing(form)],
    )


def connected_view(connected: Connected) -> View:
    """What came of it: the status, and where alerts go. The secret's field is gone."""
    connection, watch = connected.connection, connected.watch
    tenant = f" to *{plain(connection.company)}*" if connection.company else ""
    text = (
        f"{MARKS[watch.status]} *{plain(connection.name)}* is *{status_word(watch)}*: connected"
        f"{tenant}, zone {plain(connection.zone or connection.origin.host)}."
    )
    blocks: list[Block] = []
    if watch.cause:
        words = diagnose(watch.cause)
        text += f" But: {words.title}."
        blocks.append(SectionBlock(text=f"{words.why}\n*Next step:* {words.next_step}"))
    blocks.append(SectionBlock(text=_where_alerts_go(connected)))
    return note_view("Autotask", text, *blocks)


def _opening(form: Form) -> list[Block]:
    what = (
        f"New values for *{plain(form.name)}*. The stored ones stay in force until Autotask has "
        "accepted these."
        if form.connection_id
        else "Four values of an API user in Autotask. They are tried at once, and stored encrypted "
        "only if Autotask accepts them."
    )
    button = ButtonElement(text="Where do I find them?", action_id=GUIDE)
    intro: list[Block] = [SectionBlock(text=what, accessory=button)]
    if form.banner:
        intro.append(AlertBlock(text=plain_sentence(form.banner), level="warning"))
    return intro


def _fields(form: Form) -> list[Block]:
    blocks: list[Block] = []
    for name, label in LABELS.items():
        element = PlainTextInputElement(
            max_length=origin.LONGEST if name == "url" else LONGEST,
            initial_value=form.shown.get(name) or None,
            focus_on_load=name == "integration_code" or None,
        )
        blocks.append(form_input(name, label, element, hint=_HINTS[name], optional=name == "url"))
        if remark := form.advice.get(name):
            text = f":warning: {plain_sentence(remark)}"
            blocks.append(ContextBlock(elements=[{"type": "mrkdwn", "text": text}]))
    return blocks


def _closing(form: Form) -> list[Block]:
    blocks: list[Block] = []
    if not form.connection_id:
        hint = (
            "Where the bot says when the integration stops being active. Empty: where you typed "
            "the command if it may post there, else to you alone."
        )
        picker = channel_picker(form.channel)
        blocks.append(form_input("channel", "Alert channel", picker, hint=hint, optional=True))
    if form.confirm:
        value, words = form.confirm
        box = CheckboxesElement(options=[Option(value=value, text=words)])
        blocks.append(form_input(CONFIRM, "Send all the same?", box, optional=True))
    if form.warning:
        text = f":warning: {plain_sentence(form.warning)}"
        blocks.append(ContextBlock(elements=[{"type": "mrkdwn", "text": text}]))
    return blocks


def _where_alerts_go(connected: Connected) -> str:
    connection = connected.connection
    if connection.channel:
        return f"Alerts go to <#{connection.channel}>. `/autotask alerts` chooses another channel."
    to_person = f"Alerts go to {person(connection.connected_by)} in a direct message."
    if connected.channel_refused:
        return (
            f"{to_person} I cannot post in <#{connected.channel_refused}>: invite me there, then "
            "choose it with `/autotask alerts`."
        )
    return f"{to_person} `/autotask alerts` chooses a channel."
