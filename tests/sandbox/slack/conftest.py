from collections.abc import AsyncIterator

import pytest

from tests.sandbox.slack.town import Town, opened


@pytest.fixture(autouse=True)
def refused() -> None:
    """Here nobody is the bot: whatever is sent was written to be looked at by the rules."""


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with opened() as town:
        yield town
