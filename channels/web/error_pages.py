"""Errors as pages: a browser gets Persian words, a program the plain answer or the error as JSON.

A fault of ours reaches this place as the domain error `Internal`: the server around the channels turns it into one.
"""

from collections.abc import Mapping

from aiohttp import web
from aiohttp.typedefs import Handler

from channels.web.pages import page
from domain.language.wording import Wording
from domain.values.errors import DomainError

WORDING: web.AppKey[Wording] = web.AppKey("wording", Wording)
"""The words of the whole application."""

FIRST = "/"
"""The first page of all."""

STATUS: Mapping[str, int] = {
    "authentication_failed": 401,
    "forbidden": 403,
    "not_found": 404,
    "bill_not_found": 404,
    "already_done": 409,
    "conflict": 409,
    "duplicate_request": 409,
    "not_allowed_now": 409,
    "too_large": 413,
    "too_many_requests": 429,
    "internal": 500,
    "unsupported": 501,
    "unavailable": 503,
}
"""HTTP status of an error code; any other is 422."""

_OF_DETAIL: Mapping[tuple[str, str | None], int] = {("invalid_field", "unreadable_form"): 400}
"""HTTP status of an error whose detail says more than its code."""

_WORDED = frozenset({403, 404, 405, 408, 413})


def status_of(error: DomainError) -> int:
    """Return the HTTP status that goes with a domain error."""
    return _OF_DETAIL.get((error.code, error.detail)) or STATUS.get(error.code, 422)


@web.middleware
async def error_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer errors in the form that the caller reads."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status not in _WORDED or not _reads_pages(request):
            raise
        return await _worded(request, error)
    except DomainError as error:
        return _answer(request, error)


async def _worded(request: web.Request, error: web.HTTPException) -> web.Response:
    if not isinstance(error, web.HTTPMethodNotAllowed):
        return _page(request, error.status, _text(request, error.status))
    # A browser that re-opens the address of a refused form asks for it by GET: the page of that form is above it.
    response = _page(request, error.status, _text(request, error.status), await _page_above(request))
    response.headers["Allow"] = error.headers["Allow"]
    return response


async def _page_above(request: web.Request) -> str:
    """Return the nearest page above an address to which forms are sent; the first page where there is none. What the
    address asked for goes with it: a page may be of that.
    """
    way, asked = request.rel_url.raw_path, request.rel_url.raw_query_string
    while way := way.rpartition("/")[0]:
        found = await request.app.router.resolve(request.clone(method="GET", rel_url=way))
        if found.http_exception is None:
            return f"{way}?{asked}" if asked else way
    return FIRST


def _answer(request: web.Request, error: DomainError) -> web.Response:
    message = request.app[WORDING].error(error)
    if _reads_pages(request):
        return _page(request, status_of(error), message)
    body = {"code": error.code, "message": message, "field": error.field}
    return web.json_response({"error": body}, status=status_of(error))


def _page(request: web.Request, status: int, message: str, back: str = FIRST) -> web.Response:
    context = {"status": status, "message": message, "back": back, "above": back != FIRST}
    return page(request, "web/error.html", context, status=status)


def _text(request: web.Request, status: int) -> str:
    return request.app[WORDING].catalogue.text(f"web.errors.{status}")


def _reads_pages(request: web.Request) -> bool:
    return "text/html" in request.headers.get("Accept", "")
