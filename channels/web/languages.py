"""The language of a page: the one that its browser chose, kept in a cookie; else the first that is offered.

The staff's pages and what counter offices get are Persian, whatever a browser chose. Where one language alone is
offered none of this is mounted: no cookie is read, and nothing about a page depends on one.
"""

from datetime import timedelta

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from channels.web.session import SessionCookie
from domain.messages.catalogue import Catalogue
from domain.values.languages import Language, in_language

LANGUAGE_COOKIE = SessionCookie("pishkhan_language", "/", timedelta(days=365))
"""The browser's choice: the tag of a language, no secret."""

_PERSIAN_PATHS = ("/staff", "/soap/", "/static/")
"""Paths that have no language but Persian, or none at all."""


def find_chosen_language(request: web.Request, catalogue: Catalogue) -> Language | None:
    """Return the language that a browser chose, if it is offered; None where none was, or there is no choice."""
    if not catalogue.is_multilingual:
        return None
    chosen_tag = LANGUAGE_COOKIE.read_token(request)
    return next((language for language in catalogue.languages if language.tag == chosen_tag), None)


def build_language_middleware(catalogue: Catalogue) -> Middleware:
    """Return what renders every page in its browser's language."""

    @web.middleware
    async def render_in_language(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(_PERSIAN_PATHS):
            return await handler(request)
        with in_language(find_chosen_language(request, catalogue) or catalogue.languages[0]):
            response = await handler(request)
        if not response.prepared:
            response.headers["Vary"] = ", ".join(filter(None, (response.headers.get("Vary"), "Cookie")))
        return response

    return render_in_language


def find_switch_address(request: web.Request) -> str:
    """Return where a page's switch of the language leads back to; empty for a page that has none: the staff's, and one
    that answers a form, on which something was typed that another reading would not have.
    """
    is_read = request.method in {"GET", "HEAD"} and not request.path.startswith(_PERSIAN_PATHS)
    return request.path_qs if is_read else ""
