"""The workspace: who and which channels are there, and what is said in them."""

from bot.sandbox.slack.channels import Channel
from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.feed import Feed
from bot.sandbox.slack.identifiers import Identifiers
from bot.sandbox.slack.installation import Installation
from bot.sandbox.slack.messages import Draft, Message
from bot.sandbox.slack.people import Person, cast
from bot.sandbox.slack.refusal import Impossible


class Workspace:
    """Changes what is there, and tells everybody who can see it."""

    def __init__(
        self, ids: Identifiers, feed: Feed, *, team_id: str, installation: Installation
    ) -> None:
        self._ids = ids
        self._feed = feed
        self.team_id = team_id
        self.name = "Example MSP"
        self.domain = "example-msp"
        self._installation = installation
        self._bot = installation.bot
        everybody = cast(ids, team_id)
        self.people = {person.id: person for person in [*everybody.values(), self._bot]}
        self.channels: dict[str, Channel] = {}
        self._furnish(everybody)

    def person(self, person_id: str) -> Person:
        """Somebody who could sit at the page; unnamed, the first of them. Raises Impossible."""
        person = self.people.get(person_id or next(iter(self.people)))
        if person is None or person is self._bot:
            raise Impossible(f"There is nobody with the id {person_id or '(none)'} here.")
        return person

    def channel_for(self, person: Person, channel_id: str) -> Channel:
        """A channel that this person can see. Raises Impossible."""
        channel = self.channels.get(channel_id)
        if channel is None or not channel.visible_to(person):
            raise Impossible("There is no such channel here.")
        return channel

    def named(self, name: str) -> Channel | None:
        """A public channel by its name, with or without #."""
        wanted = name.removeprefix("#")
        public = (each for each in self.channels.values() if each.kind == "public")
        return next((each for each in public if each.name == wanted), None)

    def default_for(self, element: Json, channel_id: str | None) -> str | None:
        """The conversation that an element with `default_to_current_conversation` starts with: the
        one looked at, where the element's filter lets it through.
        """
        channel = self.channels.get(channel_id or "")
        wanted = element.get("filter") or {}
        if channel is None or channel.kind not in wanted.get("include", (channel.kind,)):
            return None
        if channel.shared and wanted.get("exclude_external_shared_channels"):
            return None
        if channel.kind == "im" and wanted.get("exclude_bot_users"):
            return None
        return channel.id

    def direct(self, person: Person) -> Channel:
        """The direct message between this person and the app; opened where there was none."""
        members = {person.id, self._bot.id}
        for channel in self.channels.values():
            if channel.kind == "im" and channel.members == members:
                return channel
        channel = self._open("D", self._bot.name, "im", members)
        self._feed.tell_one(person.id, {"type": "state"})
        return channel

    def post(
        self,
        channel: Channel,
        author: Person,
        draft: Draft,
        *,
        thread_ts: str | None = None,
        to: str | None = None,
    ) -> Message:
        """Say something; `to` is the only person to see it."""
        message = Message(self._ids.ts(), channel.id, author.id, draft, thread_ts, to)
        channel.messages[message.ts] = message
        self._tell(message, {"type": "message", "message": message.shown()})
        return message

    def change(self, message: Message, draft: Draft, *, edited: bool) -> None:
        message.change(draft, edited=edited)
        self._tell(message, {"type": "message_changed", "message": message.shown()})

    def delete(self, message: Message) -> None:
        del self.channels[message.channel_id].messages[message.ts]
        gone = {"type": "message_deleted", "channel": message.channel_id, "ts": message.ts}
        self._tell(message, gone)

    def messages_for(self, person: Person, channel: Channel) -> list[Message]:
        """Oldest first, with this person's ephemeral ones."""
        return [each for each in channel.messages.values() if each.to in (None, person.id)]

    def document(self, message: Message) -> Json:
        """As Slack writes it in answers and payloads."""
        ours = message.user_id == self._bot.id
        author = self._installation.authorship() if ours else {"team": self.team_id}
        return message.document(author)

    def changed(self) -> None:
        """Tell every page to look again at people, channels and the app."""
        self._feed.tell({"type": "state"})

    def _tell(self, message: Message, event: Json) -> None:
        channel = self.channels[message.channel_id]
        self._feed.tell(
            event,
            to=lambda person_id: (
                person_id == message.to
                if message.to
                else channel.visible_to(self.people[person_id])
            ),
        )

    def _furnish(self, people: dict[str, Person]) -> None:
        alice, bob, gail, stan = (people[name].id for name in ("alice", "bob", "gail", "stan"))
        self._open("C", "general", "public", {alice, bob, gail})
        self._open("C", "alerts", "public", {alice, bob})
        self._open("C", "ops", "private", {alice, bob})
        self._open("C", "partners", "public", {alice, bob, stan}).shared = True

    def _open(self, prefix: str, name: str, kind: str, members: set[str]) -> Channel:
        channel = Channel(self._ids.new(prefix), name, kind, members)
        self.channels[channel.id] = channel
        return channel
