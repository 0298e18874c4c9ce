"""Logs as one JSON object a line on standard error, for the processes of this part run alone."""

import logging
import sys
from datetime import UTC, datetime

import orjson


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "name": record.name,
            "message": record.getMessage(),
        }
        figures = getattr(record, "figures", None)
        if figures:
            line |= figures
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return orjson.dumps(line).decode()


def tell_in_json() -> None:
    """Send this process's logs to standard error, unless somebody has already decided."""
    if logging.getLogger().handlers:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
