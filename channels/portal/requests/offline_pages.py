"""The form of a service for when the line is gone, the list of what a browser keeps, and the worker that opens them:
they are the same for everybody, made of declarations and texts.

The worker's script names the files that it keeps, each with the digest of its content: once any of them is another one
so is the script, and browsers take it up.
"""

import hashlib
import json
from pathlib import Path

from aiohttp import web

from channels.portal.requests.addresses import OFFLINE_PATH
from channels.portal.requests.draft_pages import find_form_service
from channels.portal.requests.offline_view import FORM_SCRIPTS, STORE_SCRIPTS
from channels.portal.requests.section_view import SectionView, SectionViews
from channels.web.pages import answer_with_tag, render_public_page
from channels.web.site import STATIC_PATH, find_asset
from domain.actions.dependencies import Dependencies
from domain.actions.documents.capacity import MAX_DRAFT_BYTES, MOST_DRAFT_FILES
from domain.drafts.draft import Relation
from domain.language.papers import list_citizen_papers
from domain.language.service import Service
from domain.values.files import MAX_DOCUMENT_BYTES

OVERVIEW_PATH, WORKER_PATH = "/offline", "/offline-worker.js"

KEPT_ASSETS = (
    "web/emblem.svg",
    "web/pico.min.css",
    "web/site.css",
    "portal/portal.css",
    "portal/request_form.css",
    *FORM_SCRIPTS,
)
"""Assets of the page of a form without a line."""

PAPER_LIMITS = {"files": MOST_DRAFT_FILES, "bytes": MAX_DRAFT_BYTES, "file_bytes": MAX_DOCUMENT_BYTES}
"""Limits of a browser for the papers of one form: no more than a draft takes."""

_FONT_ADDRESS = f"{STATIC_PATH}/web/vazirmatn-persian.woff2"
"""The font is named by style sheets, without a digest."""

_WORKER_SCRIPT = Path(__file__).parents[1] / "static" / "offline-worker.js"
_FONT = Path(__file__).parents[2] / "web" / "static" / "vazirmatn-persian.woff2"


class OfflinePages:
    """Pages for a browser without a line."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies
        self._views = SectionViews(dependencies)
        self._worker_script = b""

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add them to an application's table of routes."""
        router.add_get(OFFLINE_PATH, self._show_form)
        router.add_get(OVERVIEW_PATH, self._show_overview)
        router.add_get(WORKER_PATH, self._serve_worker)

    async def _show_form(self, request: web.Request) -> web.StreamResponse:
        service = find_form_service(self._dependencies, request)
        return self._render(request, service, self._views.build_empty_views(service))

    async def _show_overview(self, request: web.Request) -> web.StreamResponse:
        return self._render(request, None, [])

    def _render(
        self, request: web.Request, service: Service | None, section_views: list[SectionView]
    ) -> web.StreamResponse:
        catalogue, wording = self._dependencies.catalogue, self._dependencies.wording
        services = [offered for offered in self._dependencies.services.values() if offered.form]
        context = {
            "title": catalogue.render("web.request_form.begin_title", {"service": wording.service_title(service.key)})
            if service
            else catalogue.text("portal.offline.overview_title"),
            "service_key": service.key if service else "",
            "section_names": [view.section_name for view in section_views],
            "views": section_views,
            "service_titles": [(offered.key, wording.service_title(offered.key)) for offered in services],
            "relations": list(Relation),
            "papers": [(name, wording.paper_title(name)) for name in list_citizen_papers(service.papers)]
            if service
            else [],
            "paper_limits": PAPER_LIMITS,
            "scripts": FORM_SCRIPTS,
        }
        return render_public_page(request, "portal/requests/offline_form.html", context)

    async def _serve_worker(self, request: web.Request) -> web.Response:
        self._worker_script = self._worker_script or _build_worker_script(request.app)
        response = web.Response(body=self._worker_script, content_type="text/javascript", charset="utf-8")
        return answer_with_tag(request, response)


def _build_worker_script(app: web.Application) -> bytes:
    """Return the worker with what it keeps; the digest of the font is there so that another font makes it another
    script.
    """
    font_digest = hashlib.sha256(_FONT.read_bytes()).hexdigest()[:12]
    kept_files = [*(find_asset(app, asset_name) for asset_name in KEPT_ASSETS), _FONT_ADDRESS]
    script_addresses = ", ".join(json.dumps(find_asset(app, asset_name)) for asset_name in STORE_SCRIPTS)
    return (
        f"const KEPT_FILES = {json.dumps(kept_files)}; // font {font_digest}\n"
        f"importScripts({script_addresses});\n{_WORKER_SCRIPT.read_text()}"
    ).encode()
