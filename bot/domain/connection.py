"""A connection: one named Autotask integration of a workspace."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.errors import BadInput
from bot.domain.origin import AutotaskOrigin
from bot.domain.policy import Care
from bot.domain.stamps import unmarked

DEFAULT_NAME = "Autotask"
LONGEST_NAME = 40
_NAME = re.compile(r"[\w.-](?:[\w .-]{0,38}[\w.-])?")


@dataclass(frozen=True, slots=True)
class Connection:
    """What is known of an integration, without its secret."""

    id: str
    """Opaque, 128 random bits in hex."""
    workspace_id: str
    name: str
    origin: AutotaskOrigin
    company: str | None
    """The tenant's own company name, where it may be read."""
    zone: str | None
    """Autotask's name for the zone, such as "America East"."""
    connected_by: str
    """Slack user id; `cli` for the command line."""
    connected_at: datetime
    channel: str | None
    """Where alerts go; None: to the person who connected."""
    disconnected_at: datetime | None = None
    """Set on what is left of a connection for its incidents' sake: no secret, a free name."""
    care: Care = field(default_factory=Care)

    @property
    def title(self) -> str:
        """The name, and the tenant where it is known; whoever named it, it calls nobody."""
        return unmarked(f"{self.name} ({self.company})" if self.company else self.name)


def parse_name(text: str) -> str:
    """A connection's name: 1-40 letters, digits, spaces, `-`, `_`, `.`; empty is the default one.

    Raises BadInput (field `name`).
    """
    name = " ".join(text.split()) or DEFAULT_NAME
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise BadInput(
            "A connection's name has 1 to 40 letters, digits, spaces, or any of - _ .",
            field="name",
        )
    return name


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` that was probably meant: the shortest that holds it, else one that is much
    like it; None where there is none."""
    key, by_key = name_key(name.strip()), {name_key(each): each for each in names}
    holding = sorted((each for each in by_key if key and key in each), key=len)
    like = holding or difflib.get_close_matches(key, by_key, n=1)
    return by_key[like[0]] if like else None


def name_key(name: str) -> str:
    """Two names with the same key are the same name."""
    return name.casefold()
