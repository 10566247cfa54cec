"""Logging: names of events, not prose; and never a secret.

Three walls, in the order of trust: secrets are `Secret` objects that print as dots; LOG_LEVEL is
for our own loggers alone, and every library stays at WARNING (slack_sdk's socket client logs whole
frames at DEBUG, httpx query strings at INFO, SQLAlchemy bound values); and what is left is scrubbed
after formatting, the texts of exceptions included (`redaction.py`).
"""

import logging
import sys
import threading
from collections.abc import MutableMapping
from typing import Any

import structlog

from bot.redaction import Redaction

LIBRARIES = (
    "aiohttp",
    "aiosqlite",
    "alembic",
    "apscheduler",
    "asyncio",
    "azure",
    "boto3",
    "botocore",
    "httpcore",
    "httpx",
    "hvac",
    "msal",
    "slack_bolt",
    "slack_sdk",
    "sqlalchemy",
    "urllib3",
)
"""Whose loggers stay at WARNING, whatever anybody sets: they print what they carry."""
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def set_up(level: str, *, as_json: bool) -> None:
    """Send every log record, ours and the libraries', through one redacting formatter to stderr."""
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    formatter = _Redacting(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _add_extra,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *([structlog.processors.format_exc_info] if as_json else []),
            renderer,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    handler.addFilter(_is_ours_or_a_warning)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)  # Bolt copies the root's level to its own, past any parent's
    logging.getLogger("bot").setLevel(level)
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    sys.excepthook, threading.excepthook = _crashed, _thread_crashed


def _is_ours_or_a_warning(record: logging.LogRecord) -> bool:
    """The door for all that is written: a library's logger may be given a level by anybody."""
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] == "bot"


def _crashed(*exception: Any) -> None:
    """What nobody has caught is written as everything else is: scrubbed."""
    if not issubclass(exception[0], KeyboardInterrupt):
        logging.getLogger("bot").critical("crashed", exc_info=exception)


def _thread_crashed(crash: threading.ExceptHookArgs) -> None:
    if crash.exc_value is not None:
        _crashed(crash.exc_type, crash.exc_value, crash.exc_traceback)


class _Redacting(structlog.stdlib.ProcessorFormatter):
    """Scrubs last, since the text of an exception exists only after formatting."""

    _redaction = Redaction()

    def format(self, record: logging.LogRecord) -> str:
        return self._redaction.scrub(super().format(record))


def _add_extra(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The fields handed over as `extra=`."""
    record: logging.LogRecord = event["_record"]
    event.update({key: value for key, value in vars(record).items() if key not in _STANDARD})
    return event
