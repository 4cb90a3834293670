"""The citizens' portal: its front page, a page for each service, following a request, and verifying printed papers; and
the personal pages, behind their guard.

Everything comes from the service declarations, the texts and the store, so a further service shows up by itself.
"""

from pathlib import Path

from aiohttp import web
from aiohttp_jinja2 import get_env

from channels.portal.frame import PortalPageGroup
from channels.portal.guard import PortalGuard
from channels.portal.home.home_page import HomePage
from channels.portal.installation import PortalInstallation
from channels.portal.language_page import LanguagePage
from channels.portal.lookups.lookup_pages import LookupPages
from channels.portal.mobile_steps import MobileSteps
from channels.portal.public_files import PublicFiles
from channels.portal.requests import build_form_pages
from channels.portal.requests.offline_pages import OfflinePages
from channels.portal.service.calculator import PriceCalculator
from channels.portal.service.service_page import CitizenServicePages
from channels.portal.session_pages import SessionPages
from channels.portal.tracking import build_tracking_pages
from channels.portal.verifying import VerifyPage
from channels.web.site import add_site_folder
from channels.web.site_part import SitePart
from domain.actions.dependencies import Dependencies
from domain.papers.ports import Printer
from domain.unit_of_work import Store


class Portal(SitePart):
    """Mounts the portal."""

    def __init__(
        self, dependencies: Dependencies, store: Store, installation: PortalInstallation, printer: Printer
    ) -> None:
        super().__init__(dependencies, store)
        self._installation = installation
        self._printer = printer

    def mount(self, app: web.Application) -> None:
        """Add the portal's templates, assets and pages to an application."""
        add_site_folder(app, "portal", Path(__file__).parent)
        get_env(app).globals.update(public_address=self._installation.public_address)
        self._mount_public_pages(app)
        self._mount_personal_pages(app)

    def _mount_public_pages(self, app: web.Application) -> None:
        """Add the pages that read no cookie."""
        dependencies, store, installation = self._dependencies, self._store, self._installation
        pages = (
            HomePage(dependencies, store, installation),
            PriceCalculator(dependencies, store),
            VerifyPage(dependencies, store, installation),
            PublicFiles(dependencies, installation),
            OfflinePages(dependencies),
        )
        for page in pages:
            page.add_routes(app.router)

    def _mount_personal_pages(self, app: web.Application) -> None:
        """Add the pages that know who uses them."""
        dependencies, store = self._dependencies, self._store
        mobile_steps = MobileSteps(dependencies, store)
        page_groups: tuple[PortalPageGroup, ...] = (
            mobile_steps,
            SessionPages(dependencies, store),
            *((LanguagePage(dependencies, store),) if dependencies.catalogue.is_multilingual else ()),
            CitizenServicePages(dependencies, store),
            LookupPages(dependencies, store),
            *build_form_pages(dependencies, store),
            *build_tracking_pages(dependencies, store, self._printer),
        )
        PortalGuard(dependencies, store, mobile_steps).mount_pages(app, page_groups)
