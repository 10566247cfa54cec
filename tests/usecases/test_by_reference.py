"""Connections whose credentials stand in a vault of the operator's."""

import asyncio
import logging
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.domain.credentials import Typed
from bot.domain.errors import (
    EntryForbidden,
    EntryNotFound,
    KeyUnavailable,
    NoSuchConnection,
    SealError,
)
from bot.domain.observation import Cause, FailedLogins, Seen
from bot.domain.reference import Bounds, Place
from bot.domain.secret import Secret
from bot.domain.status import Status
from bot.store.schema import connections, metadata
from bot.usecases import check
from bot.usecases.blindness import look_for_blindness
from bot.usecases.connect import Attempt, Connected, Doubtful, Refused, connect
from bot.usecases.disconnect import disconnect
from bot.vault.credentials import CredentialVault
from bot.vault.references import References
from tests.fakes import FINE, ZONE_3, ZONE_4, FakeAutotask
from tests.usecases.conftest import ALICE, MALLORY, VALUES, House
from tests.vault.entries import FakeEntries, text

REFERENCE = "vault:secret/autotask-bot/T1/lake"
NAME = REFERENCE.partition(":")[2]
NEWER = "zY8$xW5#vU2~tS9*rQ6@pO3nM"
AWAY = KeyUnavailable("made-up is not available.")


@dataclass
class Vaulted:
    """A house, and the vault that its operator has set up beside it."""

    house: House
    entries: FakeEntries
    autotask: FakeAutotask

    @property
    def tried(self) -> list[str]:
        """The secret of each sign-in."""
        return [each.secret.reveal() for each in self.autotask.sign_ins]

    async def connect(
        self, reference: str = REFERENCE, **typed: str
    ) -> Connected | Refused | Doubtful:
        attempt = Attempt(Typed.of({**typed, "secret": reference}), "Autotask", channel="C1")
        return await connect(self.house.ports, ALICE, attempt)

    async def edit(self, **typed: str) -> Connected | Refused | Doubtful:
        id_ = (await self.house.overview()).connection.id
        attempt = Attempt(Typed.of(typed), "Autotask", replaces=id_)
        return await connect(self.house.ports, ALICE, attempt)

    async def watched(self) -> None:
        """Connected, the hello forgotten."""
        assert isinstance(await self.connect(), Connected)
        self.house.messenger.texts.clear()

    def write(self, **values: str) -> None:
        """A newer version of the entry."""
        self.entries.entries[NAME].append(text({**VALUES, **values}))

    async def refused(self, username: str = VALUES["username"]) -> FailedLogins:
        ports = self.house.ports
        digest = await ports.vault.username_digest(Secret(username))
        return await ports.logins.so_far(digest, at=self.house.clock.now())

    async def rows(self) -> list[tuple[bytes | None, str | None]]:
        async with self.house.database.read() as view:
            found = await view.execute(select(connections.c.sealed, connections.c.reference))
            return [(row.sealed, row.reference) for row in found]


@pytest.fixture
def vaulted(house: House) -> Vaulted:
    entries = FakeEntries({NAME: [text(VALUES)]})
    bounds = Bounds(frozenset({Place.VAULT}), "autotask-bot")
    vault = house.ports.vault
    assert isinstance(vault, CredentialVault)
    vault.references = References(bounds, {Place.VAULT: entries}, monotonic=house.clock.elapsed)
    house.autotask.in_force = VALUES["secret"]
    return Vaulted(house, entries, house.autotask)


def error(outcome: object) -> str:
    """What is said at the field of the reference."""
    assert isinstance(outcome, Refused), outcome
    assert outcome.errors.keys() == {"secret"}
    return outcome.errors["secret"]


async def test_a_reference_alone_connects_and_nothing_secret_is_stored(
    vaulted: Vaulted, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    connected = await vaulted.connect()
    await vaulted.house.live(hours=0.2)

    assert isinstance(connected, Connected)
    assert connected.connection.reference == REFERENCE
    assert vaulted.autotask.sign_ins[-1].username.reveal() == VALUES["username"]
    assert await vaulted.rows() == [(None, REFERENCE)]
    async with vaulted.house.database.read() as view:
        stored = [(await view.execute(select(each))).all() for each in metadata.sorted_tables]
    assert REFERENCE in str(stored)
    for value in VALUES.values():
        assert value not in str(stored)
        assert value not in caplog.text


async def test_what_is_typed_beside_it_has_to_be_what_the_entry_says(vaulted: Vaulted) -> None:
    agreeing = {**VALUES, "username": VALUES["username"].upper(), "url": ZONE_3.address}
    for name, other in (
        ("url", ZONE_4.address),
        ("username", "someone@example.com"),
        ("integration_code", "BCDEFGHIJKLMNOPQRSTUVWXYZ23"),
    ):
        vaulted.entries.entries[NAME] = [text(VALUES | {"url": ZONE_3.address})]
        refused = await vaulted.connect(**{**agreeing, name: other, "secret": ""})
        assert isinstance(refused, Refused)
        assert "says something else" in refused.errors.pop(name)
        assert refused.errors == {}
    assert vaulted.tried == []

    assert isinstance(await vaulted.connect(**{**agreeing, "secret": ""}), Connected)


async def test_another_workspace_s_entry_is_refused_before_the_vault_is_asked(
    vaulted: Vaulted,
) -> None:
    attempt = Attempt(Typed.of({"secret": REFERENCE}), "Autotask")
    said = error(await connect(vaulted.house.ports, MALLORY, attempt))

    assert "has to begin with vault:secret/autotask-bot/T2/" in said
    assert vaulted.entries.asked == []


async def test_where_none_is_set_up_it_is_said_so_and_nothing_is_tried(house: House) -> None:
    for reference in (REFERENCE, "aws-sm:x", "AZURE-KV:made-up"):
        attempt = Attempt(Typed.of({**VALUES, "secret": reference}), "Autotask", as_they_are=True)
        said = error(await connect(house.ports, ALICE, attempt))
        assert "not set up here. The bot's operator has to set REFERENCE_PREFIX" in said

    assert house.autotask.sign_ins == []
    assert house.autotask.zones_asked == 0


async def test_the_ways_in_which_it_cannot_be_read_are_told_apart(vaulted: Vaulted) -> None:
    said = []
    for trouble in (EntryNotFound(), EntryForbidden(), AWAY):
        vaulted.entries.trouble = trouble
        said.append(error(await vaulted.connect()))
    vaulted.entries.trouble = None
    vaulted.entries.entries[NAME] = ["{}"]
    said.append(error(await vaulted.connect()))

    for sentence, part in zip(
        said, ("Make it", "let the bot read", "Try again", "It is JSON"), strict=True
    ):
        assert part in sentence
    assert vaulted.tried == []
    with pytest.raises(NoSuchConnection):
        await vaulted.house.overview()


async def test_what_was_rotated_in_the_vault_is_followed_and_nobody_hears(
    vaulted: Vaulted,
) -> None:
    await vaulted.watched()
    house, tried = vaulted.house, len(vaulted.tried)
    vaulted.write(secret=NEWER)
    vaulted.autotask.in_force = NEWER
    connection = (await house.overview()).connection
    await check.test(house.ports, ALICE, connection.id, may_lock=False)

    assert vaulted.tried[tried:] == [VALUES["secret"], NEWER]
    assert (await vaulted.refused()).in_a_row == 0
    assert (await house.overview()).watch.status is Status.ACTIVE
    await house.live(hours=3, step=5)
    assert house.messenger.said("C1") == []
    assert vaulted.tried.count(VALUES["secret"]) == 2


async def test_the_scheduler_follows_a_rotation_too(vaulted: Vaulted) -> None:
    """With checks that come more often than the entry is read."""
    house = vaulted.house
    house.ports = replace(house.ports, policy=replace(house.ports.policy, check_interval=60))
    await vaulted.watched()
    await house.live(hours=0.05)
    vaulted.write(secret=NEWER)
    vaulted.autotask.in_force = NEWER
    await house.live(hours=1)

    at = vaulted.tried.index(NEWER)
    assert set(vaulted.tried[at:]) == {NEWER}
    assert vaulted.tried.count(VALUES["secret"]) <= 1 + 60 * 0.05 + 1
    assert (await vaulted.refused()).in_a_row == 0
    assert house.messenger.said("C1") == []


async def test_what_the_vault_still_holds_is_refused_once_for_each_try(vaulted: Vaulted) -> None:
    await vaulted.watched()
    vaulted.autotask.in_force = "made-up-and-not-in-the-vault"
    await vaulted.house.live(hours=0.2)

    assert (await vaulted.refused()).in_a_row == len(vaulted.tried) - 1 == 2
    (alert,) = vaulted.house.messenger.said("C1")
    assert "credentials refused" in alert


async def test_a_refusal_while_the_vault_is_away_proves_nothing_but_is_on_the_books(
    vaulted: Vaulted,
) -> None:
    await vaulted.watched()
    connection = (await vaulted.house.overview()).connection
    vaulted.entries.trouble = AWAY
    vaulted.autotask.in_force = NEWER
    tested = await check.test(vaulted.house.ports, ALICE, connection.id, may_lock=False)

    assert (tested.seen.seen, tested.seen.cause) == (Seen.INCONCLUSIVE, Cause.ENTRY_UNAVAILABLE)
    assert tested.overview.watch.status is Status.ACTIVE
    assert (await vaulted.refused()).in_a_row == 1


async def test_a_vault_that_is_away_is_no_evidence_and_is_told_as_not_watching(
    vaulted: Vaulted,
) -> None:
    await vaulted.watched()
    tried = len(vaulted.tried)
    vaulted.house.clock.pass_(minutes=6)
    vaulted.entries.trouble = AWAY
    await vaulted.house.live(hours=0.4)
    await look_for_blindness(vaulted.house.ports)
    await vaulted.house.deliver()
    assert vaulted.house.messenger.said("C1") == []

    await vaulted.house.live(hours=0.2)
    await look_for_blindness(vaulted.house.ports)
    await vaulted.house.deliver()

    (said,) = vaulted.house.messenger.said("C1")
    assert "Nobody has been watching Autotask since" in said
    assert (await vaulted.house.overview()).watch.status is Status.ACTIVE
    assert len(vaulted.tried) == tried


@pytest.mark.parametrize(
    ("trouble", "entry", "title"),
    [
        (EntryNotFound(), None, "no entry in the vault"),
        (EntryForbidden(), None, "vault entry not readable"),
        (None, text({**VALUES, "secret": ""}), "vault entry malformed"),
        (None, text({**VALUES, "url": ZONE_4.address}), "vault entry names another zone"),
    ],
)
async def test_what_is_wrong_with_the_entry_is_a_cause_of_its_own_told_once_and_mended(
    vaulted: Vaulted, trouble: SealError | None, entry: str | None, title: str
) -> None:
    await vaulted.watched()
    tried = len(vaulted.tried)
    vaulted.house.clock.pass_(minutes=6)
    vaulted.entries.trouble = trouble
    if entry:
        vaulted.entries.entries[NAME].append(entry)
    await vaulted.house.live(hours=1, step=5)

    (alert,) = vaulted.house.messenger.said("C1")
    assert f"is *Inactive*: {title}" in alert
    assert REFERENCE not in alert
    assert len(vaulted.tried) == tried
    assert (await vaulted.refused()).in_a_row == 0

    vaulted.entries.trouble = None
    vaulted.write()
    await vaulted.house.live(hours=0.5)
    (alert,) = vaulted.house.messenger.said("C1")
    assert "is *Active* again" in alert


async def test_a_move_of_the_zone_is_followed_though_the_entry_names_the_old_one(
    vaulted: Vaulted,
) -> None:
    vaulted.write(url=ZONE_3.address)
    await vaulted.watched()
    moved = replace(FINE, seen=Seen.MOVED_OK, origin=ZONE_4)
    vaulted.autotask.answers[VALUES["username"]] = moved
    connection = (await vaulted.house.overview()).connection
    await check.test(vaulted.house.ports, ALICE, connection.id, may_lock=False)
    vaulted.autotask.answers.clear()
    await vaulted.house.live(hours=0.5)

    overview = await vaulted.house.overview()
    assert overview.connection.origin == ZONE_4 == vaulted.autotask.sign_ins[-1].origin
    assert overview.watch.status is Status.ACTIVE
    assert await vaulted.rows() == [(None, REFERENCE)]


async def test_refusals_are_counted_for_whom_the_entry_names_now(vaulted: Vaulted) -> None:
    await vaulted.watched()
    other = "h7g6f5e4d3c2b1a@example.com"
    vaulted.house.clock.pass_(minutes=6)
    vaulted.write(username=other)
    vaulted.autotask.in_force = NEWER
    await vaulted.house.check()

    assert ((await vaulted.refused()).in_a_row, (await vaulted.refused(other)).in_a_row) == (0, 1)


async def test_a_secret_takes_the_place_of_a_reference_and_the_other_way_round(
    vaulted: Vaulted,
) -> None:
    await vaulted.house.connect()
    assert isinstance(await vaulted.edit(secret=REFERENCE), Connected)
    assert await vaulted.rows() == [(None, REFERENCE)]

    assert isinstance(await vaulted.edit(**VALUES), Connected)
    ((sealed, reference),) = await vaulted.rows()
    assert (sealed is not None, reference) == (True, None)
    assert (await vaulted.house.overview()).connection.reference is None


async def test_nothing_of_the_entry_is_mixed_with_what_is_typed(vaulted: Vaulted) -> None:
    await vaulted.watched()
    refused = await vaulted.edit(secret=NEWER)

    assert isinstance(refused, Refused)
    assert "change them there, or type all three" in " ".join(refused.errors.values())
    assert await vaulted.rows() == [(None, REFERENCE)]


async def test_once_disconnected_neither_is_left(vaulted: Vaulted) -> None:
    await vaulted.watched()
    await disconnect(vaulted.house.ports, ALICE, (await vaulted.house.overview()).connection.id)

    assert await vaulted.rows() == [(None, None)]


@pytest.mark.parametrize("values", [{"sealed": b"too"}, {"reference": None}])
async def test_the_database_takes_one_of_the_two_and_never_both_or_neither(
    vaulted: Vaulted, values: dict[str, object]
) -> None:
    await vaulted.watched()
    with pytest.raises(IntegrityError, match="sealed_or_referred_while_connected"):
        async with vaulted.house.database.write() as transaction:
            await transaction.execute(update(connections).values(**values))


async def test_shapes_of_the_entry_s_values_are_looked_at_as_if_typed(vaulted: Vaulted) -> None:
    vaulted.write(integration_code=VALUES["username"], username="ABCDEFGHIJKLMNOPQRSTUVWXYZ2")
    doubtful = await vaulted.connect()

    assert isinstance(doubtful, Doubtful)
    assert vaulted.tried == []


async def test_many_at_once_read_their_own_entries(vaulted: Vaulted) -> None:
    names = [f"secret/autotask-bot/T1/{number}" for number in range(20)]
    for number, name in enumerate(names):
        user = f"a1b2c3d4e5f6g{number:02}@example.com"
        vaulted.entries.entries[name] = [text({**VALUES, "username": user})]
    ports = vaulted.house.ports
    done = await asyncio.gather(
        *(
            connect(ports, ALICE, Attempt(Typed.of({"secret": f"vault:{name}"}), f"N{number}"))
            for number, name in enumerate(names)
        )
    )

    assert all(isinstance(each, Connected) for each in done)
    vaulted.house.clock.pass_(minutes=6)
    assert await vaulted.house.check() == 20
    assert len({each.username.reveal() for each in vaulted.autotask.sign_ins[-20:]}) == 20
