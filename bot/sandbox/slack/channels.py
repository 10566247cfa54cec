"""A conversation: a public or private channel, or a direct message with the app."""

from dataclasses import dataclass, field

from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.people import Person


@dataclass
class Channel:
    """`kind` is public, private or im; a `shared` channel has people of other workspaces in it."""

    id: str
    name: str
    kind: str
    members: set[str]
    shared: bool = False
    archived: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    """By ts, oldest first."""

    def visible_to(self, person: Person) -> bool:
        return person.id in self.members or (self.kind == "public" and person.belongs)

    def partner_of(self, bot_user_id: str) -> str:
        """The person at the other end of a direct message."""
        return next(iter(self.members - {bot_user_id}), "")

    def document(self, bot_user_id: str) -> Json:
        """`channel` in the answers of conversations.* (docs.slack.dev, the conversation object)."""
        if self.kind == "im":
            user = self.partner_of(bot_user_id)
            return {"id": self.id, "is_im": True, "user": user, "is_archived": False}
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind == "public",
            "is_group": self.kind == "private",
            "is_im": False,
            "is_mpim": False,
            "is_private": self.kind == "private",
            "is_archived": self.archived,
            "is_member": bot_user_id in self.members,
            "is_shared": self.shared,
            "is_ext_shared": self.shared,
            "is_general": self.name == "general",
            "num_members": len(self.members),
        }

    def shown(self, bot_user_id: str) -> Json:
        """As the page lists it."""
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "archived": self.archived,
            "bot_in": bot_user_id in self.members,
        }
