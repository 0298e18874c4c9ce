"""Logs: one JSON object a line on stderr; ids and codes, never what a person wrote."""

import json
import logging
from datetime import UTC, datetime
from traceback import format_tb
from typing import Any

from gongbi.core.addresses import without_secrets

STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
QUIET = frozenset({"request", "status_code", "server_time", "color_message"})


class JsonLines(logging.Formatter):
    """A record as one JSON line: time, level, logger, message, and the extra fields given."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": _message(record),
        }
        extra = set(vars(record)) - STANDARD - QUIET
        line |= {name: getattr(record, name) for name in sorted(extra)}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)

    def formatException(self, ei: Any) -> str:
        """Where it happened and of what kind, through all that led to it; never its message,
        which may quote a row or somebody's words."""
        said: list[str] = []
        error: BaseException | None = ei[1]
        while error is not None:
            said.append("".join(format_tb(error.__traceback__)) + type(error).__name__)
            inner = None if error.__suppress_context__ else error.__context__
            error = error.__cause__ or inner
        return "\nand then\n".join(reversed(said))


def _message(record: logging.LogRecord) -> str:
    """Django names the address of what it could not answer, and a follow link is a key."""
    said, request = record.getMessage(), getattr(record, "request", None)
    path = getattr(request, "path", "")
    return said.replace(path, without_secrets(path)) if path else said


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": JsonLines}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"level": "WARNING", "propagate": True, "handlers": []},
        "django.request": {"level": "ERROR"},
        "axes": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "uvicorn.access": {"level": "WARNING"},
    },
}
