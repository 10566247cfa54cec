"""What the verbs need of the vault: credentials kept sealed here, or in a place that a reference
leads to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.audit import Notary
from bot.domain.credentials import Credentials, Typed
from bot.domain.origin import AutotaskOrigin
from bot.domain.secret import Secret


@dataclass(frozen=True, slots=True)
class Sealed:
    """Credentials as they are stored: `blob` opens only for this connection and origin."""

    blob: bytes
    origin: AutotaskOrigin


@dataclass(frozen=True, slots=True)
class Referred:
    """Credentials that are kept elsewhere: `reference` leads to their entry, `origin` is where they
    were accepted."""

    reference: str
    origin: AutotaskOrigin
    named: AutotaskOrigin | None = None
    """The zone that the entry named when it was connected, which may have moved since."""


Stored = Sealed | Referred


class Vault(Protocol):
    """Seals and opens. Raises SealError; never returns anything but what was sealed, or what stands
    in the entry that a reference leads to."""

    async def seal(self, workspace_id: str, connection_id: str, credentials: Credentials) -> Sealed:
        """Seal for exactly this workspace, connection and origin."""

    async def open(
        self, workspace_id: str, connection_id: str, stored: Stored, *, anew: bool = False
    ) -> Credentials:
        """Open what `seal` made. Raises UnknownKey, Tampered or KeyUnavailable. Or read the entry
        that is referred to, past what was kept of it where `anew`. Raises Unread."""

    async def entry(self, workspace_id: str, reference: str) -> tuple[str, Typed]:
        """The reference as it is to be stored, and what stands in its entry now, all of which can
        be sent. Raises Unread; BadInput, before anybody is asked, where it may not be named in this
        workspace or is not set up."""

    def beginnings(self, workspace_id: str) -> Sequence[str]:
        """How references begin in this workspace; empty where none are set up."""

    def forget(self, workspace_id: str) -> None:
        """Drop whatever is kept opened for the workspace."""

    async def username_digest(self, username: Secret) -> str:
        """A keyed digest: the same for the same username (case folded), useless to anybody else."""

    async def notary(self, key_id: str = "") -> Notary:
        """Who vouches for the audit's entries just now, or who did with the key of that id. Raises
        as `open` does; Tampered where there is no such key."""
