"""One suite in two sizes: `make test` runs a tenth of what `make test-long` runs."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.browser import browser
from tests.postgresql import postgresql, postgresql_url
from tests.refusals import nothing_is_refused

__all__ = ["browser", "postgresql", "postgresql_url"]

collect_ignore = ["contracts"]
"""`make test-contracts` runs these, in an environment of their own."""

settings.register_profile("short", max_examples=200, deadline=None)
settings.register_profile("long", max_examples=10_000, deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="every property and size in full")
    parser.addoption(
        "--store",
        choices=["sqlite", "postgresql"],
        default="sqlite",
        help="the database of all tests that are not about it",
    )


@pytest.fixture(autouse=True)
def refused(request: pytest.FixtureRequest) -> Iterator[None]:
    """In the whole run, the make-believe Slack refuses nothing by a mistake of the bot's;
    `@pytest.mark.provokes(CODE)` names what a test is about."""
    marker = request.node.get_closest_marker("provokes")
    with nothing_is_refused(*(marker.args if marker else ())):
        yield


@pytest.fixture
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of the kind that --store names."""
    if request.config.getoption("--store") == "sqlite":
        return f"sqlite:///{tmp_path / 'bot.db'}"
    address: str = request.getfixturevalue("postgresql_url")
    return address


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("long" if config.getoption("--long") else "short")
    # A test must not need what this machine has set; proxies would swallow loopback requests.
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        os.environ.pop(name, None)
