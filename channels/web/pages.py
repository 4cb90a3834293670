"""Rendering of one page."""

import hashlib
from collections.abc import Mapping
from typing import Any

import aiohttp_jinja2
from aiohttp import ETag, web

from channels.web.compression import compress_page, compress_public_page
from channels.web.headers import CACHE_AFTER_ASKING
from channels.web.languages import find_switch_address

_ETAG_DIGITS = 24
"""Hexadecimal digits of a page's tag."""


def render_page(
    request: web.Request, template_name: str, context: Mapping[str, Any], *, status: int = 200
) -> web.Response:
    """Render a page of one of the sites (`<site>/….html`); `path` is the address that was asked for."""
    response = _render_template(request, template_name, context, status)
    compress_page(request, response)
    return response


def render_public_page(
    request: web.Request, template_name: str, context: Mapping[str, Any], *, status: int = 200
) -> web.Response:
    """Render a page that is the same for everybody: there is no session, and nothing of anybody on it.

    Browsers may keep it and ask whether it changed; over one bar of signal the answer that it did not is there at once.
    What answers a posted form, or says that something is wrong, nobody keeps.
    """
    return answer_with_tag(request, _render_template(request, template_name, context, status))


def answer_with_tag(request: web.Request, response: web.Response) -> web.Response:
    """Return what is the same for everybody with a tag of its content, or that it is what the browser has already."""
    if request.method in {"GET", "HEAD"} and response.status == web.HTTPOk.status_code:
        page_tag = _tag_page(response)
        response.etag, response.headers["Cache-Control"] = page_tag, CACHE_AFTER_ASKING
        if any(known_tag.value == page_tag.value for known_tag in request.if_none_match or ()):
            return _answer_unchanged(page_tag)
    compress_public_page(request, response)
    return response


def _render_template(request: web.Request, template_name: str, context: Mapping[str, Any], status: int) -> web.Response:
    shared_context = {"path": request.path, "switch_address": find_switch_address(request)}
    return aiohttp_jinja2.render_template(template_name, request, {**shared_context, **context}, status=status)


def _tag_page(response: web.Response) -> ETag:
    """Return the tag of a page: a weak one, since it travels packed or not."""
    page_bytes = response.body if isinstance(response.body, bytes) else b""
    return ETag(hashlib.sha256(page_bytes).hexdigest()[:_ETAG_DIGITS], is_weak=True)


def _answer_unchanged(page_tag: ETag) -> web.Response:
    response = web.Response(
        status=web.HTTPNotModified.status_code, headers={"Cache-Control": CACHE_AFTER_ASKING, "Vary": "Accept-Encoding"}
    )
    response.etag = page_tag
    return response
