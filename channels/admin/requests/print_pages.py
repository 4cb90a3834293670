"""Papers of a request, and receipts of registries' rows: to be looked at and printed from the browser, or as a PDF."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visit
from channels.admin.registries.registry_row import row_id
from channels.admin.registries.registry_view import address
from domain.actions.desk import Desk
from domain.actions.papers.printouts import printout_of
from domain.actions.queues.work import readable
from domain.actions.registries.row_receipts import row_receipt
from domain.actions.staff.authorization import registry_right
from domain.blocks.receipts import RECEIPT
from domain.papers.document import Printout
from domain.papers.ports import Printer
from domain.registries.declarations import REGISTRIES, Registry
from domain.unit_of_work import Store

_ONE = "/staff/requests/{code:[0-9]{9}}/print/{kind:[a-z_]+}"

PAPER_POLICY = "sandbox allow-modals; default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:"
"""A paper carries all that it needs inside it; nothing of it may run or reach out."""

Find = Callable[[web.Request, Visit], Awaitable[Printout]]
"""Gathers what a paper says; it is printed once the unit is closed."""


class PrintPages:
    """The papers."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, desk: Desk, store: Store, printer: Printer) -> None:
        self._desk = desk
        self._store = store
        self._printer = printer

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        owed = [one for one in REGISTRIES.values() if one.owed]
        return (
            *self._both(_ONE, "requests.view", self._of_request),
            *(route for registry in owed for route in self._receipt(registry)),
        )

    def _receipt(self, registry: Registry) -> Sequence[PageRoute]:
        base = f"{address(registry)}/{{id:[0-9]{{1,19}}}}/print/{RECEIPT}"
        return self._both(base, registry_right(registry.key, "view"), partial(self._of_row, registry))

    def _both(self, base: str, right: str, find: Find) -> Sequence[PageRoute]:
        return (
            PageRoute("GET", f"{base}.html", right, partial(self._html, find)),
            PageRoute("GET", f"{base}.pdf", right, partial(self._pdf, find)),
        )

    async def _html(self, find: Find, request: web.Request, visit: Visit) -> web.Response:
        paper = await find(request, visit)
        headers = {"Content-Security-Policy": PAPER_POLICY}
        return web.Response(text=self._printer.html(paper), content_type="text/html", headers=headers)

    async def _pdf(self, find: Find, request: web.Request, visit: Visit) -> web.Response:
        paper = await find(request, visit)
        name = f"{paper.kind}-{paper.code}.pdf"
        headers = {"Content-Disposition": f'inline; filename="{name}"'}
        return web.Response(body=await self._printer.pdf(paper), content_type="application/pdf", headers=headers)

    async def _of_request(self, request: web.Request, visit: Visit) -> Printout:
        code, kind = request.match_info["code"], request.match_info["kind"]
        async with self._store.unit(write=False) as uow:
            await readable(self._desk, uow, code, visit.actor)
            return await printout_of(self._desk, uow, code, kind, visit.actor)

    async def _of_row(self, registry: Registry, request: web.Request, visit: Visit) -> Printout:
        async with self._store.unit(write=False) as uow:
            return await row_receipt(self._desk, uow, registry, row_id(request), visit.actor)
