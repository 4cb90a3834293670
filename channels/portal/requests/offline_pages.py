"""The form of a service for when the line is gone, the list of what a browser keeps, and the worker that opens them:
they are the same for everybody, made of declarations and texts.

The worker's script names the files that it keeps, each with the digest of its content: once any of them is another one
so is the script, and browsers take it up.
"""

import hashlib
import json
from pathlib import Path

from aiohttp import ETag, web

from channels.portal.requests.addresses import OFFLINE_PATH
from channels.portal.requests.draft_pages import find_form_service
from channels.portal.requests.section_view import SectionView, SectionViews
from channels.web.headers import CACHE_AFTER_ASKING
from channels.web.pages import render_public_page
from channels.web.site import STATIC_PATH, find_asset
from domain.actions.dependencies import Dependencies
from domain.actions.documents.capacity import MAX_DRAFT_BYTES, MOST_DRAFT_FILES
from domain.drafts.draft import Relation
from domain.language.service import Service
from domain.values.files import MAX_DOCUMENT_BYTES

OVERVIEW_PATH, WORKER_PATH = "/offline", "/offline-worker.js"

KEPT_ASSETS = (
    "web/emblem.svg",
    "web/pico.min.css",
    "web/site.css",
    "portal/portal.css",
    "portal/request_form.css",
    "portal/offline-database.js",
    "portal/resumable-upload.js",
    "portal/offline-papers.js",
    "portal/offline-store.js",
    "portal/offline-fields.js",
    "portal/shrink.js",
    "portal/offline-screen.js",
    "portal/offline-paper-page.js",
    "portal/offline-form.js",
)
"""What the page of a form without a line loads."""

WORKER_ASSETS = (
    "portal/offline-database.js",
    "portal/resumable-upload.js",
    "portal/offline-papers.js",
    "portal/offline-store.js",
)
"""What the worker is made of besides its own script, in this order."""

PAPER_LIMITS = {"files": MOST_DRAFT_FILES, "bytes": MAX_DRAFT_BYTES, "file_bytes": MAX_DOCUMENT_BYTES}
"""What a browser keeps of the papers of one form: no more than a draft takes."""

_FONT_ADDRESS = f"{STATIC_PATH}/web/vazirmatn-persian.woff2"
"""The font is named by style sheets, without a digest."""

_WORKER_SCRIPT = Path(__file__).parents[1] / "static" / "offline-worker.js"
_FONT = Path(__file__).parents[2] / "web" / "static" / "vazirmatn-persian.woff2"


class OfflinePages:
    """Pages for a browser without a line."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies
        self._views = SectionViews(dependencies)
        self._font_digest = hashlib.sha256(_FONT.read_bytes()).hexdigest()

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
            "papers": self._list_papers(service) if service else [],
            "paper_limits": PAPER_LIMITS,
        }
        return render_public_page(request, "portal/requests/offline_form.html", context)

    def _list_papers(self, service: Service) -> list[tuple[str, str]]:
        """Return the papers that citizens send with a form of this service, each with what it is called."""
        paper_names = service.papers.citizen_papers if service.papers else ()
        return [(name, self._dependencies.catalogue.text(f"choices.document.{name}")) for name in paper_names]

    async def _serve_worker(self, request: web.Request) -> web.Response:
        script = self._build_worker_script(request.app)
        script_tag = ETag(hashlib.sha256(script.encode()).hexdigest()[:24])
        headers = {"Cache-Control": CACHE_AFTER_ASKING}
        if any(known_tag.value == script_tag.value for known_tag in request.if_none_match or ()):
            unchanged = web.Response(status=web.HTTPNotModified.status_code, headers=headers)
            unchanged.etag = script_tag
            return unchanged
        response = web.Response(text=script, content_type="text/javascript", charset="utf-8", headers=headers)
        response.etag = script_tag
        return response

    def _build_worker_script(self, app: web.Application) -> str:
        """Return the worker with what it keeps; the digest of the font is there so that another font makes it another
        script.
        """
        kept_files = [*(find_asset(app, asset_name) for asset_name in KEPT_ASSETS), _FONT_ADDRESS]
        script_addresses = ", ".join(json.dumps(find_asset(app, asset_name)) for asset_name in WORKER_ASSETS)
        return (
            f"const KEPT_FILES = {json.dumps(kept_files)}; // font {self._font_digest[:12]}\n"
            f"importScripts({script_addresses});\n{_WORKER_SCRIPT.read_text()}"
        )
