"""The entries that references name: read, looked at, and kept for a few minutes.

Whoever may edit an entry can change what signs in, but not where to: its address goes through
AutotaskOrigin at each opening, and has to be one that the connection was accepted with.
"""

import json
import time
from collections.abc import Collection, Mapping
from typing import Protocol

from bot.domain.credentials import LABELS, Credentials, Typed
from bot.domain.errors import (
    BadInput,
    EntryElsewhere,
    EntryForbidden,
    EntryMalformed,
    EntryNotFound,
    EntryUnavailable,
    KeyUnavailable,
    UnknownKey,
)
from bot.domain.origin import AutotaskOrigin
from bot.domain.reference import Bounds, Place, Reference, is_reference
from bot.domain.secret import Secret
from bot.usecases.ports import Referred
from bot.vault.cache import Cache, Monotonic

TTL = 5 * 60.0
"""Seconds for which an entry is not read again, unless Autotask refuses what it holds."""
LONGEST_ENTRY = 10_000
"""Characters."""


class EntryStore(Protocol):
    """Entries of one vault."""

    async def read(self, reference: Reference) -> str:
        """The entry's text, never empty. Raises EntryNotFound, EntryForbidden or EntryMalformed;
        EntryUnavailable, UnknownKey or KeyUnavailable where there was no answer to that."""


class References:
    """References of all workspaces, to the vaults that are set up. Raises Unread for what is not
    read; nothing that it says names the reference, or holds a value."""

    def __init__(
        self,
        bounds: Bounds | None = None,
        stores: Mapping[Place, EntryStore] | None = None,
        *,
        extra_hosts: Collection[str] = (),
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self.bounds = bounds or Bounds()
        self._stores = stores or {}
        self._extra_hosts = extra_hosts
        self._read = Cache[Secret](monotonic, ttl=TTL)

    def beginnings(self, workspace_id: str) -> list[str]:
        """How references begin in this workspace; nothing where none are set up."""
        return [self.bounds.begin(place, workspace_id) for place in sorted(self.bounds.places)]

    async def entry(self, workspace_id: str, text: str) -> tuple[Reference, Typed]:
        """What the typed reference leads to, read just now. Raises BadInput, before anybody is
        asked, for one that this workspace may not name."""
        reference = self.bounds.parse(text, workspace_id)
        return reference, await self._entry(workspace_id, reference, anew=True)

    async def open(self, workspace_id: str, referred: Referred, *, anew: bool) -> Credentials:
        """The credentials as the entry has them, for the zone where they were accepted."""
        try:
            reference = self.bounds.parse(referred.reference, workspace_id)
        except BadInput as error:
            configured = referred.reference.partition(":")[0] in self.bounds.places
            unread = EntryForbidden if configured else EntryUnavailable
            raise unread(error.message, hint=error.hint) from None
        origin = self._zone(referred.origin.address)
        if origin is None:
            raise EntryElsewhere
        entry = await self._entry(workspace_id, reference, anew=anew)
        if self._zone(entry.url) not in (None, origin, referred.named):
            raise EntryElsewhere
        return Credentials(
            origin,
            Secret(entry.username),
            Secret(entry.secret),
            Secret(entry.integration_code),
        )

    def _zone(self, address: str) -> AutotaskOrigin | None:
        """Nothing seals what stands in the row, so that is looked at like what is in the entry."""
        try:
            return AutotaskOrigin.named_in(address, extra_hosts=self._extra_hosts)
        except BadInput:
            raise EntryElsewhere from None

    async def probe(self, place: Place) -> None:
        """Ask for an entry that is not there, below the prefix: raises Unread unless the vault
        answers, and would let the bot read there."""
        name = self.bounds.begin(place, "doctor").partition(":")[2] + "none"
        try:
            await self._ask(Reference(place, name))
        except EntryNotFound:
            return

    def forget(self, workspace_id: str) -> None:
        """Drop what was read for the workspace."""
        self._read.forget(workspace_id)

    async def _entry(self, workspace_id: str, reference: Reference, *, anew: bool) -> Typed:
        kept = None if anew else self._read.get(workspace_id, str(reference))
        text = kept or Secret(await self._ask(reference))
        entry = _values(text.reveal(), self._extra_hosts)
        if kept is None:
            self._read.put(workspace_id, str(reference), text)
        return entry

    async def _ask(self, reference: Reference) -> str:
        try:
            return await self._stores[reference.place].read(reference)
        except (KeyUnavailable, UnknownKey) as error:  # no answer, or nobody to ask as
            raise EntryUnavailable(error.message) from None


def _values(text: str, extra_hosts: Collection[str]) -> Typed:
    """The entry's values, all of which can be sent. Raises EntryMalformed, with what is wrong by
    the name of its key."""
    try:
        values = json.loads(text) if len(text) <= LONGEST_ENTRY else None
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise EntryMalformed("The entry is no JSON object.")
    given = {name: values[name] for name in LABELS if values.get(name) is not None}
    if odd := [name for name, value in given.items() if not isinstance(value, str)]:
        raise EntryMalformed(f"In the entry, {odd[0]} is no text.")
    typed = Typed.of(given)
    if is_reference(typed.secret):
        raise EntryMalformed("In the entry, secret is a reference itself.")
    for name, problem in typed.problems(extra_hosts=extra_hosts).items():
        raise EntryMalformed(f"In the entry, {name} cannot be used: {problem}")
    return typed
