"""The fault table is true as far as it can be: what it names is there."""

import ast
from pathlib import Path

import pytest

from tests.fault_table import TABLE, Row

HERE = Path(__file__).parent


def named_in(file: Path) -> set[str]:
    """The names of the tests that are collected from it."""
    body = ast.parse(file.read_text()).body if file.is_file() else []
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {each.name for each in body if isinstance(each, kinds) and each.name[:5] == "test_"}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.fault)
def test_what_a_row_names_is_there(row: Row) -> None:
    missing = {
        f"{file}::{name}"
        for file, names in row.shown_by.items()
        for name in set(names) - named_in(HERE / file)
    }

    assert row.shown_by
    assert missing == set()


def test_each_fault_has_one_row() -> None:
    faults = [row.fault for row in TABLE]

    assert sorted(set(faults)) == sorted(faults)
