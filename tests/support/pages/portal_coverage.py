"""Pages of the portal seen by a suite, and their states: what a page shows, and what it says to a wrong form.

The suites prove with it that no route and no template was left out (`docs/testing.md`).
"""

import re
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp_jinja2 import get_env
from jinja2 import Environment, Template

from channels.portal.guard import PORTAL_ROUTES
from tests.support.pages.route_addresses import plain

PERSONAL_LAYOUT = "portal/layout.html"

FORM_TEMPLATES = "portal/requests/"
"""Places of the templates of forms."""

_PORTAL_TEMPLATE = re.compile(r'"(portal/[a-z_/]+\.html)"')


@dataclass(slots=True)
class SeenPages:
    """Seen pages."""

    routes: set[str] = field(default_factory=set)
    """Plain routes that were asked for by GET."""
    refused: set[str] = field(default_factory=set)
    """Plain routes whose form was shown again with what is wrong with it."""
    templates: set[str] = field(default_factory=set)


@contextmanager
def note_pages(app: web.Application, seen: SeenPages) -> Iterator[None]:
    """Note what the application shows from now on, before it is started."""
    environment = get_env(app)
    original = environment.get_template

    def get_template(name: str, *more: Any) -> Template:
        seen.templates.add(name)
        return original(name, *more)

    async def note_route(request: web.Request, response: web.StreamResponse) -> None:
        resource = request.match_info.route.resource
        if resource is None:
            return
        if request.method == "GET":
            seen.routes.add(resource.canonical)
        elif response.status >= 400 and response.content_type == "text/html":
            seen.refused.add(resource.canonical)

    app.on_response_prepare.append(note_route)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(environment, "get_template", get_template)
        yield


def list_personal_routes(app: web.Application, method: str) -> Set[str]:
    """Return the plain routes of the portal's personal pages, or of their forms."""
    return {plain(route.path) for route in app[PORTAL_ROUTES] if route.method == method}


def list_personal_templates(environment: Environment) -> set[str]:
    """Return the templates of the portal's personal pages: their layout, what extends it, and their parts."""
    assert environment.loader
    names = [name for name in environment.list_templates() if name.startswith("portal/")]
    sources = {name: environment.loader.get_source(environment, name)[0] for name in names}
    personal = {name for name, source in sources.items() if PERSONAL_LAYOUT in source}
    imported = {part for name in personal for part in _PORTAL_TEMPLATE.findall(sources[name])}
    return personal | imported
