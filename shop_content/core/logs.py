"""Log one JSON object a line, so that text from outside cannot forge a line (S31)."""

from __future__ import annotations

import json
import logging


class OneLineFormatter(logging.Formatter):
    """Format a record as one JSON line; line breaks and control characters are escaped."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON with time, level, logger, message and traceback."""
        row = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            row["traceback"] = self.formatException(record.exc_info)
        return json.dumps(row, ensure_ascii=True)
