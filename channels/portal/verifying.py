"""`/verify/{token}`: whoever scans the code on a paper learns whether it is genuine, and what it says."""

from typing import Any

from aiohttp import web

from channels.portal.installation import PortalInstallation
from channels.web.pages import render_page
from channels.web.site_part import SitePart
from domain.actions.dependencies import Dependencies
from domain.actions.papers.verifying import verify_paper
from domain.language.wording import day_and_hour_text
from domain.unit_of_work import Store
from domain.values.calendar import jalali_text
from domain.values.errors import NotFound


class VerifyPage(SitePart):
    """The page, for anybody; who asks is known by the address alone."""

    def __init__(self, dependencies: Dependencies, store: Store, installation: PortalInstallation) -> None:
        super().__init__(dependencies, store)
        self._installation = installation

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add it to an application's table of routes."""
        router.add_get("/verify/{token}", self._show_paper)

    async def _show_paper(self, request: web.Request) -> web.Response:
        """Show what the paper with this token is; 404 with a page of its own when there is none."""
        context: dict[str, Any] = {
            "paper": None,
            "issuing_body": self._installation.issuing_body(),
            "checked_at": day_and_hour_text(self._dependencies.clock.now()),
            "checked_address": f"{self._installation.public_address}{request.rel_url.raw_path}",
        }
        try:
            verified_paper = await verify_paper(
                self._dependencies, self._store, request.match_info["token"], request.remote or ""
            )
        except NotFound:
            return render_page(request, "portal/verify.html", context, status=404)
        context |= {"paper": verified_paper, "issued_on": jalali_text(verified_paper.day)}
        return render_page(request, "portal/verify.html", context)
