"""Files that programs ask of a site: what search engines may read, how it is put on a phone's home screen, and whom
finders of security holes write to."""

from collections.abc import Iterable
from datetime import datetime, time
from html import escape
from pathlib import Path

from aiohttp import web

from channels.portal.installation import PortalInstallation
from channels.portal.lookups.lookup_cards import LOOKUP_PREFIX
from channels.web.headers import CACHE_FOR_A_DAY
from channels.web.site import find_asset
from domain.actions.dependencies import Dependencies
from domain.actions.lookups.public_lookups import list_lookups
from domain.values.calendar import TEHRAN_ZONE
from domain.values.languages import language_in_force

PERSONAL_PATHS = (
    "/staff",
    "/pay/",
    "/c/",
    "/verify/",
    "/track",
    "/requests",
    "/drafts",
    "/services/*/request",
    "/demo/",
)
"""Addresses of pages that are somebody's, or of no use to anybody else: no search engine keeps them."""

ICON_SIZES = (192, 512)
"""Pixels of the icons that a phone may take."""

THEME_COLOUR, GROUND_COLOUR = "#0d4f4c", "#f7f5f0"
"""The colour of the browser's own bars (that of `web/layout.html`), and of the page before it is there."""

_FAVICON = Path(__file__).parent / "static" / "favicon.ico"


class PublicFiles:
    """Small files at addresses that everybody knows."""

    def __init__(self, dependencies: Dependencies, installation: PortalInstallation) -> None:
        self._dependencies = dependencies
        self._installation = installation

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add them to an application's table of routes."""
        router.add_get("/robots.txt", self._serve_robots)
        router.add_get("/sitemap.xml", self._serve_sitemap)
        router.add_get("/manifest.webmanifest", self._serve_manifest)
        router.add_get("/favicon.ico", self._serve_favicon)
        router.add_get("/.well-known/security.txt", self._serve_security_contact)

    async def _serve_robots(self, request: web.Request) -> web.Response:
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in PERSONAL_PATHS)]
        return _answer_text([*lines, f"Sitemap: {self._installation.public_address}/sitemap.xml"])

    async def _serve_sitemap(self, request: web.Request) -> web.Response:
        services = self._dependencies.services
        lookup_paths = (f"{LOOKUP_PREFIX}{entry.name}" for entry in list_lookups(services))
        paths = ("/", *(f"/services/{service_key}" for service_key in services), *lookup_paths)
        addresses = (f"{self._installation.public_address}{path}" for path in paths)
        lines = [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
            *(f"<url><loc>{escape(address)}</loc></url>" for address in addresses),
            "</urlset>",
        ]
        return _answer_text(lines, "application/xml")

    async def _serve_manifest(self, request: web.Request) -> web.Response:
        get_text = self._dependencies.catalogue.text
        icons = [
            {
                "src": find_asset(request.app, f"portal/icon-{size}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for size in ICON_SIZES
            for purpose in ("any", "maskable")
        ]
        manifest = {
            "name": get_text("web.site.name"),
            "short_name": get_text("portal.site.short_name"),
            "description": get_text("web.site.tagline"),
            "lang": language_in_force().tag,
            "dir": language_in_force().direction,
            "id": "/",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "theme_color": THEME_COLOUR,
            "background_color": GROUND_COLOUR,
            "icons": icons,
        }
        headers = {"Cache-Control": CACHE_FOR_A_DAY}
        return web.json_response(manifest, content_type="application/manifest+json", headers=headers)

    async def _serve_favicon(self, request: web.Request) -> web.Response:
        headers = {"Cache-Control": CACHE_FOR_A_DAY}
        return web.Response(body=_FAVICON.read_bytes(), content_type="image/x-icon", headers=headers)

    async def _serve_security_contact(self, request: web.Request) -> web.Response:
        """Name who reads reports of security holes; 404 where nobody is named, or the named ones' time is over."""
        contact = self._installation.security_contact
        if not contact.addresses or contact.expires_on is None:
            raise web.HTTPNotFound
        expires_at = datetime.combine(contact.expires_on, time.max, TEHRAN_ZONE).replace(microsecond=0)
        if expires_at < self._dependencies.clock.now():
            raise web.HTTPNotFound
        return _answer_text(
            [
                *(f"Contact: {address}" for address in contact.addresses),
                f"Expires: {expires_at.isoformat()}",
                "Preferred-Languages: fa, en",
                f"Canonical: {self._installation.public_address}/.well-known/security.txt",
            ]
        )


def _answer_text(lines: Iterable[str], content_type: str = "text/plain") -> web.Response:
    headers = {"Cache-Control": CACHE_FOR_A_DAY}
    text = "".join(f"{line}\n" for line in lines)
    return web.Response(text=text, content_type=content_type, charset="utf-8", headers=headers)
