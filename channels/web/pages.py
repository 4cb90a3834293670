"""Rendering of one page."""

from collections.abc import Mapping
from typing import Any

import aiohttp_jinja2
from aiohttp import web

from channels.web.compression import compress_page


def render_page(
    request: web.Request, template_name: str, context: Mapping[str, Any], *, status: int = 200
) -> web.Response:
    """Render a page of one of the sites (`<site>/….html`); `path` is the address that was asked for."""
    response = aiohttp_jinja2.render_template(template_name, request, {"path": request.path, **context}, status=status)
    compress_page(request, response)
    return response
