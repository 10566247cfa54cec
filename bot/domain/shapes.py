"""What the four values usually look like, so that a mix-up is seen before Autotask sees it.

Shapes: generated usernames are 15 letters and digits in front of an address-like domain, secrets
25 mixed characters of `A-Za-z0-9@#$~*`, tracking identifiers 27 capitals and digits (the patterns
of a public integration catalogue, and public samples). All may be typed by hand instead, so a shape
advises and never forbids.
"""

import re

from bot.domain.credentials import Typed

_TRACKING_IDENTIFIER = re.compile(r"(?=.*[A-Z])[A-Z0-9]{20,40}")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
_GENERATED_SECRET = re.compile(r"[A-Za-z0-9@#$~*]{25}")
_HYPHENATED = re.compile(r"[a-z]+(?:-[a-z0-9]+)+", re.IGNORECASE)

LOCKS_A_PERSON = "If that is a person's own login, sending it can lock that person out of Autotask."


def advise(typed: Typed) -> dict[str, str]:
    """Field name to advice for values that look like another field's. Empty: nothing looks off.

    Right or silent: where a value may well be what it says, nothing is said.
    """
    same = _pasted_twice(typed)
    found = {
        "integration_code": _about_integration_code(typed),
        "username": _about_username(typed),
        "secret": _about_secret(typed),
    }
    return {name: text for name, text in (found | same).items() if text}


def sends_an_address(typed: Typed) -> bool:
    """Whether the username looks like a person's own login rather than a generated key."""
    local, _, _ = typed.username.partition("@")
    return bool(_ADDRESS.fullmatch(typed.username)) and not re.fullmatch("[a-z0-9]{15}", local)


def _about_integration_code(typed: Typed) -> str:
    code = typed.integration_code
    if _ADDRESS.fullmatch(code):
        return (
            "This looks like the Username (Key). It belongs in Username; here goes the Tracking "
            "Identifier (27 capitals and digits) from the section API Tracking Identifier."
            + (" Your own login is not used anywhere." if "@" in typed.username else "")
        )
    if looks_like_a_secret(code):
        return "This looks like the Password (Secret). Here goes the Tracking Identifier."
    if _HYPHENATED.fullmatch(code):
        return (
            "This looks like the Internal Integration Name that somebody typed. Autotask generates "
            "the Tracking Identifier beside it: 27 capitals and digits."
        )
    return ""


def mixed_up_username(typed: Typed) -> str:
    """Advice where what stands in Username looks like another of the values; empty otherwise."""
    if _TRACKING_IDENTIFIER.fullmatch(typed.username):
        return "This looks like the Tracking Identifier, which belongs in API Integration Code."
    if looks_like_a_secret(typed.username):
        return "This looks like the Password (Secret). Here goes the Username (Key)."
    return ""


def own_login(typed: Typed) -> str:
    """Advice where Username looks like a person's own login; empty otherwise."""
    if not sends_an_address(typed):
        return ""
    return (
        "This looks like a person's own login. The Username (Key) of an API user usually has "
        "15 small letters and digits in front of the @."
    )


def is_address(value: str) -> bool:
    """Whether it has the shape of an e-mail address, as every username has."""
    return bool(_ADDRESS.fullmatch(value))


def _about_username(typed: Typed) -> str:
    if mixed_up := mixed_up_username(typed):
        return mixed_up
    if "@" not in typed.username:
        return "A Username (Key) has an @ in it. Copy it whole from the section Credentials."
    return own_login(typed)


def _about_secret(typed: Typed) -> str:
    if _TRACKING_IDENTIFIER.fullmatch(typed.secret) and len(typed.secret) == 27:
        return "This looks like the Tracking Identifier, which belongs in API Integration Code."
    if _ADDRESS.fullmatch(typed.secret):
        return "This looks like the Username (Key). Here goes the Password (Secret)."
    return ""


def looks_like_a_secret(value: str) -> bool:
    """25 characters that are neither an address nor a tracking identifier."""
    mixed = re.search("[a-z]", value) and re.search("[A-Z]", value)
    return bool(_GENERATED_SECRET.fullmatch(value)) and bool(
        re.search(r"[#$~*]", value) or (mixed and "@" not in value)
    )


def _pasted_twice(typed: Typed) -> dict[str, str]:
    twice = "The same value stands in another field too."
    if typed.integration_code in (typed.secret, typed.username):
        return {"integration_code": twice}
    if typed.secret == typed.username:
        return {"secret": twice}
    return {}
