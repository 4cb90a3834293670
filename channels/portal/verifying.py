"""`/verify/{token}`: whoever scans the code on a paper learns whether it is genuine, and what it says."""

from aiohttp import web

from channels.web.pages import render_page
from domain.actions.dependencies import Dependencies
from domain.actions.papers.verifying import verify_paper
from domain.unit_of_work import Store
from domain.values.calendar import jalali_text
from domain.values.errors import NotFound


class VerifyPage:
    """The page, for anybody; who asks is known by the address alone."""

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        self._dependencies = dependencies
        self._store = store

    async def show_paper(self, request: web.Request) -> web.Response:
        """Show what the paper with this token is; 404 with a page of its own when there is none."""
        try:
            verified_paper = await verify_paper(
                self._dependencies, self._store, request.match_info["token"], request.remote or ""
            )
        except NotFound:
            return render_page(request, "portal/verify.html", {"paper": None}, status=404)
        return render_page(
            request, "portal/verify.html", {"paper": verified_paper, "issued_on": jalali_text(verified_paper.day)}
        )
