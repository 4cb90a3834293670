"""`/verify/{token}`: whoever scans the code on a paper is told whether it is genuine, and what it says."""

from aiohttp import web

from channels.web.pages import page
from domain.actions.desk import Desk
from domain.actions.papers.verifying import verify
from domain.unit_of_work import Store
from domain.values.calendar import jalali_text
from domain.values.errors import NotFound


class VerifyPage:
    """The page, for anybody; who asks is known by the address alone."""

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    async def show(self, request: web.Request) -> web.Response:
        """Tell what the paper with this token is; 404 with a page of its own when there is none."""
        try:
            paper = await verify(self._desk, self._store, request.match_info["token"], request.remote or "")
        except NotFound:
            return page(request, "portal/verify.html", {"paper": None}, status=404)
        return page(request, "portal/verify.html", {"paper": paper, "day": jalali_text(paper.day)})
