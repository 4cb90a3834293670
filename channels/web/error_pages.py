"""Errors as pages: a browser gets Persian words, a program the plain answer or the error as JSON.

A fault of ours reaches this place as the domain error `Internal`: the server around the channels turns it into one.
"""

import re
from collections.abc import Mapping

from aiohttp import web
from aiohttp.typedefs import Handler

from channels.web.pages import render_page
from domain.language.wording import Wording
from domain.values.errors import DomainError
from domain.values.reasons import InvalidReason
from domain.values.reasons.bases import ErrorReason
from domain.values.text import ascii_digits

WORDING: web.AppKey[Wording] = web.AppKey("wording", Wording)
"""The words of the whole application."""

STAFF_PATH = "/staff"
"""Path of the staff's pages: whoever works there knows whom to call."""

FIRST_PAGE = "/"
"""The first page of all."""

STATUS_BY_CODE: Mapping[str, int] = {
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

_STATUS_BY_REASON: Mapping[tuple[str, ErrorReason | None], int] = {
    ("invalid_field", InvalidReason.UNREADABLE_FORM): 400
}
"""HTTP status of an error whose reason says more than its code."""

_OWN_ADDRESS = re.compile(r"(?:/[A-Za-z0-9_.-]+)+/?")
"""A path of this server: not one that a browser takes for another host's."""

_DESCRIBED_STATUSES = frozenset({403, 404, 405, 408, 413})


def status_of(error: DomainError) -> int:
    """Return the HTTP status that goes with a domain error."""
    return _STATUS_BY_REASON.get((error.code, error.reason)) or STATUS_BY_CODE.get(error.code, 422)


@web.middleware
async def render_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer errors in the form that the caller reads."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if (address := _find_ascii_address(request, error)) is not None:
            raise web.HTTPFound(address) from None
        if error.status not in _DESCRIBED_STATUSES or not _accepts_html(request):
            raise
        return await _render_http_error(request, error)
    except DomainError as error:
        return _render_domain_error(request, error)


def _find_ascii_address(request: web.Request, error: web.HTTPException) -> str | None:
    """Return the address with its digits in ASCII where nothing is at one in other digits («/requests/۱۲۳…»)."""
    path = ascii_digits(request.path)
    is_other = error.status == web.HTTPNotFound.status_code and path != request.path
    return path if is_other and request.method in {"GET", "HEAD"} and _OWN_ADDRESS.fullmatch(path) else None


async def _render_http_error(request: web.Request, error: web.HTTPException) -> web.Response:
    if not isinstance(error, web.HTTPMethodNotAllowed):
        return _render_error_page(request, error.status, _describe_status(request, error.status))
    # A browser that re-opens the address of a refused form asks for it by GET: the page of that form is above it.
    response = _render_error_page(
        request, error.status, _describe_status(request, error.status), await _find_page_above(request)
    )
    response.headers["Allow"] = error.headers["Allow"]
    return response


async def _find_page_above(request: web.Request) -> str:
    """Return the nearest page above an address to which forms are sent; the first page where there is none. What the
    address asked for goes with it: a page may be of that.
    """
    parent_path, query_string = request.rel_url.raw_path, request.rel_url.raw_query_string
    while parent_path := parent_path.rpartition("/")[0]:
        resolved_route = await request.app.router.resolve(request.clone(method="GET", rel_url=parent_path))
        if resolved_route.http_exception is None:
            return f"{parent_path}?{query_string}" if query_string else parent_path
    return FIRST_PAGE


def _render_domain_error(request: web.Request, error: DomainError) -> web.Response:
    message = request.app[WORDING].render_error(error)
    if _accepts_html(request):
        return _render_error_page(request, status_of(error), message)
    error_body = {"code": error.code, "message": message, "field": error.field}
    return web.json_response({"error": error_body}, status=status_of(error))


def _render_error_page(request: web.Request, status: int, message: str, back_address: str = FIRST_PAGE) -> web.Response:
    """Show what is wrong, where to go from here and, to citizens, how the municipality is reached without a page."""
    context = {
        "status": status,
        "message": message,
        "back_address": back_address,
        "leads_above": back_address != FIRST_PAGE,
        "offers_ways": not request.path.startswith(STAFF_PATH),
    }
    return render_page(request, "web/error.html", context, status=status)


def _describe_status(request: web.Request, status: int) -> str:
    return request.app[WORDING].catalogue.text(f"web.errors.{status}")


def _accepts_html(request: web.Request) -> bool:
    return "text/html" in request.headers.get("Accept", "")
