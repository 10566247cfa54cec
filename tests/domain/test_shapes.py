"""Values in the wrong fields are recognised; values in the right ones never are."""

import itertools
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.credentials import LABELS, SIGNING_IN, Typed
from bot.domain.shapes import advise, sends_an_address

KEY = "a1b2c3d4e5f6g7h@example.com"
SECRET = "aB3$dE6#gH9~jK2*mN5@pQ8rS"
CODE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ2"
RIGHT = {"integration_code": CODE, "secret": SECRET, "username": KEY}


def typed(**values: str) -> Typed:
    return Typed.of({**RIGHT, **values})


def test_right_values_need_no_advice() -> None:
    assert advise(typed()) == {}


@pytest.mark.parametrize(
    "order", [each for each in itertools.permutations(RIGHT) if each != tuple(RIGHT)]
)
def test_every_way_of_swapping_is_seen(order: tuple[str, ...]) -> None:
    swapped = dict(zip(order, RIGHT.values(), strict=True))
    wrong = {name for name in RIGHT if swapped[name] != RIGHT[name]}

    assert set(advise(typed(**swapped))) == wrong


def test_the_arrangement_that_many_guides_teach_is_explained_where_it_is_wrong() -> None:
    """Key as code, one's own login as username: the second can lock a person out."""
    guide = typed(integration_code=KEY, username="ann.smith@example.com")

    assert "Tracking Identifier" in advise(guide)["integration_code"]
    assert "login is not used" in advise(guide)["integration_code"]
    assert sends_an_address(guide)
    assert not sends_an_address(typed())


def test_a_person_s_login_is_recognised_even_where_all_else_is_right() -> None:
    for login in ("ann@example.com", "ann.smith@example.com", "Ann.Smith-Jones@example.com"):
        assert "person's own login" in advise(typed(username=login))["username"]


def test_the_name_that_somebody_typed_is_no_tracking_identifier() -> None:
    assert "Autotask generates" in advise(typed(integration_code="slack-watch"))["integration_code"]


def test_a_value_pasted_twice_is_seen() -> None:
    assert "another field" in advise(typed(secret=CODE))["integration_code"]


ALNUM = string.ascii_lowercase + string.digits
KEYS = st.text(ALNUM, min_size=15, max_size=15).map(lambda local: f"{local}@example.com")
CODES = st.text(string.ascii_uppercase + "234567", min_size=27, max_size=27)
SECRETS = st.text(string.ascii_letters + string.digits + "@#$~*", min_size=25, max_size=25)


@given(key=KEYS, code=CODES, secret=SECRETS)
def test_generated_values_in_their_own_fields_are_never_doubted(
    key: str, code: str, secret: str
) -> None:
    assert advise(typed(username=key, integration_code=code, secret=secret)) == {}


@given(key=KEYS, code=CODES, secret=SECRETS, order=st.permutations(sorted(RIGHT)))
def test_swapped_in_any_way_the_advice_is_right_or_silent(
    key: str, code: str, secret: str, order: list[str]
) -> None:
    right = {"integration_code": code, "secret": secret, "username": key}
    swapped = dict(zip(sorted(RIGHT), (right[name] for name in order), strict=True))
    wrong = {name for name in right if swapped[name] != right[name]}

    assert set(advise(typed(**swapped))) <= wrong


@pytest.mark.parametrize("name", [name for name in LABELS if name != "url"])
def test_an_empty_value_is_named_with_where_to_find_it(name: str) -> None:
    problem = typed(**{name: ""}).problems()[name]

    assert problem.startswith(f"{LABELS[name]} is missing. It is the")


@pytest.mark.parametrize("name", SIGNING_IN)
@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("x" * 4096, "4096 characters long"),
        ("käse", "plain letters"),
        ("ab\u200bcd", "invisible character (U+200B)"),
        ("two words", "space or a line break"),
        ("two\nlines", "space or a line break"),
        ('"quoted"', "Quotes"),
        ("mailto:a@example.com", "Quotes"),
    ],
)
def test_what_cannot_be_sent_is_named_on_its_field(name: str, value: str, sentence: str) -> None:
    """HTTP headers carry ASCII alone, and no sentence repeats what was typed."""
    problems = typed(**{name: value}).problems()

    assert sentence in problems[name]
    assert value not in problems[name]
    assert set(problems) == {name}


def test_white_space_around_a_value_is_nobodys_fault() -> None:
    assert typed(secret=f"  {SECRET}\n").problems() == {}
    assert typed(secret=f"  {SECRET}\n").secret == SECRET


def test_what_was_typed_does_not_show_in_a_representation() -> None:
    assert SECRET not in repr(typed())
