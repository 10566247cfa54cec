from collections.abc import Iterator

import pytest

from tests.faults.zygote import Parent, a_parent


@pytest.fixture(scope="session")
def parent() -> Iterator[Parent]:
    """Who forks the workers of all scenes: to have everything imported takes a second."""
    with a_parent() as it:
        yield it
