"""Modals, stacked up to three deep in front of each person, and Home tabs."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.feed import Feed
from bot.sandbox.slack.form import Form
from bot.sandbox.slack.identifiers import Identifiers
from bot.sandbox.slack.layout import completed
from bot.sandbox.slack.people import Person
from bot.sandbox.slack.refusal import Impossible, Refused

DEEPEST = 3
"""Views in a stack (docs.slack.dev, modals)."""


@dataclass
class View:
    """One view in front of one person. `body` is what the app sent, with every id in place."""

    id: str
    person_id: str
    body: Json
    form: Form
    hash: str
    root_view_id: str
    previous_view_id: str | None
    channel_id: str | None
    """The conversation that was looked at when its stack was opened."""

    @property
    def external_id(self) -> str:
        return self.body.get("external_id") or ""

    def document(self) -> Json:
        """`view` in answers and payloads (docs.slack.dev, the view object)."""
        return {
            "id": self.id,
            "type": self.body["type"],
            "title": self.body.get("title"),
            "blocks": self.body["blocks"],
            "submit": self.body.get("submit"),
            "close": self.body.get("close"),
            "callback_id": self.body.get("callback_id", ""),
            "private_metadata": self.body.get("private_metadata", ""),
            "external_id": self.external_id,
            "clear_on_close": bool(self.body.get("clear_on_close")),
            "notify_on_close": bool(self.body.get("notify_on_close")),
            "state": {"values": self.form.values()},
            "hash": self.hash,
            "root_view_id": self.root_view_id,
            "previous_view_id": self.previous_view_id,
        }

    def shown(self) -> Json:
        """As the page shows it; `values` is what the client keeps just now."""
        document = self.document()
        del document["state"], document["external_id"], document["clear_on_close"]
        return {**document, "values": self.form.values()}


class Views:
    """Every open view. What changes is told to the person in front of it."""

    def __init__(
        self, ids: Identifiers, feed: Feed, default: Callable[[Json, str | None], str | None]
    ) -> None:
        self._ids = ids
        self._feed = feed
        self._default = default
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def stack(self, person: Person) -> list[View]:
        return self._stacks.setdefault(person.id, [])

    def home(self, person: Person) -> View | None:
        return self._homes.get(person.id)

    def seen_by(self, person: Person, view_id: str) -> View:
        """A view that is open in front of this person. Raises Impossible."""
        for view in self._open():
            if view.id == view_id and view.person_id == person.id:
                return view
        raise Impossible("This view is no longer open.")

    def find(self, *, view_id: str, external_id: str) -> View:
        """Raises Refused(not_found)."""
        for view in self._open():
            if view.id == view_id or (external_id and view.external_id == external_id):
                return view
        raise Refused("not_found")

    def open(self, person: Person, body: Json, channel_id: str | None) -> View:
        """A stack of its own, in place of any other."""
        self._require_new(body)
        self.clear(person)
        view = self._draw(person, body, channel_id)
        self.stack(person).append(view)
        self._tell("view_opened", view)
        return view

    def push(self, person: Person, body: Json) -> View:
        """On top of the stack. Raises Refused(not_found, push_limit_reached)."""
        stack = self.stack(person)
        if not stack:
            raise Refused("not_found")
        if len(stack) >= DEEPEST:
            raise Refused("push_limit_reached")
        self._require_new(body)
        view = self._draw(person, body, stack[-1].channel_id)
        view.root_view_id, view.previous_view_id = stack[0].id, stack[-1].id
        stack.append(view)
        self._tell("view_pushed", view)
        return view

    def update(self, view: View, body: Json, *, expected: str = "") -> View:
        """Other content for a view; what was typed into inputs that stay is kept. Raises
        Refused(hash_conflict) where the view is not the one that the hash `expected` was for.
        """
        if expected and expected != view.hash:
            raise Refused("hash_conflict")
        self._require_new(body, besides=view)
        view.body = {**body, "blocks": completed(body["blocks"], self._ids)}
        view.form = self._form(view.body["blocks"], view.channel_id, view.form)
        view.hash = self._hash()
        self._tell("view_updated" if view.body["type"] == "modal" else "home", view)
        return view

    def publish(self, person: Person, body: Json, *, expected: str = "") -> View:
        """Put it on the Home tab of this person."""
        if view := self.home(person):
            return self.update(view, body, expected=expected)
        if expected:
            raise Refused("hash_conflict")
        self._require_new(body)
        view = self._homes[person.id] = self._draw(person, body, None)
        self._tell("home", view)
        return view

    def close(self, view: View) -> None:
        """The view and whatever lies on top of it."""
        stack = self._stacks[view.person_id]
        at = stack.index(view)
        closed = [each.id for each in stack[at:]]
        del stack[at:]
        self._feed.tell_one(view.person_id, {"type": "views_closed", "views": closed})

    def clear(self, person: Person) -> None:
        if stack := self.stack(person):
            self.close(stack[0])

    def _open(self) -> list[View]:
        stacked = [view for stack in self._stacks.values() for view in stack]
        return [*stacked, *self._homes.values()]

    def _require_new(self, body: Json, *, besides: View | None = None) -> None:
        external_id = body.get("external_id")
        for view in self._open():
            if external_id and view.external_id == external_id and view is not besides:
                raise Refused("duplicate_external_id")

    def _draw(self, person: Person, body: Json, channel_id: str | None) -> View:
        view_id = self._ids.new("V")
        body = {**body, "blocks": completed(body["blocks"], self._ids)}
        form = self._form(body["blocks"], channel_id, None)
        return View(view_id, person.id, body, form, self._hash(), view_id, None, channel_id)

    def _form(self, blocks: list[Json], channel_id: str | None, before: Form | None) -> Form:
        return Form(blocks, before=before, here=lambda element: self._default(element, channel_id))

    def _hash(self) -> str:
        return f"{self._ids.ts()}.{self._ids.word()}"

    def _tell(self, kind: str, view: View) -> None:
        self._feed.tell_one(view.person_id, {"type": kind, "view": view.shown()})
