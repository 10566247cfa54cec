"""Logging: names of events, not prose; and never a secret.

Three walls, in the order of trust: secrets are `Secret` objects that print as dots; LOG_LEVEL is
for our own loggers alone, and every library stays at WARNING (slack_sdk's socket client logs whole
frames at DEBUG, httpx query strings at INFO, SQLAlchemy bound values); and what is left is scrubbed
of token shapes after formatting.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SHAPES = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+"
    r"|(?i:(?:api-?integration-?code|secret|user-?name|authorization)"
    r"\\*[\"']?\s*[:=]\s*\\*[\"']?)[^\s\"',}\\]+"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
    r"|(?:(?<=[?&]user=)|(?<=[?&]ticket=))[^&\s\"'\\]+"
)
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
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)  # Bolt copies the root's level to its own, past any parent's
    logging.getLogger("bot").setLevel(level)
    logging.captureWarnings(capture=True)


def redact(text: str) -> str:
    """`text` without anything that has the shape of a token or of a credential header."""
    return _SHAPES.sub("[redacted]", text)


class _Redacting(structlog.stdlib.ProcessorFormatter):
    """Scrubs last, since the text of an exception exists only after formatting."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def _add_extra(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The fields handed over as `extra=`."""
    record: logging.LogRecord = event["_record"]
    event.update({key: value for key, value in vars(record).items() if key not in _STANDARD})
    return event
