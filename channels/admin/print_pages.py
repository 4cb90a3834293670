"""Papers of a request: to be looked at and printed from the browser, or as a PDF."""

from collections.abc import Sequence

from aiohttp import web

from channels.admin.frame import Route, Section, Visit
from domain.actions.desk import Desk
from domain.actions.printouts import printout_of
from domain.actions.work import readable
from domain.ports import Printer, Store
from domain.printouts import Printout

_ONE = "/staff/requests/{code:[0-9]{9}}/print/{kind:[a-z_]+}"

PAPER_POLICY = "sandbox allow-modals; default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:"
"""A paper carries all that it needs inside it; nothing of it may run or reach out."""


class PrintPages:
    """The papers."""

    sections: Sequence[Section] = ()

    def __init__(self, desk: Desk, store: Store, printer: Printer) -> None:
        self._desk = desk
        self._store = store
        self._printer = printer

    def routes(self) -> Sequence[Route]:
        """Return every route."""
        return (
            Route("GET", f"{_ONE}.html", "requests.view", self._html),
            Route("GET", f"{_ONE}.pdf", "requests.view", self._pdf),
        )

    async def _html(self, request: web.Request, visit: Visit) -> web.Response:
        paper = await self._paper(request, visit)
        headers = {"Content-Security-Policy": PAPER_POLICY}
        return web.Response(text=self._printer.html(paper), content_type="text/html", headers=headers)

    async def _pdf(self, request: web.Request, visit: Visit) -> web.Response:
        paper = await self._paper(request, visit)
        name = f"{paper.kind}-{paper.code}.pdf"
        headers = {"Content-Disposition": f'inline; filename="{name}"'}
        return web.Response(body=await self._printer.pdf(paper), content_type="application/pdf", headers=headers)

    async def _paper(self, request: web.Request, visit: Visit) -> Printout:
        """Gather what the paper says; it is printed once the unit is closed."""
        code, kind = request.match_info["code"], request.match_info["kind"]
        async with self._store.unit(write=False) as uow:
            await readable(self._desk, uow, code, visit.actor)
            return await printout_of(self._desk, uow, code, kind, visit.actor)
