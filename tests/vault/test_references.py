"""References: what is read, what is kept, and what never leads elsewhere."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.domain.errors import (
    BadInput,
    EntryElsewhere,
    EntryForbidden,
    EntryMalformed,
    EntryUnavailable,
    KeyUnavailable,
    UnknownKey,
    Unread,
)
from bot.domain.origin import AutotaskOrigin
from bot.domain.reference import Bounds, Place
from bot.usecases.ports import Referred
from bot.vault.cache import SIZE
from bot.vault.credentials import CredentialVault
from bot.vault.references import TTL, EntryStore, References
from tests.vault.cast import Rows, Watch, loaded, master
from tests.vault.entries import ORIGIN, VALUES, EntryContract, FakeEntries, Shelf, bounds, text

NAME = "secret/autotask-bot/T1/lake"
REFERRED = Referred(f"vault:{NAME}", ORIGIN)
MOVED = AutotaskOrigin("https://webservices5.autotask.net")


@pytest.fixture
def entries() -> FakeEntries:
    return FakeEntries({NAME: [text(VALUES)]})


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def references(entries: FakeEntries, watch: Watch) -> References:
    return References(bounds(Place.VAULT), {Place.VAULT: entries}, monotonic=watch)


class TestFakeEntries(EntryContract):
    @pytest.fixture
    def silence(self) -> str:
        return ""

    @pytest.fixture
    def shelf(self) -> Shelf:
        entries = FakeEntries()

        async def put(values: Mapping[str, str]) -> None:
            entries.entries.setdefault(NAME, []).append(json.dumps(values))

        async def delete() -> None:
            del entries.entries[NAME]

        @asynccontextmanager
        async def forbid() -> AsyncIterator[EntryStore]:
            yield replace(entries, trouble=EntryForbidden())

        def before() -> str:
            return f"#{len(entries.entries[NAME]) - 1}"

        return Shelf(Place.VAULT, entries, NAME, put, delete, forbid, before, missing="#9")


async def test_for_five_minutes_it_is_read_once(
    references: References, entries: FakeEntries, watch: Watch
) -> None:
    first = await references.open("T1", REFERRED, anew=False)
    entries.entries[NAME].append(text(VALUES | {"secret": "made-up-and-newer"}))
    watch.seconds = TTL - 1

    assert await references.open("T1", REFERRED, anew=False) == first
    assert len(entries.asked) == 1
    watch.seconds = TTL
    assert (await references.open("T1", REFERRED, anew=False)).secret.reveal() != VALUES["secret"]
    assert TTL == 300


async def test_past_the_cache_it_is_read_again_and_kept_again(
    references: References, entries: FakeEntries
) -> None:
    await references.open("T1", REFERRED, anew=False)
    entries.entries[NAME].append(text(VALUES | {"secret": "made-up-and-newer"}))

    newer = await references.open("T1", REFERRED, anew=True)

    assert newer.secret.reveal() == "made-up-and-newer"
    assert await references.open("T1", REFERRED, anew=False) == newer
    assert len(entries.asked) == 2


async def test_what_is_kept_is_a_secret_bounded_and_forgotten_with_its_workspace(
    references: References, entries: FakeEntries
) -> None:
    await references.open("T1", REFERRED, anew=False)
    assert VALUES["secret"] not in repr(vars(references._read))
    assert "•••" in repr(vars(references._read))

    references.forget("T1")
    await references.open("T1", REFERRED, anew=False)
    assert len(entries.asked) == 2

    for number in range(SIZE):
        name = f"secret/autotask-bot/T1/{number}"
        entries.entries[name] = [text(VALUES)]
        await references.open("T1", Referred(f"vault:{name}", ORIGIN), anew=False)
    assert len(references._read) == SIZE
    await references.open("T1", REFERRED, anew=False)
    assert entries.asked[-1] == NAME


async def test_what_leaves_with_its_workspace_is_forgotten_by_the_vault(
    references: References, entries: FakeEntries
) -> None:
    vault = CredentialVault(loaded(master(1)), Rows(), references)
    await vault.open("T1", "c1", REFERRED)
    vault.forget("T1")
    await vault.open("T1", "c1", REFERRED)

    assert len(entries.asked) == 2


async def test_while_the_vault_is_away_what_is_kept_still_opens_and_nothing_after(
    references: References, entries: FakeEntries, watch: Watch
) -> None:
    first = await references.open("T1", REFERRED, anew=False)
    entries.trouble = KeyUnavailable("made-up is not available.")

    assert await references.open("T1", REFERRED, anew=False) == first
    watch.seconds = TTL
    with pytest.raises(EntryUnavailable, match="made-up is not available"):
        await references.open("T1", REFERRED, anew=False)


async def test_nobody_to_ask_as_says_nothing_of_the_entry(
    references: References, entries: FakeEntries
) -> None:
    entries.trouble = UnknownKey("made-up: no token.")

    with pytest.raises(EntryUnavailable, match="no token"):
        await references.open("T1", REFERRED, anew=False)


async def test_another_workspace_s_entry_is_refused_before_anybody_is_asked(
    references: References, entries: FakeEntries
) -> None:
    with pytest.raises(BadInput, match="has to begin with"):
        await references.entry("T2", f"vault:{NAME}")
    with pytest.raises(EntryForbidden, match="has to begin with"):  # put into its row
        await references.open("T2", REFERRED, anew=False)

    assert entries.asked == []


async def test_a_place_that_is_not_set_up_any_more_is_our_own_fault(entries: FakeEntries) -> None:
    nowhere = References(Bounds(), {})
    with pytest.raises(EntryUnavailable, match="not set up here") as refused:
        await nowhere.open("T1", REFERRED, anew=False)

    assert "REFERENCE_PREFIX, VAULT_ADDR and VAULT_TOKEN_FILE" in refused.value.hint
    assert nowhere.beginnings("T1") == []


async def test_the_secret_goes_where_it_was_accepted_and_nowhere_else(
    references: References, entries: FakeEntries
) -> None:
    """Whatever an entry names, it is compared, and not used."""
    entries.entries[NAME] = [text(VALUES | {"url": "https://webservices5.autotask.net"})]
    with pytest.raises(EntryElsewhere):
        await references.open("T1", REFERRED, anew=False)

    entries.entries[NAME] = [text(VALUES | {"url": "https://evil.example"})]
    with pytest.raises(EntryMalformed, match="not the address of an Autotask zone"):
        await references.open("T1", REFERRED, anew=True)

    entries.entries[NAME] = [text({**VALUES, "url": ""})]
    assert (await references.open("T1", REFERRED, anew=True)).origin == ORIGIN


@pytest.mark.parametrize("address", ["https://evil.example", "https://www.autotask.net", ""])
async def test_a_row_that_was_aimed_elsewhere_sends_the_secret_nowhere(
    references: References, entries: FakeEntries, address: str
) -> None:
    """Somebody who can write the database names their own host, and an entry names none."""
    entries.entries[NAME] = [text({**VALUES, "url": ""})]
    aimed = replace(REFERRED, origin=AutotaskOrigin(address))

    with pytest.raises(EntryElsewhere):
        await references.open("T1", aimed, anew=False)
    assert entries.asked == []


async def test_a_zone_that_has_moved_is_not_the_entry_s_fault(references: References) -> None:
    """The entry names the zone that it named when it was connected."""
    moved = replace(REFERRED, origin=MOVED, named=ORIGIN)

    assert (await references.open("T1", moved, anew=False)).origin == MOVED


async def test_what_is_kept_is_looked_at_each_time(
    references: References, entries: FakeEntries
) -> None:
    await references.open("T1", REFERRED, anew=False)

    with pytest.raises(EntryElsewhere):
        await references.open("T1", replace(REFERRED, origin=MOVED), anew=False)
    assert len(entries.asked) == 1


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("", "no JSON object"),
        ("not JSON", "no JSON object"),
        ("[]", "no JSON object"),
        ("null", "no JSON object"),
        ("[" * 9000, "no JSON object"),
        (text(VALUES | {"more": "x" * 10_000}), "no JSON object"),
        (text(VALUES | {"secret": 7}), "secret is no text"),
        (text(VALUES | {"url": ["x"]}), "url is no text"),
        (text(VALUES | {"secret": f"vault:{NAME}"}), "secret is a reference itself"),
        (text(VALUES | {"secret": "made up"}), "secret cannot be used"),
        (text(VALUES | {"username": "ü@example.test"}), "username cannot be used"),
    ],
)
async def test_an_entry_of_another_form_is_malformed_and_not_kept(
    references: References, entries: FakeEntries, entry: str, said: str
) -> None:
    entries.entries[NAME] = [entry]
    with pytest.raises(EntryMalformed, match=said) as refused:
        await references.open("T1", REFERRED, anew=False)

    assert VALUES["secret"] not in refused.value.sentence()
    entries.entries[NAME] = [text(VALUES | {"more": 1})]
    await references.open("T1", REFERRED, anew=False)


def test_the_ways_of_not_being_read_are_told_apart() -> None:
    kinds = Unread.__subclasses__()

    assert len({kind().sentence() for kind in kinds}) == len(kinds) == 5
