"""The cause is right: one row for each thing that can be wrong."""

import pytest

from tests.diagnosis.report import matrix
from tests.diagnosis.situations import SITUATIONS, Situation, scene


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda each: each.name)
async def test_every_situation_gets_its_own_verdict(situation: Situation) -> None:
    async with scene() as each:
        assert await situation.look(each) == situation.expected


def test_the_report_says_what_cannot_be_told_apart() -> None:
    found = {each.name: each.expected for each in SITUATIONS}
    lines = matrix(found)

    (line,) = [line for line in lines if line.lstrip("✓ ").startswith("user locked")]
    assert "cannot be told apart from" in line
    assert "secret regenerated" in line
