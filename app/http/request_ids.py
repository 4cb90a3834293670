"""An id for each request, by which a log's entries about it are found together.

It is our own: what a caller sends as one is not taken, so nobody writes into the log by it.
"""

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from app.logs import REQUEST_ID
from domain.unit_of_work import IdGenerator

REQUEST_ID_KEY: web.RequestKey[str] = web.RequestKey("request_id", str)
"""The request's id; not there for what could not be read as a request."""

_ID_LENGTH = 16
"""Hexadecimal digits of an id: unique within what a log keeps, and no secret."""


def name_requests(ids: IdGenerator) -> Middleware:
    """Return the outermost middleware: whatever is logged in the course of a request bears its id."""

    @web.middleware
    async def name_request(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[REQUEST_ID_KEY] = request_id = ids.new_token()[:_ID_LENGTH]
        context_token = REQUEST_ID.set(request_id)
        try:
            return await handler(request)
        finally:
            REQUEST_ID.reset(context_token)

    return name_request
