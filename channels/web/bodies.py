"""Reading bodies: bounded in bytes by whoever reads, and in time everywhere.

The time is a quiet start and then a line of 10 KB a second for as many bytes as may come, which the slowest mobile
network does. Whoever is slower holds a connection, memory and a place among those that are served, and gets nothing.
"""

import asyncio

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from domain.values.errors import InvalidField, TooLarge

BODY_SECONDS: web.AppKey[float] = web.AppKey("body_seconds", float)
"""Seconds that a body may take however small it is (`PISHKHAN_HTTP__BODY_TIMEOUT`)."""

USUAL_SECONDS = 30.0
"""The same where nobody set it."""

SLOWEST = 10_000
"""Bytes a second of the slowest line that is waited for."""

UNREADABLE = (ValueError, LookupError, RuntimeError, HttpProcessingError, web.RequestPayloadError)
"""What is raised for a body that is not what its headers say: no boundary, another one, not compressed as it says, a
charset that nobody knows or whose text is none.
"""


async def read_body(request: web.Request, largest: int) -> bytes:
    """Return the whole body, of `largest` bytes at most.

    Errors: `TooLarge`; `InvalidField("form")` for one that cannot be unpacked; `HTTPRequestTimeout`, after which the
    connection is closed; `ConnectionError` where the caller went away.
    """
    bounded = bounded_by(request, largest)
    try:
        return await read_in_time(bounded)
    except UNREADABLE:
        raise InvalidField("form", detail="unreadable_form") from None


def bounded_by(request: web.Request, largest: int, fields: int = 1000) -> web.Request:
    """Return the request with a body of so many bytes and fields at most; `TooLarge` where it says that it has more."""
    if request.content_length is not None and request.content_length > largest:
        raise TooLarge("body")
    return request.clone(client_max_size=largest, client_max_fields=fields)


async def read_in_time(bounded: web.Request) -> bytes:
    """Return the body of a bounded request, which keeps it. Errors as above, and those of `UNREADABLE`."""
    length = bounded.content_length
    most = bounded.client_max_size if length is None else length
    seconds = bounded.app.get(BODY_SECONDS, USUAL_SECONDS) + most / SLOWEST
    try:
        async with asyncio.timeout(seconds):
            return await bounded.read()
    except web.HTTPRequestEntityTooLarge:
        raise TooLarge("body") from None
    except TimeoutError:
        slow = web.HTTPRequestTimeout()
        slow.force_close()
        raise slow from None
