"""Reading bodies: bounded in bytes by whoever reads, and in time everywhere.

The time is a quiet start and then a line of 10 KB a second for as many bytes as may come, which the slowest mobile
network does. Whoever is slower holds a connection, memory and a place among those that are served, and gets nothing.
"""

import asyncio

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from domain.values.errors import InvalidField, TooLarge
from domain.values.reasons import InvalidReason

BODY_TIMEOUT_SECONDS: web.AppKey[float] = web.AppKey("body_seconds", float)
"""Seconds that a body may take however small it is (`PISHKHAN_HTTP__BODY_TIMEOUT`)."""

DEFAULT_TIMEOUT_SECONDS = 30.0
"""The same where nobody set it."""

MIN_BYTES_PER_SECOND = 10_000
"""Bytes a second of the slowest line that is waited for."""

UNREADABLE_BODY_ERRORS = (ValueError, LookupError, RuntimeError, HttpProcessingError, web.RequestPayloadError)
"""Errors raised for a body that is not what its headers say: no boundary, another one, not compressed as it says, a
charset that nobody knows or whose text is none."""


async def read_body(request: web.Request, max_bytes: int) -> bytes:
    """Return the whole body, of `max_bytes` bytes at most.

    Errors: `TooLarge`; `InvalidField("form")` for one that cannot be unpacked; `HTTPRequestTimeout`, after which the
    connection is closed; `ConnectionError` where the caller went away.
    """
    bounded_request = bound_request_body(request, max_bytes)
    try:
        return await read_body_in_time(bounded_request)
    except UNREADABLE_BODY_ERRORS:
        raise InvalidField("form", InvalidReason.UNREADABLE_FORM) from None


def bound_request_body(request: web.Request, max_bytes: int, max_fields: int = 1000) -> web.Request:
    """Return the request with a body of so many bytes and fields at most; `TooLarge` where it says that it has more."""
    if request.content_length is not None and request.content_length > max_bytes:
        raise TooLarge("body")
    return request.clone(client_max_size=max_bytes, client_max_fields=max_fields)


async def read_body_in_time(bounded_request: web.Request) -> bytes:
    """Return the body of a bounded request, which keeps it. Errors as above, and those of `UNREADABLE_BODY_ERRORS`."""
    content_length = bounded_request.content_length
    expected_bytes = bounded_request.client_max_size if content_length is None else content_length
    timeout_seconds = (
        bounded_request.app.get(BODY_TIMEOUT_SECONDS, DEFAULT_TIMEOUT_SECONDS) + expected_bytes / MIN_BYTES_PER_SECOND
    )
    try:
        async with asyncio.timeout(timeout_seconds):
            return await bounded_request.read()
    except web.HTTPRequestEntityTooLarge:
        raise TooLarge("body") from None
    except TimeoutError:
        timeout_error = web.HTTPRequestTimeout()
        timeout_error.force_close()
        raise timeout_error from None
