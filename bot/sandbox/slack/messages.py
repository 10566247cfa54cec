"""A message, and a message's content before it is one."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.form import Form


@dataclass(frozen=True)
class Draft:
    """What a message says. Blocks and attachments are complete and have passed the rules."""

    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    broadcast: bool = False
    """Whether it is to be seen in the channel, where it is a reply in a thread."""

    def all_blocks(self) -> list[Json]:
        """Those in attachments, too."""
        nested = [block for each in self.attachments for block in each.get("blocks", ())]
        return [*self.blocks, *nested]


@dataclass
class Message:
    """One that was said. `to` names the only person who sees an ephemeral one."""

    ts: str
    channel_id: str
    user_id: str
    draft: Draft
    thread_ts: str | None = None
    to: str | None = None
    edited: bool = False
    forms: dict[str, Form] = field(default_factory=dict)
    """What each person has chosen in it, by their id."""

    @property
    def broadcast(self) -> bool:
        """Whether it is a reply that stands in the channel too."""
        return self.draft.broadcast and self.thread_ts is not None

    def form_of(self, person_id: str) -> Form:
        return self.forms.setdefault(person_id, Form(self.draft.all_blocks()))

    def change(self, draft: Draft, *, edited: bool) -> None:
        """Says something else from now on; choices in what stays the same are kept."""
        self.draft = draft
        self.edited = self.edited or edited
        self.forms = {
            person: Form(draft.all_blocks(), before=form) for person, form in self.forms.items()
        }

    def shown(self) -> Json:
        """As the page shows it."""
        return {
            "ts": self.ts,
            "channel": self.channel_id,
            "user": self.user_id,
            "text": self.draft.text,
            "blocks": self.draft.blocks,
            "attachments": self.draft.attachments,
            "edited": self.edited,
            "thread_ts": self.thread_ts,
            "broadcast": self.broadcast,
            "ephemeral": self.to is not None,
            "metadata": self.draft.metadata,
        }

    def document(self, author: Mapping[str, Any]) -> Json:
        """`message` in answers, payloads and histories (docs.slack.dev, the message event).

        `author` holds what tells an app's messages from people's.
        """
        document: Json = {
            "type": "message",
            "user": self.user_id,
            "ts": self.ts,
            "text": self.draft.text,
            **author,
        }
        if self.draft.blocks:
            document["blocks"] = self.draft.blocks
        if self.draft.attachments:
            document["attachments"] = self.draft.attachments
        if self.thread_ts:
            document["thread_ts"] = self.thread_ts
        if self.broadcast:
            document["subtype"] = "thread_broadcast"
        if self.edited:
            document["edited"] = {"user": self.user_id, "ts": self.ts}
        return document


def retained(old: Draft, new: Draft, given: frozenset[str]) -> Draft:
    """What a message says after chat.update was given only some of its parts.

    Text without blocks removes the blocks; attachments and metadata stay when they are left out,
    and a reply that was shown in the channel stays there (docs.slack.dev, chat.update).
    """
    keeps_blocks = not given & {"text", "blocks"}
    return replace(
        new,
        text=new.text if "text" in given else old.text,
        blocks=old.blocks if keeps_blocks else new.blocks,
        attachments=new.attachments if "attachments" in given else old.attachments,
        metadata=new.metadata if "metadata" in given else old.metadata,
        broadcast=old.broadcast or new.broadcast,
    )
