"""SECURITY.md is true as far as it can be: the tests that it names are there."""

import re
from pathlib import Path

import pytest

from tests.test_fault_table import HERE, named_in

THREATS = 32
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in Path(".github/SECURITY.md").read_text().splitlines()
    if re.match(r"\| \d+ \|", line)
]


def test_each_threat_has_one_row() -> None:
    assert [int(number) for number, *_ in ROWS] == list(range(1, THREATS + 1))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1])
def test_what_a_row_names_is_there(row: list[str]) -> None:
    _, threat, done, proven_by = row
    named = [each.split("::") for each in re.findall("`([^`]+)`", proven_by)]

    assert threat
    assert done
    assert named
    assert [each for each in named if each[1] not in named_in(HERE / each[0])] == []
