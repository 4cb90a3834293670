"""The ground that every page stands on: templates, assets and texts, mounted once, before the sites themselves.

Pages are rendered on the server by Jinja2 with autoescape on. Each site keeps its own `templates` and `static` folders
and adds them under its name (`add_pages`): its templates are `<name>/….html`, its assets `/static/<name>/…`.
"""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import aiohttp_jinja2
from aiohttp import web
from jinja2 import BaseLoader, FileSystemLoader, PrefixLoader, StrictUndefined

from channels.web.compression import COMPRESSED, TextAsset
from channels.web.error_pages import WORDING, error_pages
from channels.web.headers import protect
from domain.fields.types import number_text
from domain.language.wording import Wording, day_and_hour
from domain.values import tracking_codes
from domain.values.calendar import jalali_text
from domain.values.identifiers import mobile_shown
from domain.values.text import grouped, persian_digits

STATIC = "/static"


def _code(code: str) -> str:
    """Return a tracking code as people read it; no line of a page breaks it."""
    return tracking_codes.shown(code).replace(" ", "\u00a0")


_FILTERS: Mapping[str, Callable[..., str]] = {
    "fa": persian_digits,
    "code": _code,
    "decimal": number_text,
    "mobile": mobile_shown,
    "amount": grouped,
    "day": jalali_text,
    "moment": day_and_hour,
}
_SITES: web.AppKey[dict[str, BaseLoader]] = web.AppKey("sites", dict[str, BaseLoader])
_ASSETS: web.AppKey[dict[str, str]] = web.AppKey("assets", dict[str, str])


class Site:
    """Mounts the shared layout. `links` are the site's sections in its header: address → key of the text."""

    def __init__(self, wording: Wording, links: Mapping[str, str]) -> None:
        self._wording = wording
        self._links = dict(links)

    def mount(self, app: web.Application) -> None:
        """Set up templates, shared assets, security headers and error pages; every page's channel is mounted after."""
        sites: dict[str, BaseLoader] = {}
        app[WORDING], app[_SITES], app[_ASSETS] = self._wording, sites, {}
        environment = aiohttp_jinja2.setup(
            app,
            loader=PrefixLoader(sites),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            filters=_FILTERS,
        )
        environment.globals.update(t=self._text, asset=app[_ASSETS].__getitem__, links=self._links)
        app.middlewares.append(error_pages)
        app.on_response_prepare.append(protect)
        add_pages(app, "web", Path(__file__).parent)

    def _text(self, key: str, **facts: object) -> str:
        return self._wording.catalogue.render(key, {name: str(value) for name, value in facts.items()})


def add_pages(app: web.Application, name: str, folder: Path) -> None:
    """Add the templates and static files of a site's package folder under `name`.

    An asset's address carries a digest of its content, so that browsers may keep it for ever and still see a new one.
    """
    app[_SITES][name] = FileSystemLoader(folder / "templates")
    static = folder / "static"
    if not static.is_dir():
        return
    for path in static.iterdir():
        address, content = f"{STATIC}/{name}/{path.name}", path.read_bytes()
        app[_ASSETS][f"{name}/{path.name}"] = f"{address}?v={hashlib.sha256(content).hexdigest()[:12]}"
        if path.suffix in COMPRESSED:
            app.router.add_get(address, TextAsset(path, content).serve)
    app.router.add_static(f"{STATIC}/{name}", static)
