"""The form with the vendor guide's four fields."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.models.blocks import (
    AlertBlock,
    Block,
    ButtonElement,
    CheckboxesElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    SectionBlock,
)
from slack_sdk.models.blocks.basic_components import DispatchActionConfig
from slack_sdk.models.views import View

from bot.domain import origin
from bot.domain import reference as references
from bot.domain.connection import DEFAULT_NAME, LONGEST_NAME
from bot.domain.credentials import LABELS, LONGEST
from bot.domain.reference import is_reference
from bot.domain.shapes import looks_like_a_secret
from bot.slack.cards import small
from bot.slack.text import plain, plain_sentence
from bot.slack.views import VALUE, channel_picker, form_input, numbered

FORM = "connect"
GUIDE = "guide.open"
CONFIRM = "confirm"
AS_THEY_ARE, MAY_LOCK = "as_they_are", "may_lock"
USERNAME_TYPED = "connect.username"
"""What is heard of whoever types in Username; the other fields are heard of when all is submitted.
"""

_TELLING = 8
"""Characters of a value that a name does not hold by chance."""
GIVES_AWAY = (
    "This looks like one of the values above, or holds one. A name is shown to everybody: choose "
    "another, and if it was the Secret, generate a new one in Autotask."
)
_NAME_HINT = (
    "What it is called here, such as the customer's name: letters, digits, spaces, - _ and dots."
)
_HINTS = {
    "url": "It is found from the username. Or the zone's address, such as "
    "https://webservices3.autotask.net",
    "integration_code": "The Tracking Identifier that Autotask generated: 27 capitals and digits. "
    "Not the name you gave the integration.",
    "secret": "The Password (Secret). It is stored encrypted and never shown again.",
    "username": "The Username (Key) from the API user's page; it looks like an e-mail address. "
    "Not your own login.",
}
_KEPT = {
    "url": "It is found from the username. Another zone needs the secret again.",
    "integration_code": "The Tracking Identifier: 27 capitals and digits.",
    "secret": "The Password (Secret). The stored one is kept for its own zone and username alone, "
    "and never shown.",
    "username": "The Username (Key). Another one needs its own secret.",
}
"""The hints for a connection that exists, where what stays empty is kept."""


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
    gives_away: str = ""
    """What is wrong with a name that cannot be shown; then `name` is the one before."""
    round: int = 0
    """How often it was submitted. What is typed in is another field each time, so that Slack does
    not put back what is withheld here: it does wherever block_id and action_id stay."""
    again: bool = False
    """Whether a secret was typed in the one before."""
    beginnings: tuple[str, ...] = ()
    """How references begin in this workspace, where they are set up."""


def read_form(
    metadata: Mapping[str, Any], typed: Mapping[str, Any], beginnings: Sequence[str] = ()
) -> Form:
    """The form as it was submitted, without the secret, ready to be shown again."""
    before, name = metadata.get("round"), str(metadata.get("name", ""))
    written = str(typed.get("name") or "") if "name" in typed else name
    unsafe = _gives_away(written, typed)
    return Form(
        name=name if unsafe else written,
        gives_away=GIVES_AWAY if unsafe else "",
        connection_id=str(metadata.get("connection", "")),
        typed_in=str(metadata.get("typed_in", "")),
        shown=_without_secrets({name: str(typed.get(name) or "") for name in LABELS}),
        confirmed=tuple(sorted({*metadata.get("confirmed", ()), *(typed.get(CONFIRM) or ())})),
        channel=typed.get("channel"),
        round=before + 1 if isinstance(before, int) else 1,
        again=bool(typed.get("secret")) and not _refers(typed),
        beginnings=tuple(beginnings),
    )


def _refers(typed: Mapping[str, Any]) -> bool:
    return is_reference(str(typed.get("secret") or "").strip())


def _without_secrets(typed: Mapping[str, str]) -> Mapping[str, str]:
    """What may be sent back: nothing that is the secret or holds it, wherever it was pasted. A
    reference is none."""
    refers = _refers(typed)
    secret = "" if refers else typed["secret"].strip()
    return {
        name: value
        for name, value in typed.items()
        if (name != "secret" or refers)
        and not (secret and secret in value)
        and not looks_like_a_secret(value.strip())
    }


def _gives_away(name: str, typed: Mapping[str, Any]) -> bool:
    """Whether the name, which is shown to everybody, is one of the values, or holds one."""
    values = [str(typed.get(field) or "").strip() for field in LABELS]
    holds = any(value in name for value in values if len(value) >= _TELLING)
    return holds or any(looks_like_a_secret(word) for word in name.split())


def form_view(form: Form) -> View:
    """The form."""
    metadata = {
        "name": form.name,
        "connection": form.connection_id,
        "typed_in": form.typed_in,
        "confirmed": form.confirmed,
        "round": form.round,
    }
    return View(
        type="modal",
        callback_id=FORM,
        title="Update credentials" if form.connection_id else "Connect Autotask",
        submit="Check and replace" if form.connection_id else "Connect",
        close="Cancel",
        notify_on_close=True,
        private_metadata=json.dumps(metadata),
        blocks=[*_opening(form), *_fields(form), *_closing(form)],
    )


def _opening(form: Form) -> list[Block]:
    what = (
        f"New values for *{plain(form.name)}*. The stored ones stay in force until Autotask has "
        "accepted these. What you leave empty is kept."
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
    for name in LABELS:
        if name == "secret":
            blocks.append(_mind_the_secret(form))
        blocks.append(_field(form, name))
        if remark := form.advice.get(name):
            blocks.append(small(f":warning: {plain_sentence(remark)}"))
    return blocks


def _field(form: Form, name: str) -> InputBlock:
    editing = bool(form.connection_id)
    element = PlainTextInputElement(
        max_length=_longest(form, name),
        initial_value=form.shown.get(name) or None,
        focus_on_load=name == _first(form) or None,
    )
    element.action_id = numbered(USERNAME_TYPED if name == "username" else VALUE, form.round)
    if name == "username":
        element.dispatch_action_config = DispatchActionConfig(
            trigger_actions_on=["on_enter_pressed", "on_character_entered"]
        )
    hint = (_KEPT if editing else _HINTS)[name]
    if name == "secret" and form.beginnings:
        hint = f"{hint} Or a reference, and nothing else: {form.beginnings[0]}NAME"
    optional = editing or name == "url" or (name != "secret" and bool(form.beginnings))
    block = form_input(name, LABELS[name], element, hint=hint, optional=optional)
    block.dispatch_action = name == "username" or None
    return block


def _longest(form: Form, name: str) -> int:
    if name == "url":
        return origin.LONGEST
    refers = form.beginnings or form.shown.get("secret")
    return references.LONGEST if name == "secret" and refers else LONGEST


def _first(form: Form) -> str:
    """The field to begin in: what there is a remark about, else what has most likely changed."""
    usual = "secret" if form.connection_id or form.again else "integration_code"
    return next((name for name in LABELS if name in form.advice), usual)


def _mind_the_secret(form: Form) -> Block:
    name = f' "{form.name}"' if form.name != DEFAULT_NAME else ""
    again = "*Type the Secret once more:* it is never sent back here. " if form.again else ""
    text = (
        f"{again}*Slack cannot mask the Secret.* It shows on your screen and passes through Slack; "
        f"`autotask-bot connect{plain(name)}` on the bot's server avoids both."
    )
    if form.beginnings:
        text += (
            f" So does a reference to an entry of your vault: `{plain(form.beginnings[0])}NAME`."
        )
    return AlertBlock(text=text, level="warning")


def _closing(form: Form) -> list[Block]:
    blocks: list[Block] = []
    if not form.connection_id:
        name = PlainTextInputElement(
            action_id=numbered(VALUE, form.round),
            max_length=LONGEST_NAME,
            initial_value=form.name or None,
        )
        blocks.append(form_input("name", "Name", name, hint=_NAME_HINT, optional=True))
        hint = (
            "Where the bot says when the integration stops being active. Empty: where you typed "
            "the command, if it may post there and sees that no other organisation reads there; "
            "else to you alone."
        )
        picker = channel_picker(form.channel, start_here=True)
        blocks.append(form_input("channel", "Alert channel", picker, hint=hint, optional=True))
    if form.confirm:
        value, words = form.confirm
        box = CheckboxesElement(options=[Option(value=value, text=words)])
        blocks.append(form_input(CONFIRM, "Send all the same?", box, optional=True))
    if form.warning:
        blocks.append(small(f":warning: {plain_sentence(form.warning)}"))
    return blocks
