"""The sealed format, byte by byte."""

import json
import shutil
import subprocess
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import Tampered
from bot.vault.seal import Key, sealed_by
from tests.vault.cast import master

COUNTING = bytes(range(32))
VECTORS = Path(__file__).parent / "vectors.json"
PUBLISHED = json.loads(VECTORS.read_text())
PLACE = {"workspace": "T1", "connection": "7", "field": "credentials", "origin": "https://a"}


def opens(blob: bytes, place: dict[str, str]) -> bool:
    try:
        return master(1).open(blob, "credential", **place) == b"plain"
    except Tampered:
        return False


@pytest.mark.parametrize("vector", PUBLISHED, ids=lambda vector: vector["about"])
def test_the_published_vectors_are_reproduced_and_open(vector: dict[str, Any]) -> None:
    plain, sealed = bytes.fromhex(vector["plain"]), bytes.fromhex(vector["sealed"])
    place = vector["bound"]
    key = Key.of(bytes.fromhex(vector["key"]), entropy=lambda _: sealed[17:29])

    assert key.seal(plain, vector["purpose"], **place) == sealed
    assert key.open(sealed, vector["purpose"], **place) == plain
    assert sealed_by(sealed) == key.id


def test_another_language_reads_and_writes_the_published_vectors_alike() -> None:
    """Node, with its own cryptography: the one on this machine, else the one playwright brings."""
    brought = Path(str(find_spec("playwright").origin)).parent / "driver" / "node"  # type: ignore[union-attr]
    node = shutil.which("node") or (brought if brought.exists() else None)
    if node is None:
        pytest.skip("there is no node on this machine, and playwright's package has none")
    script = VECTORS.with_suffix(".mjs")

    agreed = subprocess.run([node, script, VECTORS], capture_output=True, text=True, check=True)  # noqa: S603 - our own script

    assert int(agreed.stdout) == len(PUBLISHED) == 5


def test_a_digest_is_hmac_sha256_under_a_key_of_its_own_purpose() -> None:
    key = Key.of(COUNTING)

    digest = key.digest("user@example.test", "username")

    assert digest == "313209a9c09406d1b54f8c6025f3e2f2a23fa243ea8f4999518eae4636239aed"
    assert digest != key.digest("user@example.test", "other")


def test_what_was_sealed_opens_and_looks_different_each_time() -> None:
    key = master(1)

    first, second = (key.seal(b"plain", "credential", **PLACE) for _ in range(2))

    assert first != second
    assert len(first) == len(b"plain") + 45
    assert sealed_by(first) == key.id
    assert key.open(first, "credential", **PLACE) == key.open(second, "credential", **PLACE)


@pytest.mark.parametrize("name", PLACE)
def test_a_value_moved_to_another_place_does_not_open(name: str) -> None:
    key = master(1)
    blob = key.seal(b"plain", "credential", **PLACE)
    elsewhere = {**PLACE, name: PLACE[name] + "x"}
    without = {other: value for other, value in PLACE.items() if other != name}

    for place in (elsewhere, without, PLACE | {"more": ""}):
        with pytest.raises(Tampered):
            key.open(blob, "credential", **place)


def test_of_all_places_a_value_opens_in_its_own_alone() -> None:
    """Every pair of places that differ in one, some or all of what is bound."""
    values = [(value, value + "'") for value in PLACE.values()]
    places = [dict(zip(PLACE, choice, strict=True)) for choice in product(*values)]
    sealed = [(place, master(1).seal(b"plain", "credential", **place)) for place in places]

    opened = [
        (sealed_at, place) for sealed_at, blob in sealed for place in places if opens(blob, place)
    ]

    assert opened == [(place, place) for place in places]
    assert len(places) == 16


def test_a_value_does_not_open_for_another_purpose_or_with_another_key() -> None:
    blob = master(1).seal(b"plain", "credential", **PLACE)

    with pytest.raises(Tampered):
        master(1).open(blob, "slack-token", **PLACE)
    with pytest.raises(Tampered):
        master(2).open(blob, "credential", **PLACE)


def test_a_value_that_names_another_key_than_the_one_that_sealed_it_does_not_open() -> None:
    """Else one value could mean two things, by the key that it is opened with."""
    forger = Key.of(COUNTING)
    forger.id = master(2).id
    blob = forger.seal(b"plain", "credential", **PLACE)

    with pytest.raises(Tampered):
        Key.of(COUNTING).open(blob, "credential", **PLACE)


def test_no_two_contexts_are_alike_however_their_parts_are_cut() -> None:
    key = master(1)
    blob = key.seal(b"plain", "credential", ab="c", d="e")

    for bound in ({"a": "bc", "d": "e"}, {"ab": "cd", "e": ""}, {"ab": "e", "d": "c"}):
        with pytest.raises(Tampered):
            key.open(blob, "credential", **bound)


def test_every_flipped_bit_is_noticed() -> None:
    key = master(1)
    blob = key.seal(b"a made-up secret", "credential", **PLACE)

    for bit in range(len(blob) * 8):
        flipped = bytearray(blob)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Tampered):
            key.open(bytes(flipped), "credential", **PLACE)


def test_every_truncation_and_every_addition_is_noticed() -> None:
    key = master(1)
    blob = key.seal(b"a made-up secret", "credential", **PLACE)

    for wrong in (*(blob[:length] for length in range(len(blob))), blob + b"\0", blob * 2):
        with pytest.raises(Tampered) as refused:
            key.open(wrong, "credential", **PLACE)
        assert refused.value.__cause__ is None


def test_a_key_has_32_bytes_and_shows_its_id_only() -> None:
    key = Key.of(COUNTING)

    assert repr(key) == "Key(c77ed398)"
    for length in (0, 16, 31, 33):
        with pytest.raises(ValueError, match="32 bytes"):
            Key.of(bytes(length))
