from collections.abc import AsyncIterator

import pytest

from tests.sandbox.slack.town import Town, opened


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with opened() as town:
        yield town
