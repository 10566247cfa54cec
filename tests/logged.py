"""The log as an operator gets it."""

import io
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import redirect_stderr

import pytest

from bot import telemetry


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is written to stderr, as JSON lines, at DEBUG. The former handlers come back."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    ours = logging.getLogger("bot").level
    stream = io.StringIO()
    for each in (sys, threading):
        monkeypatch.setattr(each, "excepthook", each.excepthook)
    start(stream, as_json=True)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    logging.getLogger("bot").setLevel(ours)
    logging.captureWarnings(capture=False)


def start(stream: io.StringIO, *, as_json: bool) -> None:
    """Log to it from now on."""
    with redirect_stderr(stream):
        telemetry.set_up("DEBUG", as_json=as_json)
