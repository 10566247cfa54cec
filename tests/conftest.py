"""One suite in two sizes: `make test` runs a tenth of what `make test-long` runs."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine, event

from tests import tenancy
from tests.browser import browser
from tests.logged import log
from tests.postgresql import postgresql, postgresql_url
from tests.refusals import nothing_is_refused
from tests.sqlite import sqlite_url

__all__ = ["browser", "log", "postgresql", "postgresql_url", "sqlite_url"]

TOGETHER = (
    "faults",
    "store",
    "end_to_end",
    "sandbox/test_page.py",
    "slack/stories/test_gallery.py",
)
"""The tests of each of these run one after the other, in one process of several: they share a
server or a browser, or need so much of the machine that no two are quick enough at a time.
"""
MOST_AT_ONCE = 8
"""Processes. More would wait for the longest of these."""

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


@pytest.fixture(autouse=True)
def held_to_their_workspace() -> Iterator[None]:
    """No statement reads or writes beyond one workspace, but those that are listed."""
    tenancy.LOOSE.clear()
    yield
    assert sorted(tenancy.LOOSE) == []


@pytest.fixture
def store_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database of the present schema, of the kind that --store names."""
    address: str = request.getfixturevalue(f"{request.config.getoption('--store')}_url")
    return address


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a third of the time is spent waiting."""
    return min((os.cpu_count() or 1) + 1, MOST_AT_ONCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say which belong together; it counts where `make test` spreads them over processes."""
    tests = Path(__file__).parent
    for item in items:
        for place in TOGETHER:
            if item.path.is_relative_to(tests / place):
                item.add_marker(pytest.mark.xdist_group(place))


def pytest_configure(config: pytest.Config) -> None:
    event.listen(Engine, "before_execute", tenancy.look)
    settings.load_profile("long" if config.getoption("--long") else "short")
    # A test must not need what this machine has set; proxies would swallow loopback requests.
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        os.environ.pop(name, None)
