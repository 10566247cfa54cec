"""The audit: who did what to which connection, in a chain that shows what was done to it later.

Each entry is vouched for together with the end of the chain before it, by a key that is not in the
database. The end moves along: it stands on the newest entry alone, and nobody can make it anew for
an earlier one. So whoever can write there, but has no key, can neither change, insert, remove nor
reorder entries. To put an earlier state of the whole chain back they need a copy of it, and its
head has moved on: the weekly digest tells the head.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from bot.domain.people import CLI
from bot.domain.stamps import mention, stamp

DONE, NOT_ALLOWED = "done", "not allowed"
"""Outcomes; the others are what Autotask was seen to answer (`Seen`)."""
INSTALLATION = ""
"""The workspace id under which entries about the installation itself stand."""
SHORT = 12
"""Digits of a digest that people compare: 48 bits."""
_ID = re.compile(r"\b[CDGUW][A-Z0-9]+\b")
"""Of a channel or a person at Slack."""


class Deed(StrEnum):
    """What somebody did, or tried."""

    CONNECT = "connect"
    EDIT = "edit"
    TEST = "test"
    SIGN_IN_ANYWAY = "sign_in_anyway"
    DISCONNECT = "disconnect"
    CHOOSE_CHANNEL = "choose_channel"
    LOOK_AFTER = "look_after"
    PAUSE = "pause"
    RESUME = "resume"
    PLAN_MAINTENANCE = "plan_maintenance"
    NAME_MANAGERS = "name_managers"
    MANAGE = "manage"
    READ_AUDIT = "read_audit"
    ROTATE_KEYS = "rotate_keys"
    UNINSTALL = "uninstall"


WORDS: dict[str, str] = {
    Deed.CONNECT: "connect",
    Deed.EDIT: "new credentials",
    Deed.TEST: "test",
    Deed.SIGN_IN_ANYWAY: "sign-in despite the lock-out warning",
    Deed.DISCONNECT: "disconnect",
    Deed.CHOOSE_CHANNEL: "alert channel",
    Deed.LOOK_AFTER: "how closely to watch",
    Deed.PAUSE: "pause",
    Deed.RESUME: "resume",
    Deed.PLAN_MAINTENANCE: "maintenance",
    Deed.NAME_MANAGERS: "people who may manage",
    Deed.MANAGE: "open a form",
    Deed.READ_AUDIT: "read the audit",
    Deed.ROTATE_KEYS: "new keys",
    Deed.UNINSTALL: "uninstall",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed. Nothing in it was typed: ids, and words of our own."""

    workspace_id: str
    at: datetime
    who: str
    """The id of a Slack user, or `CLI`."""
    deed: str
    """A `Deed`, or a word that a newer version has."""
    connection_id: str | None = None
    outcome: str = DONE
    detail: str = ""
    """What else there is to know, such as the id of the channel chosen."""


@dataclass(frozen=True, slots=True)
class Notary:
    """Vouches for texts with one key."""

    key_id: str
    digest: Callable[[str], str]
    """64 hex digits, which nobody else can make."""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry in its place. `end` stands on the newest one alone."""

    number: int
    entry: Entry
    key_id: str
    digest: str
    end: str | None


def forge(entry: Entry, notary: Notary, before: Link | None) -> Link:
    """The link for `entry` that follows `before`, or begins the chain."""
    number = before.number + 1 if before else 1
    digest = _digest(entry, number, notary, (before.end if before else None) or "")
    return Link(number, entry, notary.key_id, digest, end=_end(digest, notary))


@dataclass(slots=True)
class Chain:
    """A chain that is being followed from its beginning. `flaw` is the first that was found."""

    newest: Link | None = None
    flaw: str = ""
    _end: str = ""

    @property
    def head(self) -> str:
        """Such as `17:3f9a1c2b4d5e`, the number and the digest of the newest entry."""
        return head_of(self.newest) if self.newest else "empty"

    def follow(self, link: Link, notary: Notary | None) -> None:
        """The next one, and who vouched for it; None where there is no such key."""
        wanted = self.newest.number + 1 if self.newest else 1
        if link.number != wanted:
            self.flaw = f"entry {wanted} is missing"
        elif notary is None:
            self.flaw = f"entry {link.number} was made with a key that is not ours"
        elif link.digest != _digest(link.entry, link.number, notary, self._end):
            self.flaw = f"entry {link.number} is not what was written there, behind the one before"
        else:
            self.newest, self._end = link, _end(link.digest, notary)

    def close(self) -> None:
        """There is none behind the newest."""
        if not self.flaw and self.newest and self.newest.end != self._end:
            self.flaw = f"entry {self.newest.number + 1} is missing, and perhaps more behind it"


def head_of(link: Link) -> str:
    """What people compare: the entry's number and the beginning of its digest."""
    return f"{link.number}:{link.digest[:SHORT]}"


def told(link: Link, connection: str | None) -> str:
    """An entry in words, with moments and people marked (`domain/stamps.py`)."""
    entry = link.entry
    who = "the command line" if entry.who == CLI else mention(entry.who)
    what = WORDS.get(entry.deed, entry.deed)
    detail = f" ({_ID.sub(lambda found: mention(found[0]), entry.detail)})" if entry.detail else ""
    about = f", {connection}" if connection else ""
    outcome = entry.outcome.replace("_", " ")
    return f"#{link.number} {stamp(entry.at)}, {who}: {what}{detail}{about}: {outcome}"


def _digest(entry: Entry, number: int, notary: Notary, end_before: str) -> str:
    vouched_for: Sequence[str | int | None] = (
        end_before,
        number,
        entry.workspace_id,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.who,
        entry.deed,
        entry.connection_id,
        entry.outcome,
        entry.detail,
    )
    return notary.digest(json.dumps(vouched_for))


def _end(digest: str, notary: Notary) -> str:
    """Says that nothing follows. Who removes the newest entry cannot make it for the one before."""
    return notary.digest(f"end {digest}")
