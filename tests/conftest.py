"""One suite in two sizes: `make test` runs a tenth of what `make test-long` runs."""

import os

import pytest
from hypothesis import settings

from tests.postgresql import postgresql, postgresql_url
from tests.sqlite import sqlite_url

__all__ = ["postgresql", "postgresql_url", "sqlite_url"]

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


@pytest.fixture
def store_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database of the present schema, of the kind that --store names."""
    address: str = request.getfixturevalue(f"{request.config.getoption('--store')}_url")
    return address


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("long" if config.getoption("--long") else "short")
    # A test must not need what this machine has set; proxies would swallow loopback requests.
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        os.environ.pop(name, None)
