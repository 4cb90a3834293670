"""The base of every page: templates, assets and texts, mounted once, before the sites themselves.

Pages are rendered on the server by Jinja2 with autoescape on. Each site keeps its own `templates` and `static` folders
and adds them under its name (`add_site_folder`): its templates are `<name>/….html`, its assets `/static/<name>/…`.
"""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import aiohttp_jinja2
from aiohttp import web
from jinja2 import BaseLoader, FileSystemLoader, PrefixLoader, StrictUndefined

from channels.web.compression import COMPRESSED_SUFFIXES, TextAsset
from channels.web.error_pages import WORDING, render_errors
from channels.web.headers import add_security_headers
from channels.web.languages import build_language_middleware
from domain.fields.types import format_number
from domain.language.wording import Wording, day_and_hour_text
from domain.settings.contact import Contact
from domain.values import tracking_codes
from domain.values.calendar import jalali_text
from domain.values.identifiers import display_mobile
from domain.values.languages import language_in_force
from domain.values.text import format_reference, group_digits, persian_digits

STATIC_PATH = "/static"


_TEMPLATE_FILTERS: Mapping[str, Callable[..., str]] = {
    "fa": persian_digits,
    "code": lambda code: persian_digits(tracking_codes.display_code(code)),
    "reference": format_reference,
    "decimal": format_number,
    "mobile": display_mobile,
    "amount": group_digits,
    "day": jalali_text,
    "moment": day_and_hour_text,
}
_LOADERS_KEY: web.AppKey[dict[str, BaseLoader]] = web.AppKey("sites", dict[str, BaseLoader])
_ASSETS_KEY: web.AppKey[dict[str, str]] = web.AppKey("assets", dict[str, str])


class Site:
    """Mounts the shared layout. `section_links` are the site's sections in its header: address → key of the text;
    `contact` is what pages offer that lead nowhere else; `staff_address` is where the staff sign in, which the foot of
    each page leads to.
    """

    def __init__(
        self,
        wording: Wording,
        section_links: Mapping[str, str],
        contact: Contact | None = None,
        staff_address: str = "",
    ) -> None:
        self._wording = wording
        self._section_links = dict(section_links)
        self._contact = contact or Contact()
        self._staff_address = staff_address

    def mount(self, app: web.Application) -> None:
        """Set up templates, shared assets, security headers and error pages; every page's channel is mounted after."""
        loaders_by_site: dict[str, BaseLoader] = {}
        app[WORDING], app[_LOADERS_KEY], app[_ASSETS_KEY] = self._wording, loaders_by_site, {}
        environment = aiohttp_jinja2.setup(
            app,
            loader=PrefixLoader(loaders_by_site),
            autoescape=True,
            auto_reload=False,  # else each page looks at the files of all its templates first
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            filters=_TEMPLATE_FILTERS,
        )
        environment.globals.update(
            t=self._render_text,
            asset=app[_ASSETS_KEY].__getitem__,
            links=self._section_links,
            contact=self._contact,
            staff_address=self._staff_address,
            languages=self._wording.catalogue.languages,
            language_in_force=language_in_force,
        )
        if self._wording.catalogue.is_multilingual:
            app.middlewares.append(build_language_middleware(self._wording.catalogue))
        app.middlewares.append(render_errors)
        app.on_response_prepare.append(add_security_headers)
        add_site_folder(app, "web", Path(__file__).parent)

    def _render_text(self, key: str, **facts: object) -> str:
        return self._wording.catalogue.render(key, {fact_name: str(value) for fact_name, value in facts.items()})


def find_asset(app: web.Application, asset_name: str) -> str:
    """Return the address of an asset (`<site>/<file>`), with the digest of its content; `KeyError` for none."""
    return app[_ASSETS_KEY][asset_name]


def add_site_folder(app: web.Application, site_name: str, site_folder: Path) -> None:
    """Add the templates and static files of a site's package folder under `site_name`.

    An asset's address carries a digest of its content, so that browsers may keep it for ever and still see a new one.
    """
    app[_LOADERS_KEY][site_name] = FileSystemLoader(site_folder / "templates")
    static_folder = site_folder / "static"
    if not static_folder.is_dir():
        return
    for asset_path in static_folder.iterdir():
        address, content = f"{STATIC_PATH}/{site_name}/{asset_path.name}", asset_path.read_bytes()
        app[_ASSETS_KEY][f"{site_name}/{asset_path.name}"] = f"{address}?v={hashlib.sha256(content).hexdigest()[:12]}"
        if asset_path.suffix in COMPRESSED_SUFFIXES:
            app.router.add_get(address, TextAsset(asset_path, content).serve_asset)
    app.router.add_static(f"{STATIC_PATH}/{site_name}", static_folder)
