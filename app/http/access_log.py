"""The access log: who called which route, and how it went. Never an address as it came.

Webhook addresses carry a secret, tracking addresses a code: what is logged is the route's pattern.
"""

import logging

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_request import BaseRequest

from app.http.request_ids import REQUEST_ID_KEY
from app.security.proxies import ORIGIN_KEY


def route_pattern(request: BaseRequest) -> str:
    """Return the pattern of the route that a request met (`/sms/{provider}/{secret}/inbound`), or «-».

    What could not be read as a request was never looked up, so it has no match.
    """
    if not isinstance(request, web.Request) or ORIGIN_KEY not in request:
        return "-"
    resource = request.match_info.route.resource
    return resource.canonical if resource else "-"


def shorten_malformed(log_record: logging.LogRecord) -> bool:
    """Filter for what the server's library logs: a request that cannot be read is one line, without the trace.

    Nothing of it is logged but what is wrong: the line that cannot be read may hold an address with its secret.
    """
    error = log_record.exc_info[1] if log_record.exc_info else None
    if isinstance(error, HttpProcessingError):
        log_record.levelno, log_record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
        log_record.msg, log_record.args = (
            "malformed request from %s: %s",
            (*(log_record.args or ("-",)), type(error).__name__),
        )
        log_record.exc_info = log_record.exc_text = None
    return True


_FACT_NAMES = ("client", "method", "route", "status", "bytes", "milliseconds")
"""Facts of a JSON line of the access log besides the line for people (`docs/monitoring.md`)."""


class AccessLog(AbstractAccessLogger):
    """One line for each request: client, method, route, status, bytes, milliseconds."""

    def log(self, request: BaseRequest, response: web.StreamResponse, time: float) -> None:
        """Write the line; `time` is in seconds."""
        origin = request.get(ORIGIN_KEY)
        client_address = origin.address if origin else request.remote
        line_fields = (
            client_address,
            request.method,
            route_pattern(request),
            response.status,
            response.body_length,
            round(time * 1000, 1),
        )
        named_facts = dict(zip(_FACT_NAMES, line_fields, strict=True)) | {"request_id": request.get(REQUEST_ID_KEY, "")}
        self.logger.info("%s %s %s %s %s %.1f", *line_fields, extra=named_facts)
