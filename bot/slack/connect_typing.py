"""What is being typed into the open forms, so that the newest answer stands and Autotask is asked
little: one look-up at a time in each form, and few in a minute for each person."""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import TypeVar

from bot.slack.request import Request

K = TypeVar("K")
V = TypeVar("V")

MOST_LOOKS, WITHIN = 12, 60.0
"""Look-ups for one person in so many seconds; a paste is one."""
MOST_KEPT = 1000
"""Forms and people that are remembered; the longest unused are forgotten first."""


@dataclass(slots=True)
class TypedForm:
    """One open form."""

    newest: Request | None = None
    """What was typed last, while there is no answer to it."""
    looking: bool = False
    _hash: str = ""
    _replaced: deque[str] = field(default_factory=lambda: deque(maxlen=20))

    def hash_for(self, request: Request) -> str:
        """The hash of the view that the person looks at. What they typed while an answer of ours
        was on its way still names the view that it replaced."""
        named = str((request.view or {}).get("hash", ""))
        return self._hash if named in self._replaced else named

    def drawn(self, *, over: str, now: str) -> None:
        """An answer of ours has replaced the view with the hash `over`."""
        self._replaced.append(over)
        self._hash = now


@dataclass(slots=True)
class Typing:
    """Of one process. What it forgets, or another process knows, costs a note below a field."""

    _forms: OrderedDict[str, TypedForm] = field(default_factory=OrderedDict)
    _looks: OrderedDict[tuple[str, str], deque[float]] = field(default_factory=OrderedDict)

    def form(self, view_id: str) -> TypedForm:
        """The form in this view."""
        return _kept(self._forms, view_id, TypedForm())

    def stop(self, view_id: str) -> None:
        """It is submitted: whatever was asked for what was typed in it, the answer is late."""
        if form := self._forms.get(view_id):
            form.newest = None

    def may_look(self, request: Request, *, at: float) -> bool:
        """Whether this person may cause a look-up at `at` (seconds); if so, it counts."""
        looks = _kept(self._looks, (request.workspace_id, request.user_id), deque[float]())
        while looks and looks[0] <= at - WITHIN:
            looks.popleft()
        if len(looks) >= MOST_LOOKS:
            return False
        looks.append(at)
        return True


def _kept(kept: "OrderedDict[K, V]", key: K, new: V) -> V:
    found = kept.setdefault(key, new)
    kept.move_to_end(key)
    while len(kept) > MOST_KEPT:
        kept.popitem(last=False)
    return found
