"""Many names in one sentence."""

import pytest

from bot.domain.listing import some_of


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["A"], "A"),
        (["A", "B"], "A, B"),
        (["long" * 5], "long" * 5),
        (["A", "B", "long" * 5, "C"], "A, B and 2 more"),
        ([*"ABCDEFGHIJ", *["K"] * 1_000], "A, B, C, D, E, F, G, H, I, J and 1,000 more"),
    ],
)
def test_the_first_few_are_named_and_the_others_counted(names: list[str], said: str) -> None:
    assert some_of(names, longest=10) == said
