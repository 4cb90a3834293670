"""Logging of this process: lines for people, or JSON lines for a collector (`PISHKHAN_LOG_FORMAT`).

Every entry bears its moment in UTC, its level, the name of its logger and, while a request is answered, the request's
id. What somebody sends can neither end an entry nor begin one: as JSON an entry is one line; as text whatever follows
its first line (a trace) is indented, and no control character is written as itself.
"""

import logging
import time
from contextvars import ContextVar
from typing import Literal

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

LogFormat = Literal["text", "json"]

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being answered; empty outside of one."""

_TEXT_LAYOUT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_INDENT = "\n    "
_VISIBLE_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))} | {
    0x09: "\t",
    0x0A: "\n",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}
"""Control characters and what is written for them; line feeds are dealt with by themselves."""


class TextLineFormatter(logging.Formatter):
    """Entries for people, whose further lines are indented."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, log_record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        """Return the first line; a line feed in the message is written as the two characters that stand for it."""
        return super().formatMessage(log_record).replace("\n", "\\n")

    def format(self, log_record: logging.LogRecord) -> str:
        """Return the entry."""
        entry = super().format(log_record)
        return entry if entry.isprintable() else _INDENT.join(entry.translate(_VISIBLE_CONTROLS).split("\n"))


class JsonLineFormatter(JsonFormatter):
    """Entries for a collector: one JSON object a line, in ASCII, with `at`, `level`, `logger`, `message`, `request_id`,
    what the entry names besides (`extra`) and the trace as `trace`.
    """

    def __init__(self) -> None:
        super().__init__(
            ["levelname", "name", "message"],
            rename_fields={"levelname": "level", "name": "logger", "exc_info": "trace"},
            timestamp="at",
            json_ensure_ascii=True,
            reserved_attrs=[*RESERVED_ATTRS, "color_message"],
        )


def add_request_id(log_record: logging.LogRecord) -> bool:
    """Filter that names the request in whose course something is logged, where the entry does not do so itself."""
    if not hasattr(log_record, "request_id") and (request_id := REQUEST_ID.get()):
        log_record.request_id = request_id
    return True


def set_up_logging(least_level: str, log_format: LogFormat) -> None:
    """Log to standard error from that level on, in that format; once in a process."""
    handler = logging.StreamHandler()
    handler.addFilter(add_request_id)
    handler.setFormatter(JsonLineFormatter() if log_format == "json" else TextLineFormatter(_TEXT_LAYOUT))
    logging.basicConfig(level=least_level.upper(), handlers=[handler])
