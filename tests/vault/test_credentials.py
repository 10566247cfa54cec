"""Credentials in, the same credentials out, and only where they were sealed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.errors import SealError, Tampered, UnknownKey
from bot.domain.origin import AutotaskOrigin
from bot.domain.secret import Secret
from bot.store.data_keys import DataKeyTable
from bot.store.database import Database
from bot.usecases.data_keys import WrappedKey
from bot.usecases.ports import Sealed, Vault
from bot.vault.credentials import CredentialVault
from bot.vault.seal import Key
from tests.vault.cast import CREDENTIALS, Rows, file_key, loaded, master

VECTORS = Path(__file__).parent / "vectors.json"
ELSEWHERE = AutotaskOrigin("https://webservices5.autotask.net")


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def vault(rows: Rows) -> CredentialVault:
    return CredentialVault(loaded(master(1)), rows)


async def test_credentials_open_as_they_were_sealed_after_a_restart(
    vault: CredentialVault, rows: Rows
) -> None:
    sealed = await vault.seal("T1", "c1", CREDENTIALS)
    restarted: Vault = CredentialVault(loaded(master(2), master(1)), rows)

    assert await restarted.open("T1", "c1", sealed) == CREDENTIALS


async def test_nothing_of_the_credentials_shows_in_the_sealed_value(vault: CredentialVault) -> None:
    sealed = await vault.seal("T1", "c1", CREDENTIALS)

    assert sealed.origin == CREDENTIALS.origin
    for value in (CREDENTIALS.username, CREDENTIALS.secret, CREDENTIALS.integration_code):
        assert value.reveal().encode() not in sealed.blob


async def test_another_workspace_connection_or_origin_does_not_open_them(
    vault: CredentialVault,
) -> None:
    sealed = await vault.seal("T1", "c1", CREDENTIALS)
    await vault.seal("T2", "c2", CREDENTIALS)

    for workspace, connection, moved in (
        ("T2", "c1", sealed),
        ("T1", "c2", sealed),
        ("T1", "c1", replace(sealed, origin=ELSEWHERE)),
    ):
        with pytest.raises(Tampered):
            await vault.open(workspace, connection, moved)


async def test_every_damage_to_the_stored_value_is_refused(vault: CredentialVault) -> None:
    sealed = await vault.seal("T1", "c1", CREDENTIALS)
    blob = sealed.blob
    flipped = [
        blob[: bit // 8] + bytes([blob[bit // 8] ^ 1 << bit % 8]) + blob[bit // 8 + 1 :]
        for bit in range(len(blob) * 8)
    ]

    for wrong in (*flipped, *(blob[:length] for length in range(len(blob)))):
        with pytest.raises(SealError) as refused:
            await vault.open("T1", "c1", replace(sealed, blob=wrong))
        assert type(refused.value) is Tampered


async def test_without_the_master_key_the_answer_is_which_key_is_missing(
    vault: CredentialVault, rows: Rows
) -> None:
    sealed = await vault.seal("T1", "c1", CREDENTIALS)
    other = CredentialVault(loaded(master(2)), rows)

    with pytest.raises(UnknownKey, match=master(1).id[:8]):
        await other.open("T1", "c1", sealed)
    with pytest.raises(UnknownKey, match=master(1).id[:8]):
        await other.verify()


async def test_a_username_has_one_digest_whatever_its_case(
    vault: CredentialVault, rows: Rows
) -> None:
    digest = await vault.username_digest(Secret("User@Example.test"))
    restarted = CredentialVault(loaded(master(1)), rows)

    assert digest == await restarted.username_digest(Secret("uSER@example.TEST"))
    assert digest != await vault.username_digest(Secret("other@example.test"))
    assert digest != await CredentialVault(loaded(master(1)), Rows()).username_digest(
        Secret("User@Example.test")
    )
    assert [owner for owner, _ in rows.rows] == [""]


async def test_the_database_keeps_the_data_keys(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/bot.db")
    try:
        await database.migrate()
        sources, table = loaded(master(1)), DataKeyTable(database)
        sealed = await CredentialVault(sources, table).seal("T1", "c1", CREDENTIALS)
        restarted = CredentialVault(sources, table)

        assert await restarted.open("T1", "c1", sealed) == CREDENTIALS
        assert (await restarted.verify()).wrapped == {file_key(master(1)): 1}
    finally:
        await database.close()


async def test_a_workspace_that_left_is_not_opened_from_memory(
    vault: CredentialVault, rows: Rows
) -> None:
    sealed = await vault.seal("T1", "c1", CREDENTIALS)
    rows.rows.clear()
    assert await vault.open("T1", "c1", sealed) == CREDENTIALS

    vault.forget("T1")

    with pytest.raises(Tampered):
        await vault.open("T1", "c1", sealed)


async def test_what_vouches_for_the_audit_is_one_key_of_the_installations(
    vault: CredentialVault, rows: Rows
) -> None:
    username = Secret("user@example.test")
    now = await vault.notary()
    first = rows.rows[0][1]
    rows.rows.append(("", await vault.keys.mint("")))
    fresh = CredentialVault(loaded(master(1)), rows)
    before, after = await fresh.notary(first.id), await fresh.notary()

    assert {owner for owner, _ in rows.rows} == {""}
    assert (now.key_id, before.key_id, after.key_id) == (first.id, first.id, rows.rows[1][1].id)
    assert now.digest("made up") == before.digest("made up") != after.digest("made up")
    assert after.digest(username.reveal()) != await fresh.username_digest(username)


async def test_what_an_earlier_version_has_stored_still_opens(rows: Rows) -> None:
    """The published vectors, as rows: credentials, a data key under its master key, a digest."""
    published = {each["about"]: each for each in json.loads(VECTORS.read_text())}
    stored = published["credentials as they are stored"]
    key = Key.of(bytes.fromhex(stored["key"]))
    place = stored["bound"]
    sources = loaded(master(1))
    wrapped = await sources.wrap(place["workspace"], key.id, bytes.fromhex(stored["key"]))
    rows.rows.append((place["workspace"], wrapped))
    sealed = Sealed(bytes.fromhex(stored["sealed"]), AutotaskOrigin(place["origin"]))

    opened = await CredentialVault(sources, rows).open(
        place["workspace"], place["connection"], sealed
    )
    assert opened.secret.reveal() == "made-up-secret"

    stored = published["a data key under a master key"]
    old = Key.of(bytes.fromhex(stored["key"]))
    place = stored["bound"]
    row = WrappedKey(place["dek"], file_key(old), bytes.fromhex(stored["sealed"]))
    assert await loaded(old).unwrap(place["workspace"], row) == bytes.fromhex(stored["plain"])

    material = bytes(range(32))
    rows.rows.append(("", await sources.wrap("", Key.of(material).id, material)))
    digest = await CredentialVault(sources, rows).username_digest(Secret("User@example.test"))
    assert digest == "313209a9c09406d1b54f8c6025f3e2f2a23fa243ea8f4999518eae4636239aed"
