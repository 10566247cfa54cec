"""A vault's entries in memory, and what every vault has to do with its own: one contract."""

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.domain.credentials import Credentials
from bot.domain.errors import (
    EntryForbidden,
    EntryMalformed,
    EntryNotFound,
    EntryUnavailable,
    SealError,
    Unread,
)
from bot.domain.origin import AutotaskOrigin
from bot.domain.reference import Bounds, Place, Reference
from bot.usecases.ports import Referred
from bot.vault.references import EntryStore, References

REGION = "eu-central-1"
PREFIX = "autotask-bot"
ORIGIN = AutotaskOrigin("https://webservices3.autotask.net")
VALUES = {
    "url": ORIGIN.address,
    "integration_code": "MADEUPCODE",
    "secret": "made-up-secret",
    "username": "made-up-user@example.test",
}


def bounds(*places: Place) -> Bounds:
    return Bounds(frozenset(places), PREFIX, region=REGION)


@dataclass
class FakeEntries:
    """The port `EntryStore`: texts by name, the newest version last. Keeps who was asked for."""

    entries: dict[str, list[str]] = field(default_factory=dict)
    trouble: SealError | None = None
    asked: list[str] = field(default_factory=list)

    async def read(self, reference: Reference) -> str:
        self.asked.append(reference.name)
        if self.trouble:
            raise self.trouble
        versions = self.entries.get(reference.name, [])
        number = int(reference.version or len(versions))
        if not 0 < number <= len(versions):
            raise EntryNotFound
        return versions[number - 1]


@dataclass(frozen=True)
class Shelf:
    """One entry of the workspace T1 in some vault, and the hands to change it."""

    place: Place
    store: EntryStore
    name: str
    """As it stands in a reference."""
    put: Callable[[Mapping[str, str]], Awaitable[None]]
    """Writes a newer version."""
    delete: Callable[[], Awaitable[None]]
    """As people delete it: it could be restored."""
    forbid: Callable[[], AbstractAsyncContextManager[EntryStore]]
    """The vault to a bot that may not read there."""
    before: Callable[[], str]
    """How the version before the newest is called, with its sign."""
    missing: str
    """A version that never was, with its sign."""
    at: Callable[[str, float], EntryStore] | None = None
    """The vault by another address, or proxy, within so many seconds."""

    async def read(self, store: EntryStore | None = None, *, version: str = "") -> Credentials:
        """What opens by the reference, past every cache."""
        references = References(bounds(self.place), {self.place: store or self.store})
        referred = Referred(f"{self.place}:{self.name}{version}", ORIGIN)
        return await references.open("T1", referred, anew=True)

    async def refusal(
        self, kind: type[Unread], store: EntryStore | None = None, *, version: str = ""
    ) -> str:
        """What is said; it is of that kind, and names neither the entry nor a value."""
        with pytest.raises(Unread) as refused:
            await self.read(store, version=version)
        said = refused.value.sentence()
        assert type(refused.value) is kind, said
        assert refused.value.hint
        assert refused.value.__cause__ is None
        assert not [each for each in (*VALUES.values(), self.name) if each in said]
        return said


class EntryContract:
    """What holds for every vault. `shelf` is the fixture of whoever inherits this."""

    async def test_the_entry_opens_as_credentials(self, shelf: Shelf) -> None:
        await shelf.put(VALUES)
        found = await shelf.read()

        assert found.origin == ORIGIN
        assert found.secret.reveal() == VALUES["secret"]
        assert found.username.reveal() == VALUES["username"]
        assert found.integration_code.reveal() == VALUES["integration_code"]

    async def test_what_was_rotated_is_read_and_the_version_before_too(self, shelf: Shelf) -> None:
        await shelf.put(VALUES)
        await shelf.put(VALUES | {"secret": "made-up-and-newer"})

        assert (await shelf.read()).secret.reveal() == "made-up-and-newer"
        before = await shelf.read(version=shelf.before())
        assert before.secret.reveal() == VALUES["secret"]

    async def test_one_that_was_never_made_is_not_found(self, shelf: Shelf) -> None:
        await shelf.refusal(EntryNotFound)

    async def test_a_version_that_never_was_is_not_found(self, shelf: Shelf) -> None:
        await shelf.put(VALUES)

        await shelf.refusal(EntryNotFound, version=shelf.missing)

    async def test_one_that_was_deleted_is_not_found(self, shelf: Shelf) -> None:
        await shelf.put(VALUES)
        await shelf.delete()

        await shelf.refusal(EntryNotFound)

    async def test_one_that_the_bot_may_not_read_is_forbidden(self, shelf: Shelf) -> None:
        await shelf.put(VALUES)
        async with shelf.forbid() as store:
            await shelf.refusal(EntryForbidden, store)

    @pytest.mark.parametrize("key", ["integration_code", "secret", "username"])
    async def test_one_without_a_value_is_malformed_and_never_empty(
        self, shelf: Shelf, key: str
    ) -> None:
        await shelf.put({name: value for name, value in VALUES.items() if name != key})
        assert f"In the entry, {key}" in await shelf.refusal(EntryMalformed)

        await shelf.put(VALUES | {key: ""})
        assert f"In the entry, {key}" in await shelf.refusal(EntryMalformed)

    async def test_where_nobody_is_there_it_is_unavailable(self, shelf: Shelf) -> None:
        if shelf.at is None:
            pytest.skip("nowhere to be away from")
        await shelf.put(VALUES)

        await shelf.refusal(EntryUnavailable, shelf.at("http://127.0.0.1:9", 8))

    async def test_where_nobody_answers_it_is_unavailable_in_time(
        self, shelf: Shelf, silence: str
    ) -> None:
        if shelf.at is None:
            pytest.skip("nothing hangs in memory")
        await shelf.put(VALUES)
        slow, start = shelf.at(silence, 0.5), time.monotonic()

        assert "no answer within 0.5 s" in await shelf.refusal(EntryUnavailable, slow)
        assert time.monotonic() - start < 2

    async def test_the_doctor_sees_whether_it_answers(self, shelf: Shelf) -> None:
        references = References(bounds(shelf.place), {shelf.place: shelf.store})
        await references.probe(shelf.place)

        async with shelf.forbid() as store:
            with pytest.raises(EntryForbidden):
                await References(bounds(shelf.place), {shelf.place: store}).probe(shelf.place)


def text(values: Mapping[str, Any]) -> str:
    """As an entry is written by hand."""
    return json.dumps(values, indent=2)
