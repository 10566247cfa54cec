"""Credentials as Autotask generates them: the shapes are those of public samples."""

import random
import re
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits


def draw_username(rng: random.Random, domain: str) -> str:
    """A Username (Key): 15 lower-case letters and digits at the tenant's primary domain."""
    return f"{_draw(rng, ascii_lowercase + digits, 15, r'[0-9]')}@{domain}"


def draw_secret(rng: random.Random) -> str:
    """A Password (Secret): 25 mixed characters."""
    return _draw(rng, ascii_letters + digits + "@#$~*", 25, r"(?=.*[a-z])(?=.*[A-Z]).*[#$~*]")


def draw_tracking_identifier(rng: random.Random) -> str:
    """A tracking identifier: 27 characters of base32."""
    return _draw(rng, ascii_uppercase + "234567", 27, r"[A-Z]")


def _draw(rng: random.Random, alphabet: str, length: int, must_have: str) -> str:
    """Drawn again until it shows what tells it apart, so that no draw is taken for another."""
    while True:
        drawn = "".join(rng.choices(alphabet, k=length))
        if re.search(must_have, drawn):
            return drawn
