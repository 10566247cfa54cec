"""The log as an operator gets it."""

import io
import logging
import sys
from collections.abc import Iterator

import pytest

from bot import telemetry


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is written to stderr, as JSON lines, at DEBUG. The former handlers come back."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    ours = logging.getLogger("bot").level
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    telemetry.set_up("DEBUG", as_json=True)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    logging.getLogger("bot").setLevel(ours)
    logging.captureWarnings(capture=False)
