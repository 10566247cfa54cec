"""Many names in one sentence: the first few, and how many more there are."""

from collections.abc import Sequence

LONGEST = 600
"""Characters of names in one list: more of them nobody reads on a phone."""
LONGEST_OF_IDS = 200
"""The same of people or channels, each of which is shown by a longer name than its id."""


def some_of(names: Sequence[str], longest: int = LONGEST) -> str:
    """Such as "A, B, C", or "A, B and 298 more" where they take more than `longest` characters; one
    at least is named."""
    named: list[str] = []
    for each in names:
        if named and sum(map(len, named)) + len(each) > longest:
            break
        named.append(each)
    more = len(names) - len(named)
    return ", ".join(named) + (f" and {more:,} more" if more else "")
