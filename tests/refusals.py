"""The make-believe Slack refuses nothing that the bot sends it, but where a test provokes it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

WORLD = "bot.sandbox.slack"
"""The logger under which the make-believe Slack says what the app is to blame for."""


class _Keeping(logging.Handler):
    """Keeps the refusals: codes, and what is said of each."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.args, dict):
            self.seen.append((str(record.args["error"]), record.getMessage()))


@contextmanager
def nothing_is_refused(*provoked: str) -> Iterator[None]:
    """Fails at the end if a call was refused by the app's own mistake, by another code than those
    that are `provoked`."""
    keeping, world = _Keeping(), logging.getLogger(WORLD)
    level = world.level
    world.addHandler(keeping)
    world.setLevel(logging.WARNING)  # whatever a test has made of the loggers above
    try:
        yield
    finally:
        world.removeHandler(keeping)
        world.setLevel(level)
    unasked = [said for error, said in keeping.seen if error not in provoked]
    assert not unasked, "\n".join(unasked)
