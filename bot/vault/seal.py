"""The sealed format: AES-256-GCM that names its key and is bound to its place.

offset  length
0       1       version, 0x01
1       16      id of the key; derived from the key, it commits to it: no key is ever tried
17      12      nonce, random
29      n + 16  ciphertext and tag

What is authenticated beside it is the header (the first 29 bytes) and the context: application,
purpose and the bound names and values, sorted by name, each behind its length in four bytes, so
that no two contexts are alike. A value moved to another row does not open.
"""

import hmac
import os
from collections.abc import Callable, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from bot.domain.errors import Tampered

APP = "autotask-bot"
KEY_BYTES = 32
ID = slice(1, 17)
"""Where a sealed value names its key."""
_VERSION = b"\x01"
_NONCE = slice(17, 29)
_HEADER = 29
_OVERHEAD = _HEADER + 16

Entropy = Callable[[int], bytes]
"""So many random bytes, fit for keys."""


class Key:
    """256 bits that seal, open and digest. `id` is 32 hex digits; people see the first eight."""

    __slots__ = ("_cipher", "_entropy", "_material", "id")

    def __init__(self, material: bytes, entropy: Entropy) -> None:
        self._material = material
        self._entropy = entropy
        self._cipher = AESGCM(self._derive("aes-256-gcm/1", KEY_BYTES))
        self.id = self._derive("id/1", 16).hex()

    @classmethod
    def of(cls, material: bytes, *, entropy: Entropy = os.urandom) -> "Key":
        """A key of 32 bytes; `entropy` gives its nonces. Raises ValueError for another length."""
        if len(material) != KEY_BYTES:
            raise ValueError("a key has 32 bytes")
        return cls(material, entropy)

    def seal(self, plain: bytes, purpose: str, /, **bound: str) -> bytes:
        """`plain` sealed for this purpose and place: 45 bytes longer, different each time."""
        header = _VERSION + bytes.fromhex(self.id) + self._entropy(12)
        return header + self._cipher.encrypt(
            header[_NONCE], plain, header + context(purpose, bound)
        )

    def open(self, blob: bytes, purpose: str, /, **bound: str) -> bytes:
        """What `seal` was given. Raises Tampered for another key, purpose or place, and for every
        change of the blob."""
        if sealed_by(blob) != self.id:
            raise Tampered
        header, sealed = blob[:_HEADER], blob[_HEADER:]
        try:
            return self._cipher.decrypt(header[_NONCE], sealed, header + context(purpose, bound))
        except InvalidTag:
            raise Tampered from None

    def digest(self, text: str, purpose: str) -> str:
        """HMAC-SHA256 in hex, under a key of its own for each purpose."""
        key = self._derive(f"hmac-sha256/{purpose}/1", KEY_BYTES)
        return hmac.digest(key, text.encode(), "sha256").hex()

    def __repr__(self) -> str:
        return f"Key({self.id[:8]})"

    def _derive(self, use: str, length: int) -> bytes:
        return HKDFExpand(SHA256(), length, f"{APP}/{use}".encode()).derive(self._material)


def sealed_by(blob: bytes) -> str:
    """The id of the key that sealed it. Raises Tampered where it is no sealed value at all."""
    if len(blob) < _OVERHEAD or not blob.startswith(_VERSION):
        raise Tampered
    return blob[ID].hex()


def context(purpose: str, bound: Mapping[str, str]) -> bytes:
    """Purpose and place as bytes; another purpose or place gives others."""
    parts = [APP, purpose]
    for name in sorted(bound):
        parts += name, bound[name]
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
